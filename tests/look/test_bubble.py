"""The one bubble renderer: every part of a message, and nothing that is not ours."""

from datetime import UTC, datetime

from app.look.assets import LOOK_STATIC, Assets
from app.look.bubbles import Bubble, BubbleButton, Enclosed, Enclosure, Press, Side
from app.look.rendering import make_environment

AT = datetime(2026, 11, 23, 1, 19, tzinfo=UTC)


def drawn(message: Bubble, press: str = "", share: str = "") -> str:
    environment = make_environment([], Assets([LOOK_STATIC], "static"))
    module = environment.get_template("look/bubble.html").module
    return str(module.bubble(message, press=press, share=share))  # type: ignore[attr-defined]


def oa(text: str = "", *buttons: BubbleButton) -> Bubble:
    return Bubble("m1", Side.OA, AT, text, buttons=buttons)


def test_a_message_shows_its_words_and_its_hour() -> None:
    html = drawn(Bubble("m1", Side.USER, AT, "ai phu trach\nphuong dong ha"))
    assert "ai phu trach<br>phuong dong ha" in html
    assert ">08:19<" in html
    assert "from-user" in html


def test_what_people_write_is_never_markup() -> None:
    html = drawn(Bubble("m1", Side.USER, AT, "<img src=x onerror=alert(1)>", title="<b>", quoted="<i>"))
    assert "<img" not in html
    assert "<b>" not in html.replace('<b class="bubble-title">', "")
    assert "<i>" not in html


def test_a_reply_button_is_a_form_only_where_it_can_be_pressed() -> None:
    message = oa("Chọn giúp", BubbleButton("Cài đặt", Press.REPLY, "#dm/install"))
    assert 'action="people/1/tap"' in drawn(message, press="people/1/tap")
    assert 'value="#dm/install"' in drawn(message, press="people/1/tap")
    assert "<form" not in drawn(message)


def test_links_open_outside_and_numbers_are_called() -> None:
    link = BubbleButton("Cổng", Press.LINK, "https://dichvucong.gov.vn")
    call = BubbleButton("Gọi", Press.CALL, "84258352216")
    html = drawn(oa("Xem", link, call), press="tap")
    assert 'href="https://dichvucong.gov.vn" target="_blank" rel="noopener noreferrer"' in html
    assert 'href="tel:+84258352216"' in html


def test_a_button_that_leads_to_script_leads_nowhere() -> None:
    html = drawn(oa("Xem", BubbleButton("Bấm", Press.LINK, "javascript:alert(1)")), press="tap")
    assert "javascript" not in html


def test_a_card_shows_its_rows() -> None:
    html = drawn(Bubble("m1", Side.OA, AT, title="Chuyên quản", rows=(("Phòng", "203, tầng 2"),)))
    assert "<dt>Phòng</dt><dd>203, tầng 2</dd>" in html
    assert "is-card" in html


def test_a_picture_from_elsewhere_is_only_named() -> None:
    html = drawn(Bubble("m1", Side.USER, AT, enclosure=Enclosure(Enclosed.PHOTO, "Ảnh")))
    assert "<img" not in html
    shown = drawn(Bubble("m1", Side.USER, AT, enclosure=Enclosure(Enclosed.PHOTO, "Ảnh", url="media/1")))
    assert '<img class="enclosed-picture" src="media/1" alt="Ảnh">' in shown


def test_every_enclosure_can_be_drawn() -> None:
    for kind in Enclosed:
        assert "m-m1" in drawn(Bubble("m1", Side.USER, AT, enclosure=Enclosure(kind, "tên", "chi tiết")))


def test_nothing_is_inline() -> None:
    message = oa("Xem", BubbleButton("Cổng", Press.LINK, "https://x.vn"))
    html = drawn(message, press="tap")
    assert "style=" not in html
    assert "<script" not in html
    assert " on" not in html.replace(" one", "")
