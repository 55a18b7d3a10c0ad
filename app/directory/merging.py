"""Two rows that are one become one; what both were is kept, so that it can be undone."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.audit.trail import Entry, record
from app.directory.liaisons import CURRENT
from app.directory.models import (
    Employer,
    Liaison,
    LiaisonEnd,
    LiaisonState,
    Merge,
    MergeState,
    RecordState,
)
from app.directory.refusals import EditRefused
from app.directory.taking_back import Touched, read_back, take_back, written
from app.kit.db import Base
from app.kit.ids import UserId
from app.kit.seal import Sealer

_CODES = ("old_code", "new_code", "tax_code", "budget_code")
_OWN = ("old_code", "new_code")


def merge_employers(
    db: Connection, sealer: Sealer, kept_id: int, dropped_id: int, actor: str, now: datetime
) -> int:
    """The dropped unit's codes and all that hangs on it go to the kept one; the number of the merge.

    Raises `EditRefused` when the two contradict each other, or what hangs on both cannot be put together.
    """
    kept, dropped = _both(db, Employer, kept_id, dropped_id)
    if {kept.state, dropped.state} != {RecordState.ACTIVE}:
        raise EditRefused("Một trong hai đơn vị đã ngừng dùng: Anh/Chị tải lại trang")
    for key in _OWN:
        if getattr(kept, key) and getattr(dropped, key):
            raise EditRefused("Hai đơn vị có hai mã khác nhau cùng loại: không phải một đơn vị")
    given = {key: getattr(dropped, key) for key in _CODES if not getattr(kept, key) and getattr(dropped, key)}
    given |= {key: getattr(dropped, key) for key in ("office_id", "officer_id") if getattr(kept, key) is None}
    table = Employer.__table__
    taken: dict[str, Any] = dict.fromkeys(_OWN)
    taken |= {"state": RecordState.ENDED, "merged_into": kept_id}
    touched = [_change(db, table, dropped, taken), _change(db, table, kept, given)]
    moved = list(_move(db, "employer", dropped_id, kept_id))
    return _note(db, sealer, "employer", kept_id, dropped_id, touched, moved, actor, now)


def merge_liaisons(
    db: Connection, sealer: Sealer, kept_id: int, dropped_id: int, actor: str, now: datetime
) -> int:
    """The dropped row ends; what the kept one lacks (contact, unit, e-mail) it takes over from it.

    Raises `EditRefused` when both have a contact of their own: two Zalo accounts are two rows.
    """
    kept, dropped = _both(db, Liaison, kept_id, dropped_id)
    if LiaisonState.ENDED in {kept.state, dropped.state}:
        raise EditRefused("Một trong hai đầu mối đã kết thúc: Anh/Chị tải lại trang")
    if kept.contact and dropped.contact and kept.contact != dropped.contact:
        raise EditRefused("Hai đầu mối có hai tài khoản Zalo: Anh/Chị kết thúc một đầu mối thay vì gộp")
    if kept.employer_id and dropped.employer_id and kept.employer_id != dropped.employer_id:
        raise EditRefused("Hai đầu mối thuộc hai đơn vị: không gộp được")
    over: dict[str, Any] = {
        "state": LiaisonState.ENDED,
        "to_at": now,
        "ended_why": LiaisonEnd.MERGED,
        "contact": None,
        "phone_print": "",
        "full_name": "",
        "name_folded": "",
        "sort_key": "",
        "phone": sealer.seal_text(""),
        "email": sealer.seal_text(""),
    }
    table = Liaison.__table__
    touched = [_change(db, table, dropped, over), _change(db, table, kept, _gained(sealer, kept, dropped))]
    return _note(db, sealer, "liaison", kept_id, dropped_id, touched, [], actor, now)


def undo_merge(db: Connection, sealer: Sealer, merge_id: int, actor: str, now: datetime) -> None:
    """Both rows as they were. Raises `EditRefused` when one of them has been changed since."""
    row = db.execute(select(Merge.__table__).where(Merge.id == merge_id).with_for_update()).one_or_none()
    if row is None or row.state != MergeState.DONE:
        raise EditRefused("Lần gộp này không còn hoàn tác được")
    memory = json.loads(sealer.open(row.before))
    # The kept row first: a code must be free before it goes back.
    in_the_way = take_back(db, [read_back(each) for each in reversed(memory["touched"])])
    if in_the_way:
        raise EditRefused("Bản ghi đã được sửa sau khi gộp: không hoàn tác được nữa")
    for table, column, keys in memory["moved"]:
        _point(db, Base.metadata.tables[table], column, keys, row.dropped_id)
    db.execute(update(Merge).where(Merge.id == merge_id).values(state=MergeState.UNDONE, undone_at=now))
    detail = {"kept": row.kept_id, "merge": merge_id}
    record(db, Entry(actor, f"{row.kind}.merge_undone", f"{row.kind}:{row.dropped_id}", now, detail))


def merged_rows(db: Connection, merge_id: int) -> tuple[str, int, int] | None:
    """What a merge was of, which row was kept and which dropped."""
    chosen = select(Merge.kind, Merge.kept_id, Merge.dropped_id).where(Merge.id == merge_id)
    row = db.execute(chosen).one_or_none()
    return None if row is None else (row.kind, row.kept_id, row.dropped_id)


def forget_merges(db: Connection, contact: UserId) -> None:
    """What merges kept of a person goes with them: such a merge can no longer be undone."""
    theirs = select(Liaison.id).where(Liaison.contact == contact)
    here = Merge.kept_id.in_(theirs) | Merge.dropped_id.in_(theirs)
    gone = {"before": b"", "state": MergeState.FORGOTTEN}
    db.execute(
        update(Merge).where(Merge.kind == "liaison", Merge.state == MergeState.DONE, here).values(**gone)
    )


def _gained(sealer: Sealer, kept: Any, dropped: Any) -> dict[str, Any]:
    gained = {key: getattr(dropped, key) for key in ("contact", "employer_id") if getattr(kept, key) is None}
    if not sealer.open_text(kept.email):
        gained["email"] = dropped.email
    best = max(kept.state, dropped.state, key=_STANDING.index)
    if best != kept.state and (kept.contact or dropped.contact or best not in CURRENT):
        gained["state"] = best
    return gained


_STANDING = [LiaisonState.EXPECTED, LiaisonState.PENDING, LiaisonState.VERIFIED]


def _both(db: Connection, table: Any, kept_id: int, dropped_id: int) -> tuple[Any, Any]:
    if kept_id == dropped_id:
        raise EditRefused("Cần hai bản ghi khác nhau")
    chosen = select(table.__table__).where(table.id.in_((kept_id, dropped_id))).order_by(table.id)
    rows = {row.id: row for row in db.execute(chosen.with_for_update())}
    if len(rows) < 2:
        raise EditRefused("Một trong hai bản ghi không còn: Anh/Chị tải lại trang")
    return rows[kept_id], rows[dropped_id]


def _change(db: Connection, table: Any, row: Any, values: Mapping[str, Any]) -> Touched:
    before = {key: getattr(row, key) for key in values if key != "to_at"}
    db.execute(update(table).where(table.c.id == row.id).values(**values, version=table.c.version + 1))
    return Touched(table.name, row.id, row.version + 1, "", before)


def _move(db: Connection, name: str, old: int, new: int) -> Iterator[tuple[str, str, list[list[Any]]]]:
    """Whatever points at the old row, in whichever room, points at the new one; which rows that were."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name != name or table.name == name:
                continue
            column = key.parent.name
            primary = [each for each in table.primary_key.columns if each.name != column]
            chosen = select(*primary).where(table.c[column] == old)
            keys = [list(found) for found in db.execute(chosen)] if primary else []
            try:
                with db.begin_nested():
                    db.execute(update(table).where(table.c[column] == old).values({column: new}))
            except IntegrityError as error:
                raise EditRefused(
                    "Cả hai đơn vị đều có danh sách người lao động: Anh/Chị chốt một danh sách trước khi gộp"
                ) from error
            if keys:
                yield table.name, column, keys


def _point(db: Connection, table: Table, column: str, keys: list[list[Any]], target: int) -> None:
    primary = [each for each in table.primary_key.columns if each.name != column]
    for values in keys:
        here = [each == value for each, value in zip(primary, values, strict=True)]
        db.execute(update(table).where(*here).values({column: target}))


def _note(
    db: Connection,
    sealer: Sealer,
    kind: str,
    kept_id: int,
    dropped_id: int,
    touched: list[Touched],
    moved: list[tuple[str, str, list[list[Any]]]],
    actor: str,
    now: datetime,
) -> int:
    memory = json.dumps({"touched": [written(each) for each in touched], "moved": moved})
    values = {"kind": kind, "kept_id": kept_id, "dropped_id": dropped_id, "merged_at": now}
    number: int = db.execute(
        insert(Merge).values(**values, before=sealer.seal(memory.encode())).returning(Merge.id)
    ).scalar_one()
    for one, other in ((kept_id, dropped_id), (dropped_id, kept_id)):
        record(db, Entry(actor, f"{kind}.merged", f"{kind}:{one}", now, {"with": other, "merge": number}))
    return number
