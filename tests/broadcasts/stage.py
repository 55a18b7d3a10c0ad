"""A directory of liaisons, a pretend Zalo without sockets, and what sends a broadcast between them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
from sqlalchemy import insert, select, update

from app.broadcasts import steering
from app.broadcasts.attachments import Attachments
from app.broadcasts.calling import Caller
from app.broadcasts.content import Content
from app.broadcasts.ground import Ground
from app.broadcasts.models import Broadcast, Recipient
from app.broadcasts.planning import plan
from app.broadcasts.reconciling import Reconciler
from app.broadcasts.rules import OPERATOR, SendHours
from app.broadcasts.sending import BroadcastSender
from app.broadcasts.steering import NewBroadcast
from app.credentials.ledger import Pair, store_pair
from app.credentials.renewal import TokenKeeper
from app.directory.models import Contact, Employer, Liaison, Office, Officer
from app.kit.clock import VIETNAM, FixedClock
from app.kit.db import Database
from app.kit.ids import RunnerId, UserId
from app.kit.seal import Sealer
from app.kit.vietnamese import fold, sort_key
from app.mail.sending import Mailer
from app.outbox.pace import Pace, Rate
from app.outbox.ways import Way
from app.sandbox.sandbox import Sandbox, create_sandbox
from app.sandbox.thread import Sender
from app.work.ledger import Claim, claim_due, release
from app.work.models import Kind
from app.worker_lists.models import WorkerList, WorkerUnit
from app.zalo.client import ZaloClient
from app.zalo.oauth import OAuthClient
from tests.sandbox.harness import OA_ID, REFRESH, TOKEN, config

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=VIETNAM)
STAFF, CHIEF = "staff:7", "staff:8"
HELLO = Content("Kính gửi {xưng hô} {họ tên}, đơn vị {đơn vị} cần rà soát danh sách.")
PRICES = {Way.PAID: 55}


class _Wire(httpx.ASGITransport):
    """A connection that the pretend Zalo cuts is a connection that breaks, as it would be over a socket."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except AssertionError as error:
            raise httpx.ReadError("cut") from error


