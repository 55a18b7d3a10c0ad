"""What `daumoi check` finds, each with file, line and remedy."""

from datetime import date
from pathlib import Path

import pytest

from app.content.check import Finding, Severity, check_flows, check_or_refuse
from app.content.load import load_library
from app.content.yaml_text import ContentError
from tests.content.acts import ACTS
from tests.content.folder import lay_out, spoil

TODAY = date(2026, 11, 24)


def found(folder: Path, today: date = TODAY) -> list[Finding]:
    return check_flows(folder, ACTS, today)


def test_good_flows_have_no_findings(tmp_path: Path) -> None:
    assert found(lay_out(tmp_path)) == []


def line_at(folder: Path, finding: Finding) -> str:
    return (folder / finding.file).read_text(encoding="utf-8").splitlines()[finding.line - 1]


CASES = [
    (
        "help.yaml",
        "goto: three}\n      - {label: Về menu, goto: welcome.menu}\n  one",
        "goto: tree}\n  one",
        "Việc ba",
        "`tree` does not exist",
    ),
    (
        "help.yaml",
        "goto: three\n  three",
        "goto: gone.start\n  three",
        "goto: gone.start",
        "`gone.start` does not exist",
    ),
    ("help.yaml", "guides: [portal]", "guides: [gate]", "guides: [gate]", "guide `gate` does not exist"),
    ("stop.yaml", "do: resume_messages", "do: resume", "do: resume", "act `resume` does not exist"),
    (
        "stop.yaml",
        "{resumed: resumed}",
        "{resumes: resumed}",
        "on: {resumes",
        "`resume_messages` may answer `resumed`",
    ),
    ("course.yaml", "{class_name}", "{class_nam}", "{class_nam}", "nothing gives {class_nam} a value"),
    ("help.yaml", "việc hai.\n    goto: three", "việc hai.\n    goto: two", "two:", "talk in a circle"),
    (
        "help.yaml",
        "say: Đây là việc một.",
        "say: Gọi 0912345678.",
        "say:",
        "`0912345678` looks like personal data",
    ),
    (
        "help.yaml",
        "say: Đây là việc một.",
        "say: Gọi 0912 345 678.",
        "say:",
        "`0912 345 678` looks like personal data",
    ),
    ("help.yaml", "say: Đây là việc một.", "say: Viết mai@gmail.com.", "say:", "looks like personal data"),
    ("help.yaml", "say: Đây là việc một.", "say: Số 012345678901.", "say:", "looks like personal data"),
    (
        "help.yaml",
        "say: Đây là việc một.",
        "say: Mở https://a.com/x.",
        "https://a.com",
        "https://a.com/x. stands in a text",
    ),
    ("words.yaml", "choose_below: ", "choose_below: https://a.vn/ ", "choose_below", "stands in a text"),
    (
        "guides.yaml",
        "https://play.google.com/store",
        "https://play.gogle.com/store",
        "url:",
        "is not on the list",
    ),
    (
        "guides.yaml",
        "https://dichvucong.gov.vn/",
        "https://dichvucong.gov.vn.vip/",
        "url:",
        "is not on the list",
    ),
    ("guides.yaml", "https://dichvucong.gov.vn/", "http://dichvucong.gov.vn/", "url:", "is not on the list"),
    ("guides.yaml", "status: ok", "status: retired", "guides: [portal", "guide `portal` is retired"),
    ("help.yaml", "say: Đây là việc hai.", "say: " + "dài " * 500 + "hết", "say: dài", "Zalo takes 2000"),
    (
        "help.yaml",
        "{label: Việc ba, goto: three}",
        "{label: dài dài dài dài dài dài dài dài dài dài dài dài hết, goto: three}",
        "dài dài",
        "characters",
    ),
    (
        "course.yaml",
        "ask: ask_phone}",
        "ask: ask_name}",
        "slot: phone",
        "`ask_name` does not ask for `phone`",
    ),
    (
        "course.yaml",
        "fills: {name: full_name}",
        "fills: {name: surname}",
        "fills:",
        "nothing asks for `surname`",
    ),
    (
        "welcome.yaml",
        "also: [đăng ký]",
        "also: [hướng dẫn]",
        "Đăng ký lớp",
        "`huong dan` means `Xem hướng dẫn` and `Đăng ký lớp`",
    ),
    (
        "welcome.yaml",
        "also: [đăng ký]",
        "also: [gặp cán bộ]",
        "Đăng ký lớp",
        "always-available word for `person`",
    ),
    (
        "phrases.yaml",
        "[xin chào, alo]",
        "[xin chào, dừng nhận tin]",
        "welcome.menu",
        "always-available word for `stop`",
    ),
    (
        "help.yaml",
        "    say: Đây là việc ba.\n",
        "    say: Đây là việc ba.\n    link: {label: Mở, value: address}\n",
        "value: address",
        "nothing gives `address` an address",
    ),
    ("phrases.yaml", "help.one:", "help.four:", "help.four", "`help.four` does not exist"),
    (
        "words.yaml",
        "  person: person.start",
        "  person: person.begin",
        "doors:",
        "`person.begin` does not exist",
    ),
    (
        "words.yaml",
        "old_button: ",
        "old_button: '{label} ' # ",
        "old_button",
        "nothing gives {label} a value",
    ),
]


