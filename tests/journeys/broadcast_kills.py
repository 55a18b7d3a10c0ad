"""A broadcast through a sandbox that refuses in every way, with kills; then both sides are compared."""

import asyncio
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from datetime import time as wall_time

from sqlalchemy import Connection, insert, select

from app.broadcasts import steering
from app.broadcasts.content import Content
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import counts, next_due
from app.broadcasts.models import Broadcast, BroadcastState, Recipient, RecipientState
from app.broadcasts.planning import plan
from app.broadcasts.rules import OPERATOR, SendHours
from app.broadcasts.steering import NewBroadcast
from app.directory.models import Contact, Employer, Liaison
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.seal import Sealer
from tests.journeys.processes import SECRET_KEY, Stage, until

SETTINGS = {"DAUMOI_SEND_HOURS": "00:00-24:00", "DAUMOI_HALT_ABOVE": "1"}
UNIT = 990_001
TEXT = Content("Kính gửi {xưng hô} {họ tên}, đơn vị {đơn vị} cần rà soát danh sách lao động chưa cài VssID.")

PERSON = (-213, -217, -218, -222, -227, -230, -232, -244, -305, -311)
MESSAGE = (-201, -210, -233, -238, -241, -249, -403, -1340, -1341, -9999)
"""Refusals of this text to this person; the last one is in nobody's table."""
PASSING = (-200, -214)
NIGHT, DAY_QUOTA = -234, -211
"""They wait for the next morning, and for the next day unless another way is open."""
MORNING = "06:30"
TOKEN = (-124, -216, -220)
"""One at the start and one after each kill, never near the next: a refresh token that dies with the process
has to be replaced by a person. That is shown of the renewal alone, line by line.
"""
ACCOUNT = (
    *(-202, -204, -205, -206, -207, -208, -209, -212, -215, -219, -221),
    *(-223, -224, -235, -237, -240, -242, -248, -320, -321),
)
"""Each of them stops the whole broadcast, until somebody says that it may go on."""
SHARE = 0.8
"""Per cent of the sends that each code of persons and messages refuses."""
AT_ONCE = 5_000
DELIVERED = frozenset({RecipientState.SENT, RecipientState.DELIVERED, RecipientState.SEEN})
RATE = 6.0
"""A minute in ten seconds; much faster, and a busy machine is slower than the time-outs on this clock."""
LATE_IN_THE_DAY = 0.95
LATE = 1_800.0
"""Seconds after which a broadcast that has not ended is a failure."""


@dataclass(slots=True)
class Figures:
    recipients: int
    kills: int = 0
    halts: int = 0
    nights: int = 0
    seconds: float = 0.0
    state: str = ""
    by_state: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    got_it: int = 0
    got_it_twice: int = 0
    in_doubt: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    bot_mib: int = 0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def send_through_kills(
    running: Stage, recipients: int, kills: int, halts: int = len(ACCOUNT), *, overnight: bool = False
) -> Figures:
    """Sends to so many new people while the bot is killed, and says what both sides know in the end.

    Only a run that goes on overnight is refused what waits for tomorrow.
    """
    people = _people(running, recipients)
    number = _planned(running, people)
    figures, begin = Figures(recipients), time.monotonic()
    codes = (*PERSON, *MESSAGE, *PASSING, *((NIGHT,) if overnight else ()))
    share = {str(code): {"percent": SHARE} for code in codes}
    seldom = {str(TOKEN[0]): {"next": 1}, "-32": {"next": 1}}
    running.call("PUT", "/faults", share | seldom | {"answer_lost": {"percent": 2}})
    _press_send(running, number, recipients)
    run = _Run(running, number, figures, kills, halts, overnight)
    until(run.is_over, "the broadcast has ended", LATE)
    figures.seconds = round(time.monotonic() - begin, 1)
    running.settle()
    figures.bot_mib = max(figures.bot_mib, running.bot.memory())
    _compare(running, number, figures)
    struck = (*share, "-32", *map(str, (*TOKEN, *ACCOUNT, DAY_QUOTA)), "answer_lost")
    running.call("PUT", "/faults", dict.fromkeys(struck, "off"))
    return figures


