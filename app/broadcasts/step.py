"""One step of a broadcast, in one transaction: write down what was called, then claim who comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from app.audit.trail import Entry, record
from app.broadcasts import ledger, settling
from app.broadcasts.audience import Audience, parse_audience
from app.broadcasts.calling import SURELY_OVER, Called, ToCall
from app.broadcasts.choosing import choose_way
from app.broadcasts.content import Content, read_content
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import Claimed, Waiting
from app.broadcasts.models import Broadcast, BroadcastState, Recipient, RecipientState, Unreachable
from app.broadcasts.people import Person, read_people
from app.broadcasts.planning import read_offer
from app.broadcasts.reconciling import Checked
from app.broadcasts.rules import Reason
from app.broadcasts.settling import Result
from app.broadcasts.steering import skip_the_rest
from app.kit.clock import epoch_ms, from_epoch_ms
from app.kit.db import upsert
from app.outbox.ways import CHAT_WAYS, Nobody, Offer, Reach, Way, Why
from app.work.ledger import Claim, hold

SYSTEM = "system"
MOST_DOUBTFUL = 200
GOES_OUT = frozenset({BroadcastState.SENDING, BroadcastState.TESTING})
LOOKS_UP = GOES_OUT | {BroadcastState.STOPPED}


@dataclass(frozen=True, slots=True)
class Closed:
    """A way that Zalo refuses to the whole account; for good (None) means until somebody resumes."""

    until: datetime | None
    code: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """A broadcast as it stood at the last look."""

    id: int
    state: BroadcastState
    audience: Audience
    content: Content
    offer: Offer
    closed: Mapping[Way, Closed]
    batch: str
    scheduled_at: datetime | None
    file_id: int | None = None

    @property
    def sends(self) -> bool:
        return self.state in GOES_OUT


@dataclass(frozen=True, slots=True)
class Outcome:
    """`next_at` is only told when nothing is in flight: when to come back, None for never."""

    told: Told
    to_call: Sequence[ToCall] = ()
    doubtful: Sequence[Waiting] = ()
    changed: bool = False
    next_at: datetime | None = None


def begin(db: Connection, claim: Claim, ground: Ground, now: datetime) -> Told:
    """Takes the broadcast up: what a dead process left claimed is in doubt; a due one starts."""
    hold(db, claim)
    told = read_told(db, ground, int(claim.key))
    settling.leave_in_doubt(db, told.id, now + SURELY_OVER, now)
    if told.state is BroadcastState.SCHEDULED and told.scheduled_at is not None and told.scheduled_at <= now:
        db.execute(
            update(Broadcast)
            .where(Broadcast.id == told.id)
            .values(state=BroadcastState.SENDING, started_at=now)
        )
        record(db, Entry(SYSTEM, "broadcast.start", f"broadcast:{told.id}", now))
        return replace(told, state=BroadcastState.SENDING)
    return told


def read_told(db: Connection, ground: Ground, broadcast_id: int) -> Told:
    row = db.execute(select(Broadcast.__table__).where(Broadcast.id == broadcast_id)).one()
    content = read_content(row.content)
    return Told(
        row.id,
        BroadcastState(row.state),
        parse_audience(row.audience),
        content,
        read_offer(db, ground, row.ways, content),
        _read_closed(row.closed_ways),
        row.test_batch,
        row.scheduled_at,
        row.attachment_id,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What has happened since the last step."""

    called: Sequence[Called] = ()
    unused: Sequence[int] = ()
    halt: str | None = None
    idle: bool = False
    """Nothing is in flight or ready: the broadcast may end here."""


def take_step(
    db: Connection, claim: Claim, ground: Ground, told: Told, done: Done, most: int, now: datetime
) -> Outcome:
    """Raises `ClaimLost` when another process holds the broadcast; nothing is written then."""
    hold(db, claim)
    _write_down(db, told, done, now)
    told = _look_again(db, told, now)
    if told.state is BroadcastState.STOPPED:
        skip_the_rest(db, told.id, now)
    opens_at = now if told.batch else ground.hours.next_open(now)
    may_claim = told.sends and most > 0 and opens_at <= now
    changed, to_call = _claim_next(db, ground, told, most, now) if may_claim else (False, [])
    doubtful = ledger.read_doubtful(db, told.id, MOST_DOUBTFUL, now) if told.state in LOOKS_UP else []
    if to_call or changed or doubtful or not done.idle:
        return Outcome(told, to_call, doubtful, changed)
    return Outcome(told, next_at=_end_or_wait(db, told, opens_at, now))


def settle_looks(db: Connection, claim: Claim, told: Told, looked: Sequence[Checked], now: datetime) -> None:
    """Writes down what Zalo's list says."""
    hold(db, claim)
    for one in looked:
        next_look = now + timedelta(seconds=2 ** (one.recipient.checks + 1))
        settling.settle_check(
            db,
            one.recipient,
            one.found,
            look=one.look,
            has_file=told.file_id is not None,
            next_look=next_look,
            now=now,
        )


def _write_down(db: Connection, told: Told, done: Done, now: datetime) -> None:
    settling.settle(db, [called.result for called in done.called if not called.part_is_out], now)
    settling.go_to_next_part(db, [called.result.id for called in done.called if called.part_is_out], now)
    settling.put_back(db, done.unused)
    halt = done.halt
    closed = dict(told.closed)
    for called in done.called:
        if called.shut_out:
            _note_shut_out(db, called.result, now)
        if called.closed is not None:
            closed[called.closed.way] = Closed(called.closed.until, called.result.error_code)
        halt = halt or called.halt
    if closed != dict(told.closed):
        db.execute(
            update(Broadcast).where(Broadcast.id == told.id).values(closed_ways=_written_closed(closed))
        )
    if halt is not None:
        halted = db.execute(
            update(Broadcast)
            .where(Broadcast.id == told.id, Broadcast.state.in_([str(state) for state in GOES_OUT]))
            .values(state=BroadcastState.HALTED, note=halt)
        )
        if halted.rowcount:
            record(db, Entry(SYSTEM, "broadcast.halt", f"broadcast:{told.id}", now))