@pytest.mark.parametrize(("file", "before", "after", "on_line", "message"), CASES)
def test_an_error_names_file_line_and_remedy(
    tmp_path: Path, file: str, before: str, after: str, on_line: str, message: str
) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, file, before, after)
    errors = [finding for finding in found(folder) if finding.is_error]
    told = [str(error) for error in errors]
    matching = [error for error in errors if message in error.message]
    assert matching, told
    assert all(error.remedy for error in errors)
    where = "help.yaml" if message.startswith("guide `portal`") else file
    assert where in {error.file for error in matching}
    assert any(on_line in line_at(folder, error) for error in matching), told
    with pytest.raises(ContentError):
        check_or_refuse(folder, load_library(folder), ACTS)


UNREADABLE = [
    ("help.yaml", "flow: help", "flow: hulp", "flow: hulp", "the flow is called `hulp`"),
    ("help.yaml", "title: Hướng dẫn\n", "", "flow: help", "title: Field required"),
    ("help.yaml", "say: Đây là việc hai.", "sya: Đây là việc hai.", "sya:", "sya: Extra inputs"),
    ("help.yaml", "say: Đây là việc hai.", "say: ''", "say: ''", "at least 1 character"),
    ("help.yaml", "việc ba.\n    end: true", "việc ba.", "three:", "exactly one way, this one has: none"),
    (
        "help.yaml",
        "việc ba.\n    end: true",
        "việc ba.\n    end: true\n    goto: one",
        "three:",
        "this one has: goto, end",
    ),
    ("help.yaml", "say: Đây là việc hai.", "say: [", "", "not YAML"),
    ("help.yaml", "  two:\n", "  one:\n", "one:", "`one` stands here twice"),
    ("help.yaml", "flow: help", "- flow: help\n  x: y", "", "not"),
    ("help.yaml", "say: Đây là việc hai.", "say: &a [*a]", "say: &a", "nested too deeply"),
    ("help.yaml", "say: Đây là việc hai.", "? [a, b]\n    : c", "", "a name is not a word"),
    ("course.yaml", "type: yes_no", "type: yes_or_no", "type: yes_or_no", "type"),
    ("course.yaml", "type: yes_no", "type: choice", "ask: {slot: lunch", "belong together"),
    (
        "course.yaml",
        "      type: phone\n",
        "      type: text\n",
        "ask:",
        "belongs to `type: phone`",
    ),
    ("course.yaml", "tries: 3", "tries: ba", "tries: ba", "tries"),
    ("course.yaml", "value: hr", "value: Nhân sự", "value: Nhân", "value"),
    ("guides.yaml", "status: ok", "status: fine", "status: fine", "status"),
    ("guides.yaml", "https://dichvucong.gov.vn/", "dichvucong", 'url: "dichvucong', "url"),
    ("office.yaml", "known: true", "known: maybe", "known: maybe", "known"),
    (
        "phrases.yaml",
        "[đăng ký lớp học]",
        "[quên mật khẩu]",
        "course.start",
        "`quên mật khẩu` leads to help.one already",
    ),
    ("words.yaml", "went_wrong:", "went_wong:", "", "went_wrong: Field required"),
    ("values.yaml", "values:", "value:", "", "values: Field required"),
]


