"""Invented offices, officers and employers for demo and rehearsal; every name says that it is an example."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from app.directory import consents, contacts
from app.directory.invites import VALID_FOR
from app.directory.liaisons import register, verify
from app.directory.models import Employer, Office, Officer, UnitInvite
from app.directory.rules import Registration
from app.directory.units import UnitCard, find_units
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.kit.vietnamese import fold, sort_key

OFFICES = (
    {
        "code": "VD01",
        "name": "BHXH cơ sở Biển Xanh (ví dụ)",
        "address": "1 đường Ví Dụ, phường Biển Xanh (ví dụ)",
        "phone": "0258 000 0001",
        "hours": "Thứ Hai đến thứ Sáu (ví dụ)",
    },
    {
        "code": "VD02",
        "name": "BHXH cơ sở Núi Hồng (ví dụ)",
        "address": "2 đường Ví Dụ, xã Núi Hồng (ví dụ)",
        "phone": "0259 000 0002",
        "hours": "Thứ Hai đến thứ Sáu (ví dụ)",
    },
)
OFFICERS = (
    {"code": "CQ01", "name": "Lê Thị Ví Dụ", "phone": "0900000101", "office": "VD01"},
    {"code": "CQ02", "name": "Trần Văn Ví Dụ", "phone": "0900000102", "office": "VD02"},
)
EMPLOYERS = (
    ("Công ty TNHH Biển Xanh (ví dụ)", "TA0001A", "0123456789DNA03", "0123456789", "VD01", "CQ01"),
    ("Công ty CP May Hoa Biển (ví dụ)", "TA0002B", None, "0123456787", "VD01", "CQ01"),
    ("Hợp tác xã Nho Núi Hồng (ví dụ)", "TA0003C", None, "0123456785", "VD02", "CQ02"),
    ("Trường Tiểu học Hoa Phượng (ví dụ)", "TC0004D", "1234567HC", "1234567", "VD02", "CQ02"),
    ("Trạm Y tế Hoa Phượng (ví dụ)", "TC0005D", "1234567CN", "1234567", "VD02", "CQ02"),
    ("Trường Mầm non Sao Biển (ví dụ)", "TA0009Z", None, None, "VD01", None),
)
INVITE = "DVK73014"
LIAISON = Registration("Nguyễn Thị Ví Dụ", "0905000101", "vidu@example.vn", "hr", "TA0001A")


def load_demo(db: Connection, sealer: Sealer, now: datetime, verified_contact: UserId | None = None) -> None:
    """Puts the invented directory in place once; doing it again changes nothing."""
    if db.execute(select(Office.id).limit(1)).scalar() is not None:
        return
    db.execute(insert(Office), [{**office, "name_folded": fold(office["name"])} for office in OFFICES])
    offices = {row.code: row.id for row in db.execute(select(Office.code, Office.id))}
    db.execute(
        insert(Officer),
        [
            {
                "code": officer["code"],
                "name": officer["name"],
                "name_folded": fold(officer["name"]),
                "sort_key": sort_key(officer["name"]),
                "phone": officer["phone"],
                "hours": "Thứ Hai đến thứ Sáu (ví dụ)",
                "office_id": offices[officer["office"]],
            }
            for officer in OFFICERS
        ],
    )
    officers = {row.code: row.id for row in db.execute(select(Officer.code, Officer.id))}
    db.execute(
        insert(Employer),
        [
            {
                "name": name,
                "name_folded": fold(name),
                "old_code": old_code,
                "new_code": new_code,
                "tax_code": root if root and len(root) == 10 else None,
                "budget_code": root if root and len(root) == 7 else None,
                "office_id": offices[office],
                "officer_id": None if officer is None else officers[officer],
            }
            for name, old_code, new_code, root, office, officer in EMPLOYERS
        ],
    )
    if verified_contact is not None:
        make_liaison(db, sealer, verified_contact, now, verified=True)


def make_liaison(
    db: Connection,
    sealer: Sealer,
    contact: UserId,
    now: datetime,
    *,
    verified: bool,
    unit_code: str = LIAISON.unit_code,
) -> None:
    """Registers the example liaison under this contact."""
    unit = _unit(db, unit_code)
    contacts.follow(db, contact, now)
    consents.answer(db, contact, consents.LIAISON, "2026-11-24", now, given=True)
    register(db, sealer, contact, LIAISON, unit, now)
    if verified:
        verify(db, contact, unit.id)


def make_invitation(db: Connection, now: datetime) -> None:
    """The example unit has a word under the QR code."""
    unit = _unit(db, LIAISON.unit_code)
    until = now + VALID_FOR
    db.execute(insert(UnitInvite).values(word=INVITE, employer_id=unit.id, made_at=now, valid_until=until))


def _unit(db: Connection, code: str) -> UnitCard:
    return find_units(db, code)[0]
