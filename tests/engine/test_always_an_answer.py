"""Whatever a person does, however spoiled the session: an answer, no exception, and menu is the menu."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from app.engine.effects import AskUserInfo, Choice, RunAct, Say
from app.engine.flow import Place
from app.engine.inputs import ActDone, Followed, Input, Media, Opened, Shared, Tapped, Typed, input_from_text
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from tests.content.acts import ACTS
from tests.content.folder import small_library
from tests.engine.talk import START

LIBRARY = small_library()
PLACES = [Place(flow.flow, node) for flow in LIBRARY.flows.values() for node in flow.nodes]
OUTCOMES = sorted({outcome for spec in ACTS.values() for outcome in spec.outcomes})

odd_text = some.text(max_size=60) | some.sampled_from(
    [
        "",
        " ",
        "\u202emenu",
        "👨‍👩‍👧",
        "me\u0302nu",
        "1" * 400,
        "#dm/",
        "x" * 100_000,
        "{hotline}",
        "\x00\x07",
        "dạ ạ ạ",
        "٣",
        "²",
        "\ud83d",
    ]
)
known_text = some.sampled_from(
    [
        *LIBRARY.phrases,
        *(spelling for _, spellings in LIBRARY.words.commands for spelling in spellings),
        *(
            item.label
            for flow in LIBRARY.flows.values()
            for node in flow.nodes.values()
            for item in node.menu
        ),
        *("có", "không", "sửa", "email", "họ tên", "1", "2", "3", "9", "xem thêm", "TX0001A", "0912345678"),
        *("Nguyễn Thị Mai", "mai@gmial.com", "mai@congty.vn", "24/12/2026", "kế toán", "điền tiếp"),
    ]
)
place = some.sampled_from(PLACES).map(str) | some.just("gone.node") | odd_text
payload = some.builds(
    lambda at, kind, number, key: f"#dm/{at}/{kind}{number}={key}",
    place,
    some.sampled_from(["c", "a", "o", "p", "q", "f", "s", "yes", "no", "fix", "skip", "zz"]),
    some.integers(0, 20),
    place,
) | some.builds(lambda at, mark: f"#dm/{mark}{at}", place, some.sampled_from(["@", "!", ""]))
typed = some.builds(
    Typed, odd_text | known_text, some.frozensets(some.sampled_from(["otp", "password", "x"]), max_size=1)
)
done = some.builds(
    ActDone,
    some.sampled_from(OUTCOMES) | odd_text,
    some.dictionaries(some.sampled_from(["unit_name", "class_name", "x"]), odd_text, max_size=2),
    some.booleans(),
)
inputs: some.SearchStrategy[Input] = some.one_of(
    typed,
    typed,
    some.builds(input_from_text, odd_text | known_text | payload),
    some.builds(Tapped, payload | odd_text),
    some.builds(Shared, odd_text, odd_text | some.just("84912345678")),
    some.builds(Followed),
    some.builds(Opened),
    some.builds(Media, odd_text),
    done,
)
slots = some.dictionaries(
    some.sampled_from([*LIBRARY.flows, "gone"]),
    some.dictionaries(some.sampled_from(["phone", "role", "email", "day", "x"]), odd_text, max_size=3),
    max_size=2,
)
anything: some.SearchStrategy[Any] = some.recursive(
    some.none() | some.booleans() | some.integers(-5, 10**18) | some.floats() | some.text(max_size=5) | place,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
spoiled = some.dictionaries(some.sampled_from(list(Session.fresh(START).to_json())), anything, max_size=14)
plausible = some.builds(
    Session,
    touched_at=some.sampled_from([START, START - timedelta(hours=30), START - timedelta(days=40)]),
    place=some.none() | some.sampled_from(PLACES),
    slots=slots,
    trail=some.lists(some.sampled_from(PLACES), max_size=4).map(tuple),
    page=some.integers(0, 10**13),
    tries=some.integers(0, 5),
    misses=some.integers(0, 5),
    correcting=some.none() | some.sampled_from(PLACES),
    awaiting=some.none() | some.sampled_from(PLACES),
    wants=some.none() | some.sampled_from(PLACES),
    unsaved=some.none() | some.sampled_from(PLACES),
    amending=some.none() | some.sampled_from(PLACES),
    picking=some.booleans(),
    offered=some.lists(odd_text, max_size=2).map(tuple),
    brought=slots,
)
sessions = plausible | some.builds(Session.from_json, spoiled | anything)


def check_turn(turn: Turn, given: Input) -> None:
    """What holds for every turn."""
    acts = [effect for effect in turn.effects if isinstance(effect, RunAct)]
    assert acts in ([], [turn.effects[-1]] if turn.effects else [])
    assert (turn.session.awaiting is not None) == bool(acts)
    assert turn.effects or isinstance(given, Opened)
    for effect in turn.effects:
        match effect:
            case Say(text, buttons):
                assert text.strip()
                assert len(buttons) <= 5
                assert all(button.label.strip() for button in buttons)
                payloads = [button.payload for button in buttons if isinstance(button, Choice)]
                assert all(payload.isascii() and len(payload) <= 1000 for payload in payloads)
            case AskUserInfo() | RunAct():
                pass
    place = turn.session.place
    node = None if place is None else LIBRARY.node(place)
    assert place is None or (node is not None and node.waits)
    written = turn.session.to_json()
    assert Session.from_json(json.loads(json.dumps(written))) == turn.session


def settle(session: Session, given: Input, choose: Callable[[list[str]], str]) -> Session:
    """The turn and the acts it asks for."""
    for _ in range(20):
        turn = take_turn(LIBRARY, session, given, START)
        check_turn(turn, given)
        session = turn.session
        wanted = [effect.name for effect in turn.effects if isinstance(effect, RunAct)]
        if not wanted:
            return session
        given = ActDone(choose(sorted(ACTS[wanted[0]].outcomes)))
    raise AssertionError("the acts run in a circle")


@settings(max_examples=400, deadline=None)
@given(sessions, inputs)
def test_every_turn_ends_with_an_answer(session: Session, given: Input) -> None:
    check_turn(take_turn(LIBRARY, session, given, START), given)


@settings(max_examples=120, deadline=None)
@given(some.lists(inputs.filter(lambda given: not isinstance(given, ActDone)), max_size=12), some.data())
def test_from_any_conversation_menu_leads_to_the_menu(before: list[Input], data: some.DataObject) -> None:
    session = Session.fresh(START)

    def choose(outcomes: list[str]) -> str:
        return data.draw(some.sampled_from(outcomes))

    for one in before:
        session = settle(session, one, choose)
    in_form = session.unsaved is not None
    session = settle(session, Typed("menu"), choose)
    if in_form and session.wants is not None:
        session = settle(session, Typed("menu"), choose)
    assert session.place == Place("welcome", "menu")


@settings(max_examples=200, deadline=None)
@given(sessions)
def test_from_any_session_menu_leads_to_the_menu(session: Session) -> None:
    session = replace(session, awaiting=None)
    for _ in range(2):
        session = settle(session, Typed("menu"), lambda outcomes: outcomes[0])
    assert session.place == Place("welcome", "menu")


@settings(max_examples=200, deadline=None)
@given(anything)
def test_a_session_is_read_from_anything(stored: object) -> None:
    session = Session.from_json(stored)
    assert Session.from_json(session.to_json()) == session


@settings(max_examples=150, deadline=None)
@given(plausible)
def test_a_session_survives_being_written_and_read(session: Session) -> None:
    assert Session.from_json(json.loads(json.dumps(session.to_json()))) == session
