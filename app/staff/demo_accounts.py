"""Invented people of each role for the demo; one password for all, printed for everybody to use."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.directory.models import Officer
from app.staff.accounts import By, add_account
from app.staff.models import StaffAccount
from app.staff.passwords import hash_password
from app.staff.rules import Role

PASSWORD = "xin chào đầu mối"  # noqa: S105 - nothing real is behind it
PEOPLE = {
    "quantri": ("Nguyễn Minh Quản (ví dụ)", Role.ADMIN),
    "phutrach": ("Trần Thu Hạnh (ví dụ)", Role.LEAD),
    "canbo": ("Lê Thị Ví Dụ (ví dụ)", Role.OFFICER),
    "noidung": ("Phạm Ngọc Dung (ví dụ)", Role.EDITOR),
    "xem": ("Võ An Nhiên (ví dụ)", Role.VIEWER),
}


def add_demo_accounts(db: Connection, now: datetime) -> None:
    """One account of each role, once; the officer is the first of the directory, so that it has units."""
    there = set(db.execute(select(StaffAccount.login)).scalars())
    missing = {login: person for login, person in PEOPLE.items() if login not in there}
    if not missing:
        return
    hashed = hash_password(PASSWORD)
    first_officer = db.execute(select(Officer.id).order_by(Officer.id).limit(1)).scalar()
    for login, (name, role) in missing.items():
        officer = first_officer if role is Role.OFFICER else None
        add_account(
            db, name, role, hashed, By("system"), now, login=login, officer_id=officer, must_change=False
        )
