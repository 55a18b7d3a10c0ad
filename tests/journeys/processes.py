"""The bot and the pretend Zalo as real processes on loopback, as in production but for their addresses."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import func, select

from app.directory.demo_data import load_demo
from app.inbox.models import EventState, InboxEvent
from app.kit.db import Database
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.outbox.models import Delivery, DeliveryState
from app.sandbox.people import VERIFIED_LIAISON
from app.schema import upgrade
from app.worker_lists.demo_data import load_demo_lists

ROOT = Path(__file__).parents[2]
APP_ID, OA_ID = "360846524940903967", "388613280878808645"
APP_SECRET, OA_SECRET = "an-app-secret-of-the-journeys", "an-oa-secret-of-the-journeys"
SECRET_KEY = "a-key-of-the-journeys-only"

DAUMOI = (sys.executable, "-c", "from app.cli import main; main()")
FAST_BOT = (sys.executable, "-m", "tests.journeys.fast_bot")

NOT_THEIRS = ("DAUMOI_", "PYTHONDONTWRITEBYTECODE")
"""Variables that no process gets from ours; without compiled files each start would take a second more."""
READY_WITHIN = 30.0
PATIENCE = 20.0
LOOK_EVERY = 0.01

Json = dict[str, Any]
T = TypeVar("T")

_WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.UNKNOWN)


class Late(AssertionError):
    """Something that had to happen did not happen in time; the message says what the processes wrote."""


def until(happens: Callable[[], T | None], what: str, within: float = PATIENCE) -> T:
    """What `happens` returns once that is something. Raises `Late`."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = happens()
        if found:
            return found
        time.sleep(LOOK_EVERY)
    raise Late(f"not within {within:g} s: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Process:
    """One process on one port; may be started again after it has ended."""

    command: Sequence[str]
    environment: Mapping[str, str]
    url: str
    ready_at: str
    stderr: Path
    _popen: subprocess.Popen[bytes] | None = None
    _answered: str = ""

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        return self._popen_now().pid

    def start(self) -> None:
        """Returns once it answers. Raises `Late`, with what it wrote."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_THEIRS)}
        with self.stderr.open("ab") as stderr:
            self._popen = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=ROOT,
                env=kept | dict(self.environment),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        if not self.url:  # a runner serves no address
            return
        try:
            until(self._answers, f"{self.url}{self.ready_at} answers 200", READY_WITHIN)
        except Late as late:
            raise Late(f"{late}\nanswered: {self._answered}\n{self.last_words()}") from None

    def kill(self) -> None:
        """As a power cut would end it: no word of farewell, no clean-up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an administrator would end it."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        self._popen_now().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._popen_now().send_signal(signal.SIGCONT)

    def last_words(self, most: int = 4_000) -> str:
        return self.stderr.read_text(encoding="utf-8", errors="replace")[-most:]

    def complaints(self) -> list[str]:
        """What it logged that should never be logged: every exception that nobody expected."""
        written = self.stderr.read_text(encoding="utf-8", errors="replace")
        return [line for line in written.splitlines() if '"level": "error"' in line or "Traceback" in line]

    def memory(self) -> int:
        """MiB in use at the highest moment of the process that runs now."""
        status = Path(f"/proc/{self._popen_now().pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) // 1024

    def _end(self, how: signal.Signals) -> None:
        if self._popen is None:
            return
        if self._popen.poll() is None:
            self._popen.send_signal(how)
        self._popen.wait(timeout=20)
        self._popen = None

    def _popen_now(self) -> subprocess.Popen[bytes]:
        assert self._popen is not None
        return self._popen

    def _answers(self) -> bool:
        if self._popen_now().poll() is not None:
            raise Late(f"the process ended by itself\n{self.last_words()}")
        try:
            answer = httpx.get(f"{self.url}{self.ready_at}", timeout=2, trust_env=False)
        except httpx.TransportError as error:
            self._answered = repr(error)
            return False
        self._answered = answer.text
        return answer.status_code == 200


@dataclass(slots=True)
class Stage:
    """A bot and a Zalo that talk to each other, and what a test may do to either."""

    bot: Process
    zalo: Process
    database: Database
    spool: Path
    _control: httpx.Client = field(repr=False)

    def call(self, method: str, path: str, body: object = None, **params: str | int) -> Any:
        """The control API of the pretend Zalo."""
        answer = self._control.request(method, path, json=body, params=params or None)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    @contextmanager
    def faults(self, **rules: object) -> Iterator[None]:
        """These faults strike until the block ends; at least one of them must have struck."""
        before = self.call("GET", "/stats")["faults_struck"]
        self.call("PUT", "/faults", rules)
        try:
            yield
        finally:
            self.call("PUT", "/faults", dict.fromkeys(rules, "off"))
        after = self.call("GET", "/stats")["faults_struck"]
        assert any(after.get(name, 0) > before.get(name, 0) for name in rules), f"{rules} never struck"

    def settle(self) -> None:
        """Returns when no webhook, echo or receipt is under way and the bot owes nothing to anybody."""
        self.call("POST", "/settle")
        until(lambda: self.open_ends() == 0, "the bot has nothing left to do")

    def open_ends(self, contact: UserId | None = None) -> int:
        """Events not handled and messages not settled, of one contact or of all; the spool is everybody's."""
        events = select(func.count()).where(InboxEvent.state == EventState.OPEN)
        owed = select(func.count()).where(Delivery.state.in_(_WAITING), Delivery.settled_at.is_(None))
        if contact is not None:
            events = events.where(InboxEvent.contact == contact)
            owed = owed.where(Delivery.contact == contact)
        spooled = sum(file.stat().st_size > 0 for file in self.spool.glob("*.spool"))
        return spooled + self.database.read_now(
            lambda db: db.execute(events).scalar_one() + db.execute(owed).scalar_one()
        )

    def restart_bot(self) -> None:
        self.bot.kill()
        self.bot.start()

    def sleep_until(self, wall_time: str, rate: float) -> None:
        """The bot is stopped, and started again when clocks in Việt Nam next show that time."""
        self.bot.stop()
        self.call("POST", "/clock", {"at": wall_time})
        run_fast([self.bot], self._control, rate)
        self.bot.start()


def spool_folder(folder: Path) -> Path:
    return folder / "spool"


def bot_environment(
    folder: Path, database_url: str, zalo_url: str, tokens: Mapping[str, str], port: int
) -> dict[str, str]:
    return {
        "DAUMOI_DATABASE_URL": database_url,
        "DAUMOI_SECRET_KEY": SECRET_KEY,
        "DAUMOI_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DAUMOI_ZALO_APP_ID": APP_ID,
        "DAUMOI_ZALO_APP_SECRET": APP_SECRET,
        "DAUMOI_ZALO_OA_ID": OA_ID,
        "DAUMOI_ZALO_OA_SECRET": OA_SECRET,
        "DAUMOI_ZALO_ACCESS_TOKEN": tokens["access_token"],
        "DAUMOI_ZALO_REFRESH_TOKEN": tokens["refresh_token"],
        "DAUMOI_ZALO_OAUTH_URL": zalo_url,
        "DAUMOI_ZALO_API_URL": zalo_url,
        "DAUMOI_ZALO_ZBS_URL": zalo_url,
        "DAUMOI_SPOOL_DIR": str(spool_folder(folder)),
        "DAUMOI_FLOWS_DIR": str(ROOT / "flows"),
    }


@contextmanager
def stage(
    folder: Path, database_url: str | None = None, rate: float = 1.0, **settings: str
) -> Iterator[Stage]:
    """Both processes with the invented directory loaded; `rate` makes their clocks run faster than ours.

    More settings of the bot go by their names: DAUMOI_HALT_ABOVE="1".

    Neither may have logged an exception by the time the stage is taken down.
    """
    database_url = database_url or f"sqlite:///{folder / 'daumoi.db'}"
    bot_port, zalo_port = free_port(), free_port()
    with ExitStack() as ending:
        zalo = zalo_process(folder, zalo_port, bot_port)
        ending.callback(zalo.kill)
        zalo.start()
        control = httpx.Client(base_url=f"{zalo.url}/api", timeout=30, trust_env=False)
        ending.callback(control.close)
        prepare(database_url)
        database = Database(database_url)
        ending.callback(database.close)
        bot = _bot(folder, bot_port, database_url, zalo.url, control.post("/tokens").json())
        bot.environment = {**bot.environment, **settings}
        ending.callback(bot.kill)
        if rate != 1.0:
            run_fast([bot], control, rate)
        bot.start()
        yield Stage(bot, zalo, database, spool_folder(folder), control)
        bot.stop()
        assert bot.complaints() + zalo.complaints() == []


def zalo_process(folder: Path, port: int, bot_port: int) -> Process:
    known = {"--app-id": APP_ID, "--oa-id": OA_ID, "--oa-secret": OA_SECRET, "--app-secret": APP_SECRET}
    given = [part for option in known.items() for part in option]
    webhook = f"http://127.0.0.1:{bot_port}/webhook/zalo"
    command = [*DAUMOI, "sandbox", "--port", str(port), "--webhook", webhook, *given]
    return Process(command, {}, f"http://127.0.0.1:{port}", "/api/stats", folder / "zalo.log")


def _bot(folder: Path, port: int, database_url: str, zalo_url: str, tokens: Mapping[str, str]) -> Process:
    environment = bot_environment(folder, database_url, zalo_url, tokens, port)
    command = [*DAUMOI, "serve", "--port", str(port)]
    return Process(command, environment, f"http://127.0.0.1:{port}", "/readyz", folder / "bot.log")


def run_fast(processes: Sequence[Process], control: httpx.Client, rate: float) -> None:
    """Zalo's clock and theirs run at the same speed and, to a second or so, show the same time."""
    now = control.post("/clock", json={"rate": rate}).json()["now"]
    clock = json.dumps({"shown": now, "when_it_was": datetime.now(UTC).isoformat(), "rate": rate})
    for process in processes:
        runs_fast = tuple(process.command[: len(FAST_BOT)]) == FAST_BOT
        asked = process.command[len(FAST_BOT) + 1 if runs_fast else len(DAUMOI) :]
        process.command = [*FAST_BOT, clock, *asked]


def prepare(database_url: str) -> None:
    upgrade(database_url)
    database = Database(database_url)
    sealer, now = Sealer(SECRET_KEY), datetime.now(UTC)
    database.write_now(lambda tx: load_demo(tx, sealer, now, verified_contact=VERIFIED_LIAISON))
    database.write_now(lambda tx: load_demo_lists(tx, sealer, now))
    database.close()
