"""Two people at a desk with a list: what they drop, see and decide, without a browser."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from app.audit.queries import TrailFilter, read_page
from app.directory.columns import Kind
from app.directory.records import read_records
from app.importing.checking import check_all
from app.importing.deciding import accept, approve, undo
from app.importing.dry_run import ShownLine
from app.importing.models import Group, ImportState
from app.importing.moment import Moment
from app.importing.queries import ImportCard, read_import, read_notes, read_tab
from app.importing.telling import Teller, tell_nobody
from app.importing.uploading import seal_file, upload
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW, SEALER

LAN, HOA = "staff:1", "staff:2"


class Desk:
    def __init__(self, db: Database) -> None:
        self.db, self.now = db, NOW
        self.told: list[tuple[UserId, str]] = []

    def at(self, actor: str = LAN) -> Moment:
        return Moment(SEALER, self.now, actor, "127.0.0.1")

    def drops(self, kind: str, file: Path | str, name: str = "list.csv") -> int:
        """Uploads a file, or a text as one, and has it read."""
        content = file.encode() if isinstance(file, str) else file.read_bytes()
        dropped = seal_file(SEALER, kind, name if isinstance(file, str) else file.name, content)
        number = self.db.write_now(lambda tx: upload(tx, dropped, self.at()))
        self.reads()
        return number

    def reads(self) -> int:
        return check_all(self.db, self.at("system"))

    def card(self, number: int) -> ImportCard:
        found = self.db.read_now(lambda tx: read_import(tx, number))
        assert found is not None
        return found

    def state(self, number: int) -> ImportState:
        return self.card(number).state

    def counts(self, number: int) -> tuple[int, ...]:
        """New, changed, wrong, unchanged."""
        card = self.card(number)
        return tuple(card.counts[group] for group in Group)

    def tab(self, number: int, group: Group, page: int = 1) -> list[ShownLine]:
        return self.db.read_now(lambda tx: read_tab(tx, SEALER, number, group, page))

    def wrong(self, number: int) -> list[str]:
        """Place and reason of every wrong cell."""
        lines = self.tab(number, Group.WRONG)
        return [f"{cell.place}: {cell.reason}" for line in lines for cell in line.wrong]

    def notes(self, number: int) -> list[str]:
        found = self.db.read_now(lambda tx: read_notes(tx, SEALER, number))
        return [f"{place}: {text}" for place, text in found]

    def accepts(
        self,
        number: int,
        actor: str = LAN,
        *,
        approval_rows: int = 500,
        leave_out_wrong: bool = False,
        teller: Teller = tell_nobody,
    ) -> ImportState:
        return accept(
            self.db,
            number,
            self.at(actor),
            teller,
            approval_rows=approval_rows,
            leave_out_wrong=leave_out_wrong,
        )

    def approves(self, number: int, actor: str) -> ImportState:
        return approve(self.db, number, self.at(actor), tell_nobody)

    def undoes(self, number: int, actor: str = LAN) -> None:
        self.db.write_now(lambda tx: undo(tx, number, self.at(actor)))

    def names(self, kind: Kind = Kind.EMPLOYERS) -> set[str]:
        return {record["name"] for record in self.db.read_now(lambda tx: read_records(tx, kind)).values()}

    def trail(self, number: int) -> list[tuple[str, str]]:
        """Who did what, the oldest first."""
        page = self.db.read_now(lambda tx: read_page(tx, TrailFilter(subject=f"import:{number}")))
        return [(line.actor, line.action) for line in reversed(page.lines)]

    def remembers(self, _tx: Connection, contact: UserId, _now: datetime, cause: str) -> None:
        self.told.append((contact, cause))

    def waits(self, span: timedelta) -> None:
        self.now += span
