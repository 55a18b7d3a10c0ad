"""From chances to what is done."""

import pytest

from app.understanding.model import Scored
from app.understanding.policy import Decision, Guide, Zone, both, decide

GUIDE = Guide(
    outside=frozenset({"other", "chat"}),
    silent=frozenset({"chat"}),
    pairs={frozenset({"otp", "password"}): "Mật khẩu hay mã ạ?"},
)


def ranked(**chances: float) -> list[Scored]:
    return sorted((Scored(name, chance) for name, chance in chances.items()), key=lambda one: -one.chance)


@pytest.mark.parametrize(
    ("chances", "zone", "intents"),
    [
        ({"otp": 0.9, "login": 0.1}, Zone.ANSWER, ("otp",)),
        ({"otp": 0.5, "login": 0.3, "phone": 0.15, "card": 0.05}, Zone.SUGGEST, ("otp", "login", "phone")),
        ({"otp": 0.06, "login": 0.05, "phone": 0.04}, Zone.NONE, ()),
        ({"chat": 0.9, "otp": 0.1}, Zone.NONE, ()),
        ({"other": 0.9, "otp": 0.1}, Zone.ANSWER, ("other",)),
        ({"chat": 0.5, "otp": 0.4, "login": 0.1}, Zone.SUGGEST, ("otp", "login")),
        ({"otp": 0.95, "password": 0.05}, Zone.ANSWER, ("otp",)),
    ],
)
def test_sure_is_answered_likely_is_offered_else_it_is_admitted(
    chances: dict[str, float], zone: Zone, intents: tuple[str, ...]
) -> None:
    assert decide(ranked(**chances), GUIDE) == Decision(zone, intents)


def test_rivals_are_told_apart_by_their_question() -> None:
    expected = Decision(Zone.SUGGEST, ("otp", "password"), "Mật khẩu hay mã ạ?")
    assert decide(ranked(otp=0.76, password=0.24), GUIDE) == expected


def test_two_kinds_of_outside_count_together() -> None:
    assert decide(ranked(chat=0.45, other=0.4, otp=0.15), GUIDE).zone is Zone.NONE


def test_nothing_ranked_is_nothing_known() -> None:
    assert decide([], GUIDE) == Decision(Zone.NONE)


def test_of_two_clear_questions_the_first_is_answered_and_the_second_goes_with_it() -> None:
    one, other = Decision(Zone.ANSWER, ("otp",)), Decision(Zone.ANSWER, ("card",))
    assert both(one, other) == Decision(Zone.ANSWER, ("otp", "card"))
    assert both(one, one) is None
    assert both(one, Decision(Zone.NONE)) is None
