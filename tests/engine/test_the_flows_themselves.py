"""The flows that are published: no question holds anybody, and chance talk always gets a fitting answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import orjson
import pytest

from app.content.load import load_library
from app.conversations.acts import ACT_SPECS
from app.engine.effects import Choice, RunAct, Say
from app.engine.flow import Library, Place
from app.engine.inputs import ActDone, Followed, Input, Media, Opened, Shared, Tapped, Typed, input_from_text
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from tests.content.folder import ROOT

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TURNS = 5_000
NOTHING_FITS = "???"
APART: list[Input] = [
    Typed("••••••", frozenset({"otp"})),
    Media("image"),
    Followed(),
    Opened(),
    Shared("Lê An", "84912345678"),
]
"""What is no text and no button of ours."""


@cache
def published() -> Library:
    return load_library(ROOT / "flows")


def questions() -> list[Place]:
    flows = published().flows.values()
    return [Place(flow.flow, name) for flow in flows for name, node in flow.nodes.items() if node.ask]


def asked(place: Place) -> Session:
    form = published().flows[place.flow].form
    return replace(Session.fresh(START), place=place, unsaved=place if form else None)


def after(session: Session, *texts: str) -> Session:
    chance = Random(1)  # noqa: S311
    for text in texts:
        turn = take_turn(published(), session, input_from_text(text), START)
        while turn.session.awaiting is not None:
            turn = take_turn(published(), turn.session, chance_answer(turn, chance), START)
        session = turn.session
    return session


def chance_answer(turn: Turn, chance: Random) -> ActDone:
    act = turn.effects[-1]
    assert isinstance(act, RunAct)
    outcomes = ACT_SPECS[act.name].outcomes
    outcome = chance.choice(sorted(outcomes))
    return ActDone(outcome, dict.fromkeys(outcomes[outcome], "x"))


@pytest.mark.parametrize("place", questions(), ids=str)
def test_no_question_is_asked_for_ever(place: Place) -> None:
    node = published().node(place)
    assert node is not None
    assert node.ask is not None
    assert after(asked(place), *[NOTHING_FITS] * node.ask.tries).place != place


@pytest.mark.parametrize("place", questions(), ids=str)
def test_every_question_can_be_left(place: Place) -> None:
    assert after(asked(place), "hủy").place != place
    assert after(asked(place), "menu", "menu").place == Place("welcome", "menu")
    if place.flow != "person":
        assert after(asked(place), "gặp cán bộ").place != place


def whole_wordings() -> list[str]:
    library = published()
    nodes = [node for flow in library.flows.values() for node in flow.nodes.values()]
    said = [wording for node in nodes for item in node.menu for wording in (item.label, *item.also)]
    commands = [spelling for _, spellings in library.words.commands for spelling in spellings]
    answers = ["Nguyễn Văn An", "0912345678", "an@gmail.con", "an@congty.vn", "TX0001A", "kế toán", "sửa"]
    return [*said, *library.phrases, *commands, *answers, *library.words.yes, *library.words.no, *"123456789"]


def chance_input(chance: Random, wordings: list[str], tapped: list[str]) -> Input:
    kinds = {"known": 8, "fresh button": 6, "old button": 3, "several": 2, "odd": 1, "apart": 1}
    match chance.choices([*kinds], weights=[*kinds.values()])[0]:
        case "fresh button" if tapped:
            return Tapped(chance.choice(tapped[-5:]))
        case "old button" if tapped:
            return Tapped(chance.choice(tapped))
        case "several":
            return Typed(" ".join(chance.choices(wordings, k=chance.randint(2, 5))))
        case "odd":
            return Typed("".join(chr(chance.randint(32, 0x2FFF)) for _ in range(chance.randint(0, 60))))
        case "apart":
            return chance.choice(APART)
        case _:
            return input_from_text(chance.choice(wordings))


@pytest.mark.parametrize("seed", range(3))
def test_chance_talk_always_gets_a_fitting_answer(seed: int) -> None:
    chance, tapped = Random(seed), list[str]()  # noqa: S311
    session, now = Session.fresh(START), START
    wordings = whole_wordings()
    for _ in range(TURNS):
        given = chance_input(chance, wordings, tapped)
        now += timedelta(hours=chance.choice([25, 200]) if chance.random() < 0.01 else 0.02)
        turn = take_turn(published(), session, given, now)
        check(turn, given, tapped)
        while turn.session.awaiting is not None:
            given = chance_answer(turn, chance)
            turn = take_turn(published(), turn.session, given, now)
            check(turn, given, tapped)
        session = Session.from_json(orjson.loads(orjson.dumps(turn.session.to_json())))
        assert session == turn.session


def check(turn: Turn, given: Input, tapped: list[str]) -> None:
    assert turn.effects or isinstance(given, Opened)
    acts = [effect for effect in turn.effects if isinstance(effect, RunAct)]
    assert acts == ([] if turn.session.awaiting is None else [turn.effects[-1]])
    for bubble in turn.effects:
        if not isinstance(bubble, Say):
            continue
        labels = [button.label for button in bubble.buttons]
        assert bubble.text.strip()
        assert "{" not in bubble.text
        assert len(labels) <= 5
        assert len(set(labels)) == len(labels), "two buttons look the same"
        tapped += [button.payload for button in bubble.buttons if isinstance(button, Choice)]
