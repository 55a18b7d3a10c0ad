"""The list in a phone without scripts: filters, search, pages, marks and the way back from each."""

import re

import pytest

from app.worker_lists.queries import Numbers
from tests.liaison_link.door import Office, Page, Phone

START = Numbers(open=57, installed=1, needs_help=1, left=1, wrong=1)


async def inside(office: Office) -> tuple[Phone, str, Page]:
    phone, path = office.phone(), office.link()
    return phone, path, await phone.come_in(path)


def names(page: Page) -> list[str]:
    return re.findall(r'id="n\d+"><b>([^<]+)</b>', page.html)


async def test_the_page_shows_fifty_and_the_way_to_the_rest(office: Office) -> None:
    phone, path, first = await inside(office)
    second = await phone.see(f"{path}?trang=2")
    assert (len(names(first)), len(names(second))) == (50, 11)
    assert not set(re.findall(r'id="w(\d+)"', first.html)) & set(re.findall(r'id="w(\d+)"', second.html))
    assert "?trang=2" in first.html
    assert office.numbers() == START


async def test_no_number_is_shown_whole(office: Office) -> None:
    _, _, shown = await inside(office)
    assert not re.search(r"\d{9,}", shown.words)


async def test_a_filter_shows_one_state(office: Office) -> None:
    phone, path, _ = await inside(office)
    shown = await phone.see(f"{path}?tt=can-ho-tro")
    assert len(names(shown)) == 1
    assert 'aria-current="page">Cần hỗ trợ' in shown.html


async def test_a_search_minds_no_accents(office: Office) -> None:
    phone, path, first = await inside(office)
    wanted = names(first)[0]
    for text in ("PHAM NGOC chau", "phạm ngọc châu"):
        found = await phone.see(f"{path}?tim={text}")
        assert names(found) == [wanted]
    assert "Không có ai ở đây" in (await phone.see(f"{path}?tim=zzz")).words


async def test_what_is_searched_for_is_text_and_nothing_else(office: Office) -> None:
    phone, path, _ = await inside(office)
    shown = await phone.see(f'{path}?tim="><script>alert(1)</script>')
    assert "<script>alert" not in shown.html


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("da-cai", Numbers(56, 2, 1, 1, 1)),
        ("can-ho-tro", Numbers(56, 1, 2, 1, 1)),
        ("da-nghi", Numbers(56, 1, 1, 2, 1)),
        ("sai", Numbers(56, 1, 1, 1, 2)),
    ],
)
async def test_a_mark_is_written_told_and_taken_back(office: Office, state: str, after: Numbers) -> None:
    phone, path, first = await inside(office)
    button = first.buttons(state)[0]
    told = await phone.send(path, viec="danh-dau", dau=button)
    assert office.numbers() == after
    assert "Hoàn tác" in told.words
    undone = await phone.send(path, viec="bo-danh-dau", ai=button.partition(".")[0])
    assert office.numbers() == START
    assert "Đã hoàn tác" in undone.words


async def test_a_mark_comes_back_to_the_part_of_the_list_it_was_set_in(office: Office) -> None:
    phone, path, _ = await inside(office)
    shown = await phone.see(f"{path}?tt=chua-cai&trang=2&tim=vi du")
    told = await phone.send(
        path, viec="danh-dau", dau=shown.buttons("da-cai")[0], tt="chua-cai", trang="2", tim="vi du"
    )
    assert told.url.partition("?")[2].startswith("tt=chua-cai&tim=vi+du&trang=2&tb=da-ghi")


async def test_a_mark_on_what_somebody_else_has_just_marked_is_not_written(office: Office) -> None:
    phone, path, first = await inside(office)
    button = first.buttons("da-cai")[0]
    await phone.send(path, viec="danh-dau", dau=button)
    told = await phone.send(path, viec="danh-dau", dau=button.replace("da-cai", "sai"))
    assert "vừa có thay đổi" in told.words
    assert office.numbers().wrong == START.wrong


