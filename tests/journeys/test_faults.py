"""The main job again while the line, the token or Zalo itself misbehaves: every reply once, and in order."""

import pytest

from app.content.transcript import Says
from tests.journeys.people import Bubble, Person
from tests.journeys.processes import Stage
from tests.journeys.scripts import OFFICER, REGISTERS

SENDS = "message/cs"
ECHOES = "oa_send"

FAULTS: dict[str, dict[str, object]] = {
    "every webhook comes twice": {"webhook_duplicate": "always"},
    "webhooks overtake each other": {"webhook_reorder": {"every": 2, "seconds": 0.15}},
    "webhooks come late": {"webhook_delay": {"percent": 60, "seconds": 0.3}},
    "late, double and out of order": {
        "webhook_duplicate": {"percent": 50},
        "webhook_reorder": {"percent": 30, "seconds": 0.1},
        "webhook_delay": {"percent": 30, "seconds": 0.3},
    },
    "forged first, then genuine": {"bad_signature": {"every": 5}},
    "the token expires once": {"expired_token": {"next": 1, "path": SENDS}},
    "every fourth call finds the token expired": {"expired_token": {"every": 4, "path": SENDS}},
    "-32: too many calls this minute": {"rate_limit": {"next": 2, "path": SENDS}},
    "every fourth send answers 500": {"server_error": {"every": 4, "path": SENDS}},
    "every fourth send answers with a page of HTML": {"html_error": {"every": 4, "path": SENDS}},
    "every fourth send is cut off before Zalo takes it": {"cut": {"every": 4, "path": SENDS}},
    "every third answer is lost after delivery": {"answer_lost": {"every": 3, "path": SENDS}},
    "every answer is lost and echoes come late": {
        "answer_lost": {"always": True, "path": SENDS},
        "webhook_delay": {"always": True, "path": ECHOES, "seconds": 1.0},
    },
    "slow answers": {"hang": {"every": 3, "path": SENDS, "seconds": 0.4}},
}


@pytest.fixture(scope="session")
def undisturbed(shared_stage: Stage) -> list[Bubble]:
    """What is read on the same walk when nothing goes wrong."""
    heard = Person.new(shared_stage).walk(REGISTERS)
    assert any(OFFICER in bubble.text for bubble in heard)
    return heard


@pytest.mark.parametrize("rules", FAULTS.values(), ids=FAULTS.keys())
def test_the_main_job_is_done_once_and_in_order_although(
    rules: dict[str, object], fast_stage: Stage, undisturbed: list[Bubble]
) -> None:
    register_while(fast_stage, rules, undisturbed)


def test_the_main_job_is_done_once_and_in_order_although_zalo_hangs_until_we_give_up(
    sqlite_fast_stage: Stage, undisturbed: list[Bubble]
) -> None:
    register_while(sqlite_fast_stage, {"hang": {"next": 1, "path": SENDS, "seconds": 11}}, undisturbed)


def register_while(stage: Stage, rules: dict[str, object], undisturbed: list[Bubble]) -> None:
    person = Person.new(stage)
    with stage.faults(**rules):
        heard = person.walk(REGISTERS)
        stage.settle()
    assert heard == undisturbed
    assert person.everything() == undisturbed


LINES = ("cài vssid", "gặp sự cố", "cài cho con", "lừa đảo", "giờ làm việc", "cảm ơn")


def test_lines_typed_without_waiting_are_answered_in_their_order(fast_stage: Stage) -> None:
    patient, hasty = Person.new(fast_stage), Person.new(fast_stage)
    expected = patient.walk(map(Says, LINES))
    with fast_stage.faults(webhook_duplicate="always", answer_lost={"every": 4, "path": SENDS}):
        for line in LINES:
            hasty.begin(Says(line))
        hasty.wait(len(LINES))
        fast_stage.settle()
    assert hasty.everything() == expected


def test_many_people_at_once_are_answered_each_in_their_order(
    fast_stage: Stage, undisturbed: list[Bubble]
) -> None:
    people = [Person.new(fast_stage) for _ in range(6)]
    for doing in REGISTERS:
        for person in people:
            person.begin(doing)
        for person in people:
            person.wait()
    fast_stage.settle()
    for person in people:
        assert person.everything() == undisturbed
