"""Four liaisons, a form that means three of them, and what a browser does with a broadcast."""

import re
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import insert, select

from app.directory.models import Contact, Employer, Liaison, Office, Officer
from app.kit.db import Database
from app.kit.ids import RunnerId
from app.kit.vietnamese import fold, sort_key
from app.main import open_broadcasts
from app.runtime import Runtime
from app.work.ledger import claim_due, release
from app.work.models import Kind
from tests.console.conftest import NOW, Client

HOME = "/console/gui-tin"
FORM = {
    "ten": "Nhắc cài VssID",
    "vai_tro": "liaison",
    "noi_dung": "Kính gửi {họ tên}, {đơn vị}.",
    "nut_xong": "1",
    "cach_free": "1",
    "cach_paid": "1",
    "viec": "lap",
}


def make_people(tx: Any, runtime: Runtime) -> list[int]:
    """Two wrote today, one five days ago, one a month ago."""
    tx.execute(
        insert(Office).values(id=1, code="KH01", name="BHXH Nha Trang", address="", phone="", hours="")
    )
    officers = [
        {"id": number, "code": f"CB0{number}", "name": name, "sort_key": name, "office_id": 1}
        for number, name in ((1, "Nguyễn Bình"), (2, "Trần An"))
    ]
    tx.execute(insert(Officer), [one | {"phone": "", "email": "", "hours": ""} for one in officers])
    units = [
        {"id": number, "name": name, "name_folded": fold(name), "office_id": 1, "officer_id": number}
        for number, name in ((1, "Công ty Hoa"), (2, "Công ty Lá"))
    ]
    tx.execute(insert(Employer), units)
    spoke = (timedelta(hours=1), timedelta(hours=2), timedelta(days=5), timedelta(days=30))
    for number, (name, ago) in enumerate(
        zip(("Lê Thị Mai", "Võ Văn Đức", "Bùi Thu Hà", "Đỗ Ý"), spoke, strict=True), 1
    ):
        user_id = f"24684588352919{number:04}"
        contact = {"user_id": user_id, "following": True, "first_seen_at": NOW}
        tx.execute(insert(Contact).values(last_interaction_at=NOW - ago, **contact))
        phone = f"090500011{number}"
        tx.execute(
            insert(Liaison).values(
                id=number,
                contact=user_id,
                employer_id=1 + number % 2,
                state="verified",
                full_name=name,
                name_folded=fold(name),
                sort_key=sort_key(name),
                phone=runtime.sealer.seal_text(phone),
                email=runtime.sealer.seal_text(""),
                phone_print=runtime.sealer.fingerprint(phone),
                from_at=NOW,
            )
        )
    return [1, 2, 3, 4]


async def planned_by_the_runner(runtime: Runtime) -> None:
    """What waits for a runner is done, as far as it goes without Zalo."""
    now = runtime.clock.now()
    for claim in await runtime.db.write(lambda tx: claim_due(tx, now, RunnerId("r"), 20)):
        if claim.kind is Kind.BROADCAST:
            await open_broadcasts(runtime).run(claim, lambda: True)
        await runtime.db.write(lambda tx: release(tx, claim, None))  # noqa: B023


async def composed(client: Client, runtime: Runtime, **more: str) -> str:
    """The page of a broadcast that is planned."""
    kept = await client.post(f"{HOME}/moi", data=FORM | more)
    assert kept.status_code == 303, words(kept)
    await planned_by_the_runner(runtime)
    return kept.headers["location"]


def words(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


async def value(db: Database, column: Any) -> Any:
    return await db.read(lambda tx: tx.execute(select(column)).scalar())


async def change(db: Database, statement: Any) -> None:
    await db.write(lambda tx: tx.execute(statement) and None)
