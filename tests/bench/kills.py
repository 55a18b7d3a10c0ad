"""Killed at random moments: `python -m tests.bench.kills sqlite` or `postgresql`, one JSON line.

Some 150 people walk the same long way while one answer in ten of Zalo is lost after delivery and every second
call hangs. A process is killed again and again: the one there is on SQLite, any of two webs and two runners
on PostgreSQL.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, not_, or_, select, update

from app.credentials.models import OaToken
from app.inbox.models import InboxEvent
from app.outbox.models import Delivery, DeliveryState
from tests.journeys.people import REPORTS, Person
from tests.journeys.processes import Late, Process, Stage, stage, until
from tests.journeys.several import office
from tests.journeys.test_kill import SENDS, THE_HOUR, let_zalo_call_again, said
from tests.postgres import SAFE, server_folder, shared_server

RATE = 10.0
"""Three seconds until Zalo calls again; a call broken off by a kill is looked up 0.2 s later."""
FAULTS = {
    "answer_lost": {"percent": 10, "path": SENDS},
    "hang": {"every": 2, "path": SENDS, "seconds": 0.2},
}
REST = 6.0
"""Seconds, at most, that somebody thinks between an answer and the next line."""
BETWEEN_KILLS = (1.0, 6.0)
END_WITHIN = 150.0
Words = tuple[str, tuple[str, ...]]
fingers = ThreadPoolExecutor(8)


@dataclass(frozen=True, slots=True)
class Scene:
    """A running office and how the next of its processes is chosen."""

    stage: Stage
    may_die: Sequence[Process]


@dataclass(slots=True)
class Found:
    database: str
    people: int
    kills: int
    replies: int = 0
    """Owed for what Zalo had brought."""
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    """People who read everything once, but not in its order."""
    in_flight_at_each_kill: list[int] = field(default_factory=list)
    answers_lost_by_zalo: int = 0
    calls_that_hung: int = 0
    still_unknown: list[dict[str, Any]] = field(default_factory=list)
    not_brought_by_zalo: list[str] = field(default_factory=list)
    """Whose last act met a bot that was down at each of Zalo's tries so far, and is in none of its lists."""
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(slots=True)
class Walker:
    """Goes on once the last line is answered, after a rest."""

    person: Person
    done: int = 0
    rests_until: float | None = None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kills")
    parser.add_argument("database", choices=("sqlite", "postgresql"))
    parser.add_argument("--people", type=int, default=155)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261125)
    asked = parser.parse_args()
    begin = time.monotonic()
    chance = random.Random(asked.seed)  # noqa: S311  it chooses moments
    scene = on_sqlite if asked.database == "sqlite" else on_postgres
    with tempfile.TemporaryDirectory(prefix="daumoi-kills-") as folder, scene(Path(folder)) as running:
        found = walk_and_kill(running, asked.database, asked.people, asked.kills, chance)
    found.seconds = round(time.monotonic() - begin, 1)
    sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
    return 1 if found.lost or found.doubled or found.out_of_order else 0


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Scene]:
    with stage(folder, rate=RATE) as running:
        yield Scene(running, [running.bot])


@contextmanager
def on_postgres(folder: Path) -> Iterator[Scene]:
    with ExitStack() as ending:
        server = shared_server(ending.enter_context(server_folder()), SAFE)
        server.execute("CREATE DATABASE kills")
        running = ending.enter_context(office(folder, server.url("kills"), RATE))
        yield Scene(running.stage, [*running.webs, *running.runners])


def walk_and_kill(scene: Scene, database: str, people: int, kills: int, chance: random.Random) -> Found:
    running = scene.stage
    lengthen_token(running)
    teacher = Person.new(running)
    lessons = [teacher.do(doing) for doing in THE_HOUR]
    expected = [said(bubble) for lesson in lessons for bubble in lesson]
    owed = [sum(map(len, lessons[: line + 1])) for line in range(len(lessons))]
    walkers = [Walker(Person.new(running)) for _ in range(people)]
    found = Found(database, people, kills)
    before = running.call("GET", "/stats")["faults_struck"]
    with running.faults(**FAULTS):
        for number in range(kills):
            moment = time.monotonic() + chance.uniform(*BETWEEN_KILLS)
            while time.monotonic() < moment:
                walk_on(running, walkers, owed, chance)
            victim = chance.choice(scene.may_die)
            victim.kill()
            found.in_flight_at_each_kill.append(in_flight(running))
            walk_on(running, walkers, owed, chance)  # people do not know that it is gone
            victim.start()
            let_zalo_call_again(running)
            remark(f"kill {number + 1}: {sum(walker.done for walker in walkers)} lines typed")
        with suppress(Late):  # whom it leaves waiting, and for what, is told below
            until(lambda: not walk_on(running, walkers, owed, chance), "everybody is answered", END_WITHIN)
        until(lambda: running.open_ends() == 0, "nothing is owed", END_WITHIN)
    running.call("POST", "/settle")
    struck = Counter(running.call("GET", "/stats")["faults_struck"]) - Counter(before)
    found.answers_lost_by_zalo, found.calls_that_hung = struck["answer_lost"], struck["hang"]
    compare(found, running, walkers, expected, owed)
    read_doubts(found, running)
    return found


