import tomllib
import unicodedata
from pathlib import Path

import pytest

from app.zalo import errors
from app.zalo.errors import (
    AccountFault,
    Family,
    Fault,
    NightHours,
    NoAnswer,
    NotSent,
    PayloadRefused,
    QuotaGone,
    RateLimited,
    RecipientUnreachable,
    TokenRejected,
    Transient,
    ZaloError,
    error_of,
    refused_by_gateway,
)

TABLE = tomllib.loads((Path(errors.__file__).with_name("errors.toml")).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("code", "family", "kind"),
    [
        (-32, Family.OA, RateLimited),
        (-200, Family.OA, Transient),
        (-216, Family.OA, TokenRejected),
        (-220, Family.OA, TokenRejected),
        (-124, Family.OA, TokenRejected),
        (-124, Family.ZBS, TokenRejected),
        (-224, Family.OA, AccountFault),
        (-137, Family.ZBS, AccountFault),
        (-230, Family.OA, RecipientUnreachable),
        (-118, Family.ZBS, RecipientUnreachable),
        (-201, Family.OA, PayloadRefused),
        (-1121, Family.ZBS, PayloadRefused),
        (-211, Family.OA, QuotaGone),
        (-144, Family.ZBS, QuotaGone),
        (-234, Family.OA, NightHours),
        (-133, Family.ZBS, NightHours),
    ],
)
def test_a_code_means_what_zalos_table_says(code: int, family: Family, kind: type[ZaloError]) -> None:
    error = error_of(code, "told by Zalo", family)
    assert type(error) is kind
    assert (error.code, error.message, str(error)) == (code, "told by Zalo", f"{code}: told by Zalo")


def test_one_number_means_different_things_on_different_hosts() -> None:
    assert isinstance(error_of(-100, "", Family.OA), PayloadRefused)
    assert isinstance(error_of(-100, "", Family.ZBS), Transient)


def test_a_code_with_two_meanings_is_told_apart_by_its_message() -> None:
    consent = error_of(-223, "Official Account has not authorized this API", Family.OA)
    articles = error_of(-223, "Your OA has reach the limit quota create article", Family.OA)
    assert isinstance(consent, AccountFault)
    assert isinstance(articles, QuotaGone)


@pytest.mark.parametrize("family", Family)
def test_a_code_that_nobody_described_is_not_tried_again(family: Family) -> None:
    error = error_of(-99999, "?", family)
    assert not isinstance(error, Transient)
    assert error.code == -99999
    assert "liên kết lại" in error.staff_line or "cần kỹ thuật xem lại" in error.staff_line


def test_failures_of_the_wire_have_no_code_and_differ_in_what_may_be_done_next() -> None:
    not_sent, no_answer = NotSent("refused"), NoAnswer("cut")
    assert isinstance(not_sent, Transient)
    assert not isinstance(no_answer, Transient)
    assert (not_sent.code, no_answer.code) == (None, None)
    assert not_sent.staff_line != no_answer.staff_line


def test_a_gateway_that_refuses_was_not_zalos_application() -> None:
    assert type(refused_by_gateway(403, "blocked")) is Transient
    assert type(refused_by_gateway(429, "slow down")) is RateLimited


@pytest.mark.parametrize("family", Family)
def test_every_row_of_the_table_can_be_used(family: Family) -> None:
    seen: set[tuple[int, str]] = set()
    for row in [TABLE[family]["unknown"] | {"codes": [-99999]}, *TABLE[family]["rows"]]:
        for code in row["codes"]:
            assert code < 0
            assert (code, row.get("when", "")) not in seen, f"{code} stands twice"
            seen.add((code, row.get("when", "")))
            error = error_of(code, row.get("when", ""), family)
            assert error.staff_line == row["line"]
            assert error.fault is Fault(row["fault"])


def test_every_line_that_staff_read_is_a_composed_sentence() -> None:
    lines = [row["line"] for family in Family for row in TABLE[family]["rows"]]
    lines += [TABLE[family]["unknown"]["line"] for family in Family]
    lines += [wire["line"] for wire in TABLE["wire"].values()]
    for line in lines:
        assert unicodedata.is_normalized("NFC", line)
        assert line[0].isupper()
        assert line.endswith(".")
        assert len(line) <= 120