_STATE = select(Broadcast.state, Broadcast.closed_ways, Broadcast.test_batch)


def _look_again(db: Connection, told: Told, now: datetime) -> Told:
    """The state as it is now, and which ways are closed still."""
    row = db.execute(_STATE.where(Broadcast.id == told.id)).one()
    closed = {
        way: one for way, one in _read_closed(row.closed_ways).items() if one.until is None or one.until > now
    }
    return replace(told, state=BroadcastState(row.state), closed=closed, batch=row.test_batch)


def _claim_next(
    db: Connection, ground: Ground, told: Told, most: int, now: datetime
) -> tuple[bool, list[ToCall]]:
    waiting = ledger.read_due(db, told.id, told.batch, most, now)
    keys = [(one.person, one.liaison_id) for one in waiting]
    people = read_people(db, keys, with_lists=told.audience.is_about_lists)
    results: list[Result] = []
    to_call: list[ToCall] = []
    for one in waiting:
        decided = _decide(db, ground, told, one, people.get(one.person), now)
        if isinstance(decided, ToCall):
            to_call.append(decided)
        else:
            results.append(decided)
    settling.settle(db, results, now)
    ledger.claim(db, [Claimed(one.recipient.id, one.way, one.price) for one in to_call], now)
    return bool(results), to_call


def _decide(
    db: Connection, ground: Ground, told: Told, one: Waiting, person: Person | None, now: datetime
) -> ToCall | Result:
    """State, stop and window are looked at again at the very moment of sending."""
    if person is None:
        return _over(one, RecipientState.SKIPPED, Reason.ENDED)
    if told.audience.is_about_lists and not person.standing.is_meant(told.audience):
        return _over(one, RecipientState.SKIPPED, Reason.NOT_MEANT)
    open_offer = replace(told.offer, allowed=told.offer.allowed - set(told.closed))
    found = choose_way(db, ground.sealer, person, open_offer, now, one.refused)
    if isinstance(found, Nobody):
        return _nobody(db, ground, told, one, person, found, now)
    if found.not_before > now:
        return replace(
            _over(one, RecipientState.PLANNED), way=found.way, due_at=found.not_before, settled=False
        )
    claimed = replace(one, attempts=one.attempts + 1, claimed_at=now)
    file_id = told.file_id if found.way in CHAT_WAYS and one.part == 0 else None
    return ToCall(claimed, person, found.way, found.price, file_id)


def _nobody(
    db: Connection, ground: Ground, told: Told, one: Waiting, person: Person, found: Nobody, now: datetime
) -> Result:
    """A way that is closed for everybody for a time is waited for; without one, this is the end."""
    if told.closed and found.why is not Why.STOPPED:
        later = choose_way(db, ground.sealer, person, told.offer, now, one.refused)
        if isinstance(later, Reach):
            closed = told.closed[later.way]
            if closed.until is not None:
                waiting = _over(one, RecipientState.PLANNED)
                return replace(waiting, way=later.way, due_at=closed.until, settled=False)
            return replace(_over(one, RecipientState.FAILED, Why.REFUSED), error_code=closed.code)
    failed = one.error_code is not None
    return _over(one, RecipientState.FAILED if failed else RecipientState.SKIPPED, found.why)


def _over(one: Waiting, state: RecipientState, reason: str | None = None) -> Result:
    return Result(one.id, state, one.attempts, refused=one.refused, reason=reason, error_code=one.error_code)


def _end_or_wait(db: Connection, told: Told, opens_at: datetime, now: datetime) -> datetime | None:
    if told.state is BroadcastState.SCHEDULED:
        return told.scheduled_at
    if told.state not in LOOKS_UP:
        return None
    due = ledger.next_due(db, told.id, told.batch)
    if due is not None:
        return max(due, opens_at) if told.sends else due
    if told.state is BroadcastState.TESTING:
        values: dict[str, object] = {"state": BroadcastState.PLANNED, "test_batch": ""}
    elif told.state is BroadcastState.SENDING:
        values = {"state": BroadcastState.DONE, "ended_at": now}
        record(db, Entry(SYSTEM, "broadcast.end", f"broadcast:{told.id}", now))
    else:
        return None
    db.execute(update(Broadcast).where(Broadcast.id == told.id).values(**values))
    return None


_CONTACT = select(Recipient.contact).where(Recipient.id == bindparam("recipient"))


def _note_shut_out(db: Connection, result: Result, now: datetime) -> None:
    contact = db.execute(_CONTACT, {"recipient": result.id}).scalar()
    if contact is None:
        return
    row = upsert(db, Unreachable).values(contact=contact, error_code=result.error_code or 0, noted_at=now)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[Unreachable.contact],
            set_={"error_code": row.excluded.error_code, "noted_at": row.excluded.noted_at},
        )
    )


def _read_closed(stored: str) -> dict[Way, Closed]:
    packed: dict[str, Any] = orjson.loads(stored) if stored else {}
    return {
        Way(way): Closed(None if until is None else from_epoch_ms(until), code)
        for way, (until, code) in packed.items()
    }


def _written_closed(closed: Mapping[Way, Closed]) -> str:
    packed = {
        str(way): (None if one.until is None else epoch_ms(one.until), one.code)
        for way, one in closed.items()
    }
    return orjson.dumps(packed).decode()