@pytest.mark.parametrize(("file", "before", "after", "on_line", "message"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, file: str, before: str, after: str, on_line: str, message: str
) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, file, before, after)
    findings = found(folder)
    matching = [finding for finding in findings if message in finding.message]
    assert matching, list(map(str, findings))
    assert {finding.file for finding in matching} == {file}
    assert any(on_line in line_at(folder, finding) for finding in matching), list(map(str, findings))
    with pytest.raises(ContentError, match=file):
        load_library(folder)


def test_every_wrong_file_is_reported_at_once(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, "help.yaml", "title: Hướng dẫn\n", "titel: Hướng dẫn\n")
    spoil(folder, "stop.yaml", "flow: stop", "flow: halt")
    (folder / "office.yaml").unlink()
    assert [(finding.file, finding.line) for finding in found(folder)] == [
        ("help.yaml", 1),
        ("help.yaml", 2),
        ("office.yaml", 1),
        ("stop.yaml", 1),
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00", b"flow: \x07", b"42", b"~", b"[]"])
def test_a_file_of_rubbish_is_a_finding(tmp_path: Path, content: bytes) -> None:
    folder = lay_out(tmp_path)
    (folder / "help.yaml").write_bytes(content)
    assert [finding.file for finding in found(folder)] == ["help.yaml"]


WARNINGS = [
    (
        "help.yaml",
        "  three:\n",
        "  four:\n    say: Không ai đến đây.\n    end: true\n  three:\n",
        "nothing leads to help.four",
    ),
    (
        "guides.yaml",
        "guides:\n",
        "guides:\n  spare: {title: A, purpose: B, checked_on: 2026-11-01, certainty: A, status: ok, "
        "fallback: C}\n",
        "no node lists `spare`",
    ),
    ("office.yaml", "known: true", "known: false", "`hotline` is not known yet"),
    (
        "course.yaml",
        "wrong: Ghi tên giúp ạ., give_up: person.start}",
        "wrong: Ghi tên giúp ạ.}",
        "nothing else is offered",
    ),
    (
        "guides.yaml",
        '", purpose: Nộp hồ sơ, checked_on: 2026-11-01',
        '", purpose: Nộp hồ sơ, checked_on: 2026-08-01',
        "last checked on 2026-08-01",
    ),
    (
        "guides.yaml",
        '", purpose: Nộp hồ sơ, checked_on: 2026-11-01',
        '", purpose: Nộp hồ sơ, checked_on: 2027-08-01',
        "yet to come",
    ),
]


@pytest.mark.parametrize(("file", "before", "after", "message"), WARNINGS)
def test_a_warning_reports_and_does_not_stop_the_start(
    tmp_path: Path, file: str, before: str, after: str, message: str
) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, file, before, after)
    findings = found(folder)
    assert [finding.severity for finding in findings] == [Severity.WARNING], list(map(str, findings))
    assert message in findings[0].message
    check_or_refuse(folder, load_library(folder), ACTS)


def test_a_guide_is_stale_after_ninety_days(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    assert found(folder, date(2027, 1, 30)) == []
    assert len(found(folder, date(2027, 1, 31))) == 3


def test_a_finding_reads_as_one_line_and_as_json() -> None:
    finding = Finding("help.yaml", 7, Severity.ERROR, "`tree` does not exist", "Correct the name")
    assert str(finding) == "help.yaml:7: error: `tree` does not exist. Correct the name"
    assert finding.as_dict()["line"] == 7


def test_errors_come_before_warnings(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, "stop.yaml", "do: resume_messages", "do: resume")
    spoil(folder, "office.yaml", "known: true", "known: false")
    assert [finding.is_error for finding in found(folder)] == [True, False]