@dataclass(slots=True)
class _Run:
    """What an evil fate and a patient operator do while it is sent."""

    running: Stage
    number: int
    figures: Figures
    kills: int
    halts: int
    overnight: bool
    asked: int = 0
    struck: int = 0
    """Faults of the account that were asked for, and those that came: one at a time."""
    quota_gone: bool = False

    def is_over(self) -> bool:
        time.sleep(0.1)
        state, done, next_due = self.running.database.read_now(self._look)
        share = done / self.figures.recipients
        if self.figures.kills < self.kills and share > (self.figures.kills + 1) / (self.kills + 1):
            self.figures.bot_mib = max(self.figures.bot_mib, self.running.bot.memory())
            self.running.restart_bot()
            self.figures.kills += 1
            token = TOKEN[self.figures.kills % len(TOKEN)]
            self.running.call("PUT", "/faults", {str(token): {"next": 1}})
        elif state is BroadcastState.HALTED:
            now = _now(self.running)
            self.running.database.write_now(lambda db: steering.resume(db, self.number, OPERATOR, now))
            self.figures.halts += 1
        elif self.struck == self.asked < min(self.halts, (self.halts + 1) * share):
            self.running.call("PUT", "/faults", {str(ACCOUNT[self.asked]): {"next": 1}})
            self.asked += 1
        elif self.struck < self.asked:
            self.struck = self._struck_so_far()
        elif self.overnight and share > LATE_IN_THE_DAY:
            self._end_the_day(next_due)
        self.figures.state = str(state)
        return state is BroadcastState.DONE

    def _end_the_day(self, next_due: datetime | None) -> None:
        """The day's quota runs out, and once everybody left waits for tomorrow, it is morning."""
        if not self.quota_gone:
            self.running.call("PUT", "/faults", {str(DAY_QUOTA): {"next": 1}})
            self.quota_gone = True
        elif next_due is not None and next_due > _now(self.running) + timedelta(hours=1):
            self.running.call("PUT", "/faults", {str(NIGHT): "off"})
            self.running.sleep_until(MORNING, RATE)
            self.figures.nights += 1

    def _look(self, db: Connection) -> tuple[BroadcastState, int, datetime | None]:
        state = db.execute(select(Broadcast.state).where(Broadcast.id == self.number)).scalar_one()
        counted = counts(db, self.number)
        waiting = counted.of(RecipientState.PLANNED, RecipientState.CLAIMED)
        return BroadcastState(state), counted.total - waiting, next_due(db, self.number, "")

    def _struck_so_far(self) -> int:
        struck = self.running.call("GET", "/stats")["faults_struck"]
        return sum(struck.get(str(code), 0) for code in ACCOUNT)


def _people(running: Stage, recipients: int) -> list[str]:
    """Known to Zalo and to the directory alike; all of them wrote an hour ago."""
    ids: list[str] = []
    for start in range(0, recipients, AT_ONCE):
        wanted = {"display_name": "Trần Văn A", "last_wrote": "1h", "count": min(AT_ONCE, recipients - start)}
        ids += running.call("POST", "/users", wanted)["user_ids"]
    now, sealer = _now(running), Sealer(SECRET_KEY)
    unit = {"id": UNIT, "old_code": "TZ0001Z", "name": "Công ty A", "name_folded": "cong ty a"}
    running.database.write_now(lambda db: db.execute(insert(Employer).values(unit)) and None)
    spoke = {"following": False, "first_seen_at": now, "last_interaction_at": now - timedelta(hours=1)}
    phone, empty = sealer.seal_text("0905000111"), sealer.seal_text("")
    same = {"employer_id": UNIT, "state": "verified", "phone": phone, "email": empty, "from_at": now}
    for start in range(0, recipients, AT_ONCE):
        some = ids[start : start + AT_ONCE]
        contacts = [{"user_id": one, **spoke} for one in some]
        liaisons = [
            {"contact": one, "full_name": f"Trần Văn {one[-6:]}", "phone_print": one, **same} for one in some
        ]
        running.database.write_now(lambda db: db.execute(insert(Contact), contacts) and None)  # noqa: B023
        running.database.write_now(lambda db: db.execute(insert(Liaison), liaisons) and None)  # noqa: B023
    return ids


def _planned(running: Stage, people: list[str]) -> int:
    now, draft = _now(running), NewBroadcast("Nhắc danh sách", "role=liaison unit=TZ0001Z", TEXT)
    number = running.database.write_now(lambda db: steering.write(db, draft, OPERATOR, now))
    planner = Database(str(running.bot.environment["DAUMOI_DATABASE_URL"]))
    planner.open()
    asyncio.run(plan(planner, _ground(), number, OPERATOR, FixedClock(now)))
    planner.close()
    assert running.database.read_now(lambda db: counts(db, number)).total == len(people)
    return number


def _press_send(running: Stage, number: int, size: int) -> None:
    now, ground = _now(running), _ground()
    running.database.write_now(lambda db: steering.send(db, ground, number, OPERATOR, str(size), None, now))


def _ground() -> Ground:
    return Ground(Sealer(SECRET_KEY), SendHours(wall_time(0), wall_time.max), {}, "https://oa.vn", 3_200)


def _now(running: Stage) -> datetime:
    return datetime.fromisoformat(running.call("GET", "/clock")["now"])


def _compare(running: Stage, number: int, figures: Figures) -> None:
    """Each state must say what the sandbox knows of that person's phone."""
    heard = {one["user_id"]: one["from_oa"] for one in running.call("GET", "/users")}
    rows = select(Recipient.contact, Recipient.state, Recipient.settled_at).where(
        Recipient.broadcast_id == number
    )
    wrong: Counter[str] = Counter()
    for contact, state, settled_at in running.database.read_now(lambda db: db.execute(rows).all()):
        got = heard[contact]
        figures.got_it += got > 0
        figures.got_it_twice += got > 1
        if state == RecipientState.UNKNOWN and settled_at is not None:
            figures.in_doubt += 1
        elif state not in {*DELIVERED, RecipientState.FAILED, RecipientState.SKIPPED}:
            wrong[f"{state} is no end"] += 1
        elif (got > 0) != (state in DELIVERED):
            wrong[f"{state}, and {'has it' if got else 'has it not'}"] += 1
    struck = running.call("GET", "/stats")["faults_struck"]
    figures.refused = {name: struck[name] for name in sorted(struck)}
    figures.by_state = dict(running.database.read_now(lambda db: counts(db, number)).by_state)
    figures.wrong = dict(wrong)
