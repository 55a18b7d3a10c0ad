"""One employer, liaison or contact with all that is known: history, consents, what was done to it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from app.audit.queries import TrailFilter, TrailLine, read_page
from app.directory.leave import InCharge, officer_in_charge
from app.directory.models import Consent, Contact, Employer, Liaison, LiaisonState, Merge, MergeState
from app.directory.people_queries import LiaisonRow, list_liaisons
from app.directory.queries import EmployerRow, Wanted, list_employers
from app.kit.seal import Sealer

MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class ConsentLine:
    kind: str
    text_version: str
    given: bool
    answered_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class MergeLine:
    id: int
    kept_id: int
    dropped_id: int
    merged_at: datetime
    state: MergeState


@dataclass(frozen=True, slots=True)
class EmployerCard:
    employer: EmployerRow
    in_charge: InCharge | None
    """On the day asked for: the unit's officer, or who stands in."""
    liaisons: tuple[LiaisonRow, ...]
    former_liaisons: int
    merged_into: int | None
    merges: tuple[MergeLine, ...]
    done: tuple[TrailLine, ...]


@dataclass(frozen=True, slots=True)
class LiaisonFile:
    """A liaison as staff see them; whoever shows it has the view recorded."""

    liaison: LiaisonRow
    stated_code: str
    stated_unit: str
    others_of_unit: tuple[LiaisonRow, ...]
    consents: tuple[ConsentLine, ...]
    conversation: str | None
    """The contact whose conversation it is."""
    merges: tuple[MergeLine, ...]
    done: tuple[TrailLine, ...]


@dataclass(frozen=True, slots=True)
class ContactCard:
    user_id: str
    following: bool
    first_seen_at: datetime
    last_interaction_at: datetime | None
    stopped_at: datetime | None
    roles: tuple[LiaisonRow, ...]
    """What they are and were, the newest first."""
    consents: tuple[ConsentLine, ...]
    done: tuple[TrailLine, ...]


def read_employer_card(db: Connection, sealer: Sealer, employer_id: int, on: date) -> EmployerCard | None:
    row = db.execute(
        select(Employer.state, Employer.merged_into).where(Employer.id == employer_id)
    ).one_or_none()
    if row is None:
        return None
    (employer,) = list_employers(db, Wanted(state=row.state, ids=(employer_id,))).rows
    living = list_liaisons(db, sealer, Wanted(employer_id=employer_id, size=MOST_LINES)).rows
    former = list_liaisons(db, sealer, Wanted(employer_id=employer_id, state=LiaisonState.ENDED, size=1))
    return EmployerCard(
        employer,
        officer_in_charge(db, employer_id, on),
        living,
        former.total,
        row.merged_into,
        _merges(db, "employer", employer_id),
        history_of(db, f"employer:{employer_id}"),
    )


def read_liaison_file(db: Connection, sealer: Sealer, liaison_id: int) -> LiaisonFile | None:
    row = db.execute(
        select(
            Liaison.state, Liaison.contact, Liaison.employer_id, Liaison.stated_code, Liaison.stated_unit
        ).where(Liaison.id == liaison_id)
    ).one_or_none()
    if row is None:
        return None
    (liaison,) = list_liaisons(db, sealer, Wanted(state=row.state, ids=(liaison_id,))).rows
    others: tuple[LiaisonRow, ...] = ()
    if row.employer_id is not None:
        others = list_liaisons(db, sealer, Wanted(employer_id=row.employer_id)).rows
    return LiaisonFile(
        liaison,
        row.stated_code,
        row.stated_unit,
        tuple(other for other in others if other.id != liaison_id),
        () if row.contact is None else _consents(db, row.contact),
        row.contact,
        _merges(db, "liaison", liaison_id),
        history_of(db, f"liaison:{liaison_id}"),
    )


def read_contact_card(db: Connection, sealer: Sealer, user_id: str) -> ContactCard | None:
    row = db.execute(select(Contact.__table__).where(Contact.user_id == user_id)).one_or_none()
    if row is None:
        return None
    numbers = db.execute(
        select(Liaison.id, Liaison.state).where(Liaison.contact == user_id).order_by(Liaison.id.desc())
    ).all()
    roles = [
        role
        for found in numbers
        for role in list_liaisons(db, sealer, Wanted(state=found.state, ids=(found.id,))).rows
    ]
    return ContactCard(
        row.user_id,
        row.following,
        row.first_seen_at,
        row.last_interaction_at,
        row.stopped_at,
        tuple(roles),
        _consents(db, user_id),
        history_of(db, f"contact:{user_id}"),
    )


def _consents(db: Connection, contact: str) -> tuple[ConsentLine, ...]:
    chosen = (
        select(Consent.kind, Consent.text_version, Consent.given, Consent.answered_at, Consent.withdrawn_at)
        .where(Consent.contact == contact)
        .order_by(Consent.id.desc())
    )
    return tuple(ConsentLine(*row) for row in db.execute(chosen))


def _merges(db: Connection, kind: str, number: int) -> tuple[MergeLine, ...]:
    chosen = (
        select(Merge.id, Merge.kept_id, Merge.dropped_id, Merge.merged_at, Merge.state)
        .where(Merge.kind == kind, (Merge.kept_id == number) | (Merge.dropped_id == number))
        .order_by(Merge.id.desc())
    )
    return tuple(
        MergeLine(row.id, row.kept_id, row.dropped_id, row.merged_at, MergeState(row.state))
        for row in db.execute(chosen)
    )


def history_of(db: Connection, subject: str) -> tuple[TrailLine, ...]:
    """What was done to a record, views left out."""
    return read_page(db, TrailFilter(subject=subject, without_views=True), limit=MOST_LINES).lines
