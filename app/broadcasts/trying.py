"""Somebody in particular gets it first, the writer for one; also a person whom the rule does not mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from app.audit.trail import Entry, record
from app.broadcasts.entering import enter
from app.broadcasts.ground import Ground
from app.broadcasts.models import BroadcastState, Recipient, RecipientState
from app.broadcasts.people import read_people
from app.broadcasts.planning import Planner, read_plan
from app.broadcasts.queries import read_overview
from app.broadcasts.rules import NotNow
from app.broadcasts.steering import send_test_batch
from app.broadcasts.wordings import reason_line
from app.directory.models import LiaisonState
from app.directory.people_queries import list_liaisons
from app.directory.queries import Wanted

MOST_FOUND = 10
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who might get the test: a liaison of the directory, found by name, unit or phone number."""

    person: str
    name: str
    unit: str
    is_recipient: bool


def find_candidates(db: Connection, ground: Ground, broadcast_id: int, text: str) -> list[Candidate]:
    """Nobody for an empty search."""
    if not text.strip():
        return []
    found = [
        row
        for row in list_liaisons(db, ground.sealer, Wanted(text=text, size=3 * MOST_FOUND)).rows
        if row.state is not LiaisonState.ENDED
    ][:MOST_FOUND]
    keys = [f"l:{row.id}" for row in found]
    meant = set(
        db.execute(
            select(Recipient.person).where(Recipient.broadcast_id == broadcast_id, Recipient.person.in_(keys))
        ).scalars()
    )
    return [
        Candidate(key, row.full_name, row.unit_name, key in meant)
        for key, row in zip(keys, found, strict=True)
    ]


def find_one(db: Connection, ground: Ground, broadcast_id: int, text: str) -> str:
    """The person that the text means. Raises `NotNow` when it means nobody, or several."""
    found = find_candidates(db, ground, broadcast_id, text)
    if len(found) == 1:
        return found[0].person
    names = ", ".join(f"{one.name} ({one.unit})" for one in found)
    raise NotNow(f"“{text}” chưa rõ là ai: {names}." if found else f"Không tìm thấy đầu mối “{text}”.")


def send_test(
    db: Connection,
    ground: Ground,
    broadcast_id: int,
    name: str,
    people: Sequence[str],
    by: str,
    now: datetime,
) -> int:
    """Sends to these people alone and at once; says to how many. Raises `NotNow`.

    Who is not meant by the rule is added to the recipients, with the words and the way of their own.
    """
    if read_overview(db, broadcast_id).state is not BroadcastState.PLANNED:
        raise NotNow("Chỉ gửi thử được khi đã lập danh sách nhận và chưa gửi.")
    name = name.strip()[:LONGEST_NAME] or "Gửi thử"
    if not people:
        raise NotNow("Anh/Chị chọn ít nhất một người nhận thử.")
    _add_the_others(db, ground, broadcast_id, people, now)
    of_these = (Recipient.broadcast_id == broadcast_id, Recipient.person.in_(people))
    rows = db.execute(select(Recipient.state, Recipient.reason).where(*of_these)).all()
    waiting = [row for row in rows if row.state == RecipientState.PLANNED]
    if not waiting:
        reasons = {row.reason for row in rows if row.reason}
        why = " ".join(reason_line(reason, None) for reason in sorted(reasons))
        raise NotNow(why or "Những người này đã nhận đợt gửi rồi.")
    db.execute(
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.batch == name)
        .where(Recipient.state == RecipientState.PLANNED)
        .values(batch="")
    )
    db.execute(update(Recipient).where(*of_these).values(batch=name))
    record(db, Entry(by, "broadcast.pick", f"broadcast:{broadcast_id}", now, {"batch": name}))
    return send_test_batch(db, broadcast_id, name, by, now)


def _add_the_others(
    db: Connection, ground: Ground, broadcast_id: int, people: Sequence[str], now: datetime
) -> None:
    there = set(
        db.execute(
            select(Recipient.person).where(
                Recipient.broadcast_id == broadcast_id, Recipient.person.in_(people)
            )
        ).scalars()
    )
    others = [key for key in people if key not in there]
    if not others:
        return
    told = read_plan(db, ground, broadcast_id, now)
    planner = Planner(db, ground, told, told.content.fields(), now)
    wanted = [(key, int(key[2:])) for key in others if key.startswith("l:") and key[2:].isdigit()]
    entries = []
    for person in read_people(db, wanted).values():
        if told.audience.lists and person.standing.state not in told.audience.lists:
            raise NotNow(
                f"{person.full_name} không thuộc đơn vị có danh sách như quy tắc này, nên tin sẽ bị bỏ qua."
                " Anh/Chị chọn một người trong danh sách nhận giúp."
            )
        entries.append(planner.entry(person))
    enter(db, broadcast_id, entries, now)
