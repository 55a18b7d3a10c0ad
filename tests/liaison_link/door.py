"""An office, and people who knock at its lists from phones of their own."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
from fastapi import FastAPI
from sqlalchemy import Connection, select, update

from app.audit.models import AuditLine
from app.directory.demo_data import load_demo, make_liaison
from app.directory.liaisons import end
from app.directory.models import Liaison
from app.directory.units import find_units
from app.kit.clock import FixedClock, from_epoch_ms
from app.kit.ids import UserId
from app.outbox.models import Delivery
from app.runtime import Runtime
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.links import issue_link
from app.worker_lists.queries import Numbers
from app.worker_lists.worker_queries import count_on_list
from app.zalo.messages import Text, decode

KEY = "a-key-for-this-test-only"
CLOCK_START = from_epoch_ms(1_795_000_000_000)
LIAISON, OTHER = UserId("7000000000000000001"), UserId("7000000000000000002")

StandingClock = FixedClock


class Office:
    def __init__(self, runtime: Runtime, app: FastAPI) -> None:
        self.runtime, self.app = runtime, app
        self._phones = 0
        runtime.db.write_now(self._settle_in)

    @property
    def clock(self) -> FixedClock:
        assert isinstance(self.runtime.clock, FixedClock)
        return self.runtime.clock

    def now(self) -> datetime:
        return self.clock.now()

    def unit_id(self, code: str = "TA0001A") -> int:
        return self.runtime.db.read_now(lambda tx: find_units(tx, code))[0].id

    def link(self, contact: UserId = LIAISON) -> str:
        """The path of a new link."""
        token = self.runtime.db.write_now(lambda tx: issue_link(tx, contact, "staff:1", self.now()))
        assert token is not None
        return f"/ds/{token}"

    def phone(self, address: str = "") -> "Phone":
        """A browser of its own, at an address of its own."""
        self._phones += 1
        return Phone(self, address or f"10.0.0.{self._phones}")

    def codes(self, contact: UserId = LIAISON) -> list[str]:
        """Every code that was ever sent to the contact, oldest first."""
        rows = select(Delivery.message).where(Delivery.contact == contact).order_by(Delivery.id)
        sealed = self.runtime.db.read_now(lambda tx: list(tx.execute(rows).scalars()))
        texts = [decode(self.runtime.sealer.open(one)) for one in sealed]
        found = [re.search(r"\b\d{6}\b", one.text) for one in texts if isinstance(one, Text)]
        return [one[0] for one in found if one]

    def ends(self, contact: UserId = LIAISON) -> None:
        self.runtime.db.write_now(lambda tx: end(tx, self.runtime.sealer, contact, self.now()))

    def changes_liaison(self, **values: object) -> None:
        self.runtime.db.write_now(
            lambda tx: tx.execute(update(Liaison).where(Liaison.contact == LIAISON).values(**values))
        )

    def numbers(self, code: str = "TA0001A") -> Numbers:
        unit = self.unit_id(code)
        return self.runtime.db.read_now(lambda tx: count_on_list(tx, unit))

    def trail(self) -> list[tuple[str, str, str, str]]:
        rows = select(AuditLine.actor, AuditLine.action, AuditLine.subject, AuditLine.address)
        return self.runtime.db.read_now(
            lambda tx: [tuple(map(str, row)) for row in tx.execute(rows.order_by(AuditLine.id))]  # type: ignore[misc]
        )

    def _settle_in(self, tx: Connection) -> None:
        load_demo(tx, self.runtime.sealer, self.now())
        make_liaison(tx, self.runtime.sealer, LIAISON, self.now(), verified=True)
        make_liaison(tx, self.runtime.sealer, OTHER, self.now(), verified=True, unit_code="TA0002B")
        load_demo_lists(tx, self.runtime.sealer, self.now())


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    html: str
    headers: httpx.Headers
    url: str

    @property
    def words(self) -> str:
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)))

    def buttons(self, state: str) -> list[str]:
        """Values of the buttons that mark workers so, in order."""
        return re.findall(rf'value="(\d+\.\d+\.{state})"', self.html)


class Phone:
    """A phone without scripts: it follows redirects, keeps its cookies and sends plain forms."""

    def __init__(self, office: Office, address: str) -> None:
        self._office = office
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(office.app, client=(address, 1)),
            base_url="http://bot",
            follow_redirects=True,
        )

    async def see(self, path: str) -> Page:
        return page(await self.http.get(path))

    async def send(self, path: str, **form: str | int) -> Page:
        return await self.send_from(path, {}, **form)

    async def send_from(self, path: str, headers: Mapping[str, str], **form: str | int) -> Page:
        data = {name: str(value) for name, value in form.items()}
        return page(await self.http.post(path, data=data, headers=headers))

    async def come_in(self, path: str) -> Page:
        """Asks for the code, reads it in the chat, gives it."""
        await self.send(path, viec="gui-ma")
        return await self.send(path, viec="mo", ma=self._office.codes()[-1])


def page(answer: httpx.Response) -> Page:
    return Page(answer.status_code, answer.text, answer.headers, str(answer.url))