def lengthen_token(running: Stage) -> None:
    """No renewal meanwhile: its lease of 30 s is 3 s on this clock. Kills in it have their own tests."""
    longer = update(OaToken).values(expires_at=datetime.now(UTC) + timedelta(days=30))
    running.database.write_now(lambda db: db.execute(longer).rowcount)


def walk_on(running: Stage, walkers: Sequence[Walker], owed: Sequence[int], chance: random.Random) -> bool:
    """One round; whether anybody still has something to type or to hear."""
    time.sleep(0.02)
    told, now = settled_by_contact(running), time.monotonic()
    busy, acting = False, list[Future[None]]()
    for walker in walkers:
        heard = told.get(walker.person.user_id, 0)
        if walker.done and heard < owed[walker.done - 1]:
            busy = True
        elif walker.done < len(owed):
            busy = True
            if walker.rests_until is None:
                walker.rests_until = now + chance.uniform(0.0, REST)
            elif now >= walker.rests_until:
                acting.append(fingers.submit(walker.person.begin, THE_HOUR[walker.done]))
                walker.done, walker.rests_until = walker.done + 1, None
    for act in acting:
        act.result()
    return busy


def settled_by_contact(running: Stage) -> dict[str, int]:
    """One look into the bot's own table: asking 150 phones again and again would be the load."""
    counted = (
        select(Delivery.contact, func.count().label("number"))
        .where(Delivery.settled_at.is_not(None))
        .group_by(Delivery.contact)
    )
    return running.database.read_now(lambda db: {row.contact: row.number for row in db.execute(counted)})


def in_flight(running: Stage) -> int:
    counted = select(func.count()).where(Delivery.state == DeliveryState.CLAIMED)
    return running.database.read_now(lambda db: db.execute(counted).scalar_one())


def compare(
    found: Found, running: Stage, walkers: Sequence[Walker], expected: Sequence[Words], owed: Sequence[int]
) -> None:
    """What stands on each phone against what a patient person was told when nothing went wrong."""
    kept = acts_kept(running)
    for walker in walkers:
        who = walker.person.user_id
        taken = max(walker.person.acknowledged(), kept.get(who, 0))  # 200 counts, whatever the table says
        if taken < walker.done:  # Zalo's next try may be an hour away; what is not ours yet is not lost
            found.not_brought_by_zalo.append(f"{who}: line {walker.done}, {walker.done - taken} to come")
        due = expected[: owed[min(taken, walker.done) - 1]]
        heard = [said(bubble) for bubble in walker.person.everything()]
        lost, doubled = Counter(due) - Counter(heard), Counter(heard) - Counter(due)
        found.replies += len(due)
        found.lost, found.doubled = found.lost + lost.total(), found.doubled + doubled.total()
        found.out_of_order += not lost and not doubled and heard != list(due)
        found.differences += [f"{who} lost: {text[:80]}" for text, _ in lost.elements()]
        found.differences += [f"{who} doubled: {text[:80]}" for text, _ in doubled.elements()]


def acts_kept(running: Stage) -> dict[str, int]:
    """What each person did, as far as the bot has written it down."""
    reports = [InboxEvent.event_name.startswith(name) for name in REPORTS]
    counted = (
        select(InboxEvent.contact, func.count().label("number"))
        .where(not_(or_(*reports)))
        .group_by(InboxEvent.contact)
    )
    return running.database.read_now(lambda db: {row.contact: row.number for row in db.execute(counted)})


def read_doubts(found: Found, running: Stage) -> None:
    unknown = select(Delivery.id, Delivery.contact, Delivery.checks, Delivery.note).where(
        Delivery.state == DeliveryState.UNKNOWN
    )
    found.still_unknown = [
        dict(row._mapping) for row in running.database.read_now(lambda db: db.execute(unknown).all())
    ]


def remark(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