async def test_a_worker_of_another_unit_is_out_of_reach(office: Office) -> None:
    phone, path, first = await inside(office)
    theirs = max(int(one) for one in re.findall(r'id="w(\d+)"', first.html)) + 40
    before = office.numbers("TA0002B")
    told = await phone.send(path, viec="danh-dau", dau=f"{theirs}.1.da-cai")
    assert "vừa có thay đổi" in told.words
    assert "Hoàn tác" not in (await phone.see(f"{path}?tb=da-ghi&ai={theirs}")).words
    assert office.numbers("TA0002B") == before


async def test_all_are_marked_only_after_a_question_and_can_be_taken_back(office: Office) -> None:
    phone, path, _ = await inside(office)
    asked = await phone.see(f"{path}?tat-ca")
    assert "57 người đã cài" in asked.words
    assert office.numbers() == START
    told = await phone.send(path, viec="tat-ca", so=57)
    assert office.numbers() == Numbers(0, 58, 1, 1, 1)
    (at,) = re.findall(r'name="luc" value="(\d+)"', told.html)
    await phone.send(path, viec="bo-tat-ca", luc=at)
    assert office.numbers() == START


@pytest.mark.parametrize("moment", ["", "x", "-1", "0", "9007199254740992", "9" * 40])
async def test_a_moment_at_which_nobody_marked_takes_nothing_back(office: Office, moment: str) -> None:
    phone, path, _ = await inside(office)
    assert (await phone.send(path, viec="bo-tat-ca", luc=moment)).status == 200
    assert office.numbers() == START


async def test_all_of_another_number_than_was_confirmed_are_not_marked(office: Office) -> None:
    phone, path, first = await inside(office)
    await phone.send(path, viec="danh-dau", dau=first.buttons("da-nghi")[0])
    told = await phone.send(path, viec="tat-ca", so=57)
    assert "vừa có thay đổi" in told.words
    assert office.numbers().open == 56


@pytest.mark.parametrize("step", ["danh-dau", "bo-danh-dau", "tat-ca", "bo-tat-ca", "ra", "gì đó", ""])
async def test_nobody_without_the_code_changes_anything(office: Office, step: str) -> None:
    path = office.link()
    form = {"viec": step, "dau": "9.2.da-cai", "ai": "5", "so": "57", "luc": "1795000000000"}
    shown = await office.phone().send(path, **form)
    assert "Nhập mã để mở danh sách" in shown.words
    assert office.numbers() == START


@pytest.mark.parametrize(
    "dau", ["", "x", "1", "1.1", "1.1.gì", "-1.1.da-cai", "9" * 40 + ".1.da-cai", "1.1.da-cai.x"]
)
async def test_a_button_that_we_did_not_draw_marks_nobody(office: Office, dau: str) -> None:
    phone, path, _ = await inside(office)
    assert (await phone.send(path, viec="danh-dau", dau=dau)).status == 200
    assert office.numbers() == START


@pytest.mark.parametrize(
    "query",
    ["trang=-1", "trang=x", "trang=999999999999", "tt=gì", "ai=x", "tb=x", "luc=9e9", "luc=9007199254740992"],
)
async def test_odd_queries_show_the_list_or_an_empty_page_of_it(office: Office, query: str) -> None:
    phone, path, _ = await inside(office)
    assert (await phone.see(f"{path}?{query}")).status == 200


async def test_a_form_larger_than_ours_is_refused(office: Office) -> None:
    assert (await office.phone().send(office.link(), viec="x" * 5_000)).status == 413


async def test_static_files_are_served_under_the_door(office: Office) -> None:
    phone, _, shown = await inside(office)
    for address in re.findall(r'(?:href|src)="(/ds/static/[^"#]+)', shown.html):
        assert (await phone.see(address)).status == 200, address
    assert (await phone.see("/ds/static/nothing.css")).status == 404