class Stage:
    def __init__(self, db: Database, rate: int = 600_000, **sandbox: Any) -> None:
        self.db, self.clock, self.sealer = db, FixedClock(NOON), Sealer("the-key-of-the-tests")
        self.zalo: Sandbox = create_sandbox(
            config(rate_per_minute=1_000_000, demo_people=False, **sandbox), self.clock
        )
        self.http = httpx.AsyncClient(transport=_Wire(self.zalo.zalo_routes()), base_url="http://zalo.test")
        self.client = ZaloClient(self.http, "http://zalo.test", "http://zalo.test")
        oauth = OAuthClient(self.http, "http://zalo.test", "app", "secret")
        self.tokens = TokenKeeper(db, self.sealer, oauth, self.clock, OA_ID, "holder")
        self.ground = Ground(
            self.sealer,
            SendHours(time(6), time(22)),
            PRICES,
            "https://oa.vn",
            480_000,
            second_person_above=100,
        )
        self.pace = Pace(db, self.clock, "app", Rate(rate))
        self.mailer: Mailer | None = None
        self.runner = RunnerId("runner-1")

    async def open(self) -> None:
        await self.link()
        await self.db.write(_directory)

    async def link(self) -> None:
        pair, life, now = Pair(TOKEN, REFRESH), timedelta(days=1), self.clock.now()
        await self.db.write(lambda tx: store_pair(tx, self.sealer, OA_ID, pair, life, now))

    async def close(self) -> None:
        await self.http.aclose()
        await self.zalo.close()

    def sender(self) -> BroadcastSender:
        caller = Caller(
            self.client,
            self.tokens,
            self.mailer,
            self.sealer,
            self.pace,
            self.clock,
            "https://oa.vn",
            Attachments(self.db, self.client, self.clock),
        )
        reconciler = Reconciler(self.db, self.client, self.tokens, self.sealer)
        return BroadcastSender(self.db, self.ground, caller, reconciler, self.pace, self.clock)

    async def liaison(
        self,
        name: str = "Trần Thị Mai",
        *,
        spoke: timedelta | None = timedelta(hours=1),
        email: str = "",
        state: str = "verified",
        employer: int | None = 1,
        on_zalo: bool = True,
    ) -> UserId:
        """A liaison, known to Zalo and to us alike."""
        person = self.zalo.phone.add(name)
        now = self.clock.now()
        person.last_interaction_at = None if spoke is None else now - spoke
        values = {
            "contact": person.user_id if on_zalo else None,
            "employer_id": employer,
            "state": state,
            "full_name": name,
            "name_folded": fold(name),
            "sort_key": sort_key(name),
            "phone": self.sealer.seal_text("0905000111"),
            "email": self.sealer.seal_text(email),
            "phone_print": self.sealer.fingerprint("0905000111"),
            "from_at": now,
        }
        contact = {
            "user_id": person.user_id,
            "following": False,
            "first_seen_at": now,
            "last_interaction_at": person.last_interaction_at,
        }
        if on_zalo:
            await self.db.write(lambda tx: tx.execute(insert(Contact).values(**contact)) and None)
        await self.db.write(lambda tx: tx.execute(insert(Liaison).values(**values)) and None)
        return person.user_id

    async def liaisons(self, count: int) -> list[UserId]:
        return [await self.liaison(f"Người Thứ {number}") for number in range(count)]

    async def list_for(self, employer: int, waiting: int) -> None:
        """A unit has so many workers without VssID."""
        paper = {"title": "Đợt 1", "received_on": date(2026, 11, 1), "due_on": date(2026, 12, 15)}
        written = {"created_at": NOON, "created_by": STAFF}
        await self.change(insert(WorkerList).values(id=employer, **paper, **written))
        unit = {"employer_id": employer, "list_id": employer, "due_on": paper["due_on"]}
        await self.change(insert(WorkerUnit).values(**unit, open_count=waiting))

    async def worker_contacts(self, count: int) -> None:
        """People who are nobody's liaison and wrote an hour ago."""
        now = self.clock.now()
        for number in range(count):
            spoke = {"first_seen_at": now, "last_interaction_at": now - timedelta(hours=1)}
            await self.change(insert(Contact).values(user_id=f"88{number}", following=False, **spoke))

    async def planned(self, audience: str = "role=liaison", content: Content = HELLO, **more: Any) -> int:
        """A broadcast written and planned."""
        new = NewBroadcast("Nhắc danh sách", audience, content, **more)
        number = await self.db.write(lambda tx: steering.write(tx, new, STAFF, self.clock.now()))
        await plan(self.db, self.ground, number, STAFF, self.clock)
        return number

    async def press_send(self, number: int, at: datetime | None = None) -> datetime:
        size = sum(row.state == "planned" for row in await self.recipients(number))
        now = self.clock.now()
        return await self.db.write(
            lambda tx: steering.send(tx, self.ground, number, OPERATOR, str(size), at, now)
        )

    async def claim(self) -> Claim:
        now = self.clock.now()
        (claim,) = await self.db.write(lambda tx: claim_due(tx, now, self.runner, 5))
        return claim

    async def run(self, go_on: Callable[[], bool] = lambda: True) -> datetime | None:
        """As a runner does it: what is due is claimed, run, and let go."""
        claim = await self.claim()
        next_at = await self.sender().run(claim, go_on)
        await self.db.write(lambda tx: release(tx, claim, next_at))
        return next_at

    async def run_broadcasts(self) -> None:
        """Everything that is due, to its end."""
        now = self.clock.now()
        for claim in await self.db.write(lambda tx: claim_due(tx, now, self.runner, 20)):
            next_at = None
            if claim.kind is Kind.BROADCAST:
                next_at = await self.sender().run(claim, lambda: True)
            await self.db.write(lambda tx: release(tx, claim, next_at))  # noqa: B023

    async def sent(self, number: int) -> datetime | None:
        await self.press_send(number)
        return await self.run()

    async def recipients(self, number: int) -> Sequence[Any]:
        rows = select(Recipient.__table__).where(Recipient.broadcast_id == number).order_by(Recipient.id)
        return await self.db.read(lambda tx: tx.execute(rows).all())

    async def states(self, number: int) -> list[str]:
        return [row.state for row in await self.recipients(number)]

    async def broadcast(self, number: int) -> Any:
        row = select(Broadcast.__table__).where(Broadcast.id == number)
        return await self.db.read(lambda tx: tx.execute(row).one())

    async def change(self, statement: Any) -> None:
        await self.db.write(lambda tx: tx.execute(statement) and None)

    async def stop_messages(self, contact: UserId) -> None:
        now = self.clock.now()
        await self.change(update(Contact).where(Contact.user_id == contact).values(stopped_at=now))

    def arrived(self, contact: UserId) -> list[str]:
        """What the person's phone shows from the OA."""
        return [message.text for message in self.zalo.thread(contact) if message.sender is Sender.OA]

    def set_ground(self, **changes: Any) -> None:
        self.ground = replace(self.ground, **changes)


def _directory(tx: Any) -> None:
    offices = [
        {"id": 1, "code": "KH01", "name": "BHXH Nha Trang"},
        {"id": 2, "code": "KH02", "name": "BHXH Cam Ranh"},
    ]
    tx.execute(insert(Office), [one | {"address": "", "phone": "", "hours": ""} for one in offices])
    officer = {"id": 1, "code": "CB01", "name": "Nguyễn Bình", "sort_key": "binh", "office_id": 1}
    tx.execute(insert(Officer), [officer | {"phone": "", "email": "", "hours": ""}])
    units = [
        {
            "id": 1,
            "name": "Công ty A",
            "name_folded": "cong ty a",
            "old_code": "TA0001A",
            "office_id": 1,
            "officer_id": 1,
        },
        {
            "id": 2,
            "name": "Công ty B",
            "name_folded": "cong ty b",
            "old_code": "TB0002B",
            "office_id": 2,
            "officer_id": None,
        },
    ]
    tx.execute(insert(Employer), units)
