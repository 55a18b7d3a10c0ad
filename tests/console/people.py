"""People and units to fill the directory's pages with, and ways to look at what came of an act."""

from datetime import datetime

import httpx
from sqlalchemy import Connection, select

from app.audit.queries import TrailFilter, read_page
from app.directory import contacts
from app.directory.demo_data import load_demo
from app.directory.liaisons import announce, register
from app.directory.models import Employer, Liaison
from app.directory.rules import Registration
from app.directory.units import find_units
from app.kit.db import Database
from app.kit.ids import UserId
from app.outbox.models import Delivery
from app.runtime import Runtime

LAN, MINH, EXTRA = UserId("lan"), UserId("minh"), UserId("khach")
OURS, OTHERS = 1, 3
"""Units of the first officer and of the second."""
SECRET = ("Hợp tác xã Nho Núi Hồng", "Trần Văn Minh", "0905 000 222", "minh@vidu.vn", "TA0003C")
"""What belongs to the other officer's unit."""


def fill_directory(runtime: Runtime, now: datetime) -> None:
    """A liaison who waits in each officer's first unit, one without a unit, and one announced."""
    sealer = runtime.sealer

    def fill(tx: Connection) -> None:
        load_demo(tx, sealer, now)
        people = (
            (LAN, "Nguyễn Thị Lan", "0905000111", "lan@vidu.vn", "TA0001A"),
            (MINH, "Trần Văn Minh", "0905000222", "minh@vidu.vn", "TA0003C"),
            (EXTRA, "Phạm Lạ", "0905000333", "la@vidu.vn", ""),
        )
        for contact, name, phone, email, code in people:
            contacts.follow(tx, contact, now)
            unit = find_units(tx, code)[0] if code else None
            said = Registration(name, phone, email, "hr", code or "TX9999X", "Công ty Chưa Rõ")
            register(tx, sealer, contact, said, unit, now)
        announce(tx, sealer, OURS, Registration("Võ Ánh", "0905000444", "", "other"), now)

    runtime.db.write_now(fill)


def liaison(db: Database, name: str) -> Liaison:
    chosen = select(Liaison.__table__).where(Liaison.full_name == name)
    return db.read_now(lambda tx: tx.execute(chosen).one())  # type: ignore[return-value]


def actions(db: Database, subject: str = "") -> list[str]:
    page = db.read_now(lambda tx: read_page(tx, TrailFilter(subject=subject)))
    return [line.action for line in page.lines]


def deliveries(db: Database, contact: UserId) -> int:
    chosen = select(Delivery.id).where(Delivery.contact == contact)
    return len(db.read_now(lambda tx: tx.execute(chosen).all()))


async def text_of(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(f"/console{path}")
    assert answer.status_code == status, (path, answer.status_code)
    return answer.text


def officer_of(db: Database, unit: int) -> int | None:
    return db.read_now(lambda tx: tx.execute(select(Employer.officer_id).where(Employer.id == unit)).scalar())
