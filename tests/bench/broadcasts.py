"""Broadcasts, big: `python -m tests.bench.broadcasts [plan] [speed] [pace] [kills] [replies] --recipients N`.

One JSON line per figure. Ours and the raw loop send to the same pretend Zalo, in the same process.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path

import aiohttp
import httpx
from sqlalchemy import insert, select

from app.broadcasts import steering
from app.broadcasts.attachments import Attachments
from app.broadcasts.calling import Caller
from app.broadcasts.content import Content
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import counts
from app.broadcasts.models import Broadcast, BroadcastState, Recipient
from app.broadcasts.planning import plan
from app.broadcasts.reconciling import Reconciler
from app.broadcasts.rules import OPERATOR, SendHours
from app.broadcasts.sending import AT_ONCE, BroadcastSender
from app.broadcasts.steering import NewBroadcast
from app.credentials.ledger import Pair, store_first_pair
from app.credentials.renewal import TokenKeeper
from app.directory.models import Contact, Employer, Liaison
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.ids import RunnerId
from app.kit.seal import Sealer
from app.outbox.pace import Pace, Rate
from app.schema import upgrade
from app.work.ledger import claim_due
from app.zalo.client import ZaloClient
from app.zalo.oauth import OAuthClient
from app.zalo.transport import open_http
from tests.bench.knock import OA_ID, ZALO, Knocker
from tests.bench.measure import steady
from tests.bench.refusing import refusing_zalo
from tests.bench.stub import running_stub
from tests.bench.subjects import Subject, free_port, on_sqlite, running
from tests.postgres import SAFE, server_folder, shared_server

KEY = "a-key-of-the-benchmark-only"
SEALER, CLOCK = Sealer(KEY), SystemClock()
TEXT = Content("Kính gửi {xưng hô} {họ tên}, đơn vị {đơn vị} cần rà soát danh sách lao động chưa cài VssID.")
RAW_TEXT = "Kính gửi Anh/Chị Trần Văn 1, đơn vị Công ty A cần rà soát danh sách lao động chưa cài VssID."
ALWAYS = SendHours(wall_time(0), wall_time.max)
SLICE = 5000


def databases(folder: Path) -> Iterator[str]:
    """An empty one of each kind; PostgreSQL as it is in production, syncing every commit."""
    yield f"sqlite:///{folder / f'{time.monotonic_ns()}.db'}"
    with server_folder() as server:
        name = f"bench_{time.monotonic_ns()}"
        shared = shared_server(server, SAFE)
        shared.execute(f"CREATE DATABASE {name}")
        yield shared.url(name)


def report(**figure: object) -> None:
    print(json.dumps(figure, ensure_ascii=False), flush=True)  # noqa: T201


def seeded(url: str, recipients: int) -> Database:
    """A database with that many verified liaisons, all of whom wrote an hour ago."""
    upgrade(url)
    db, now = Database(url), datetime.now(UTC)
    db.write_now(lambda tx: store_first_pair(tx, SEALER, OA_ID, Pair("access", "refresh"), now))
    db.write_now(
        lambda tx: tx.execute(insert(Employer).values(id=1, name="Công ty A", name_folded="a")) and None
    )
    empty, phone = SEALER.seal_text(""), SEALER.seal_text("0905000111")
    for start in range(0, recipients, SLICE):
        numbers = range(start, min(start + SLICE, recipients))
        spoke = {"following": True, "first_seen_at": now, "last_interaction_at": now - timedelta(hours=1)}
        people = [{"user_id": str(10**9 + number), **spoke} for number in numbers]
        same = {"employer_id": 1, "state": "verified", "phone": phone, "email": empty, "from_at": now}
        rows = [
            {"contact": str(10**9 + n), "full_name": f"Trần Văn {n}", "phone_print": f"{n}", **same}
            for n in numbers
        ]
        db.write_now(lambda tx: tx.execute(insert(Contact), people) and None)  # noqa: B023
        db.write_now(lambda tx: tx.execute(insert(Liaison), rows) and None)  # noqa: B023
    return db


def ground(rate: Rate) -> Ground:
    return Ground(SEALER, ALWAYS, {}, "https://oa.vn", rate.per_minute - rate.for_replies, halt_above=1.0)


async def planned(db: Database, rate: Rate) -> int:
    draft = NewBroadcast("Nhắc danh sách", "role=liaison", TEXT)
    number = await db.write(lambda tx: steering.write(tx, draft, OPERATOR, CLOCK.now()))
    await plan(db, ground(rate), number, OPERATOR, CLOCK)
    return number


async def press_send(db: Database, number: int, rate: Rate) -> None:
    size = (await db.read(lambda tx: counts(tx, number))).total
    await db.write(lambda tx: steering.send(tx, ground(rate), number, OPERATOR, str(size), None, CLOCK.now()))


async def measure_plan(url: str, recipients: int) -> None:
    with closing(seeded(url, recipients)) as db:
        db.open()
        begin, worked = time.perf_counter(), time.process_time()
        waits: list[float] = []
        watch = asyncio.create_task(_write_often(db, waits))
        await planned(db, Rate(4000))
        watch.cancel()
        report(
            figure="plan",
            database=db.engine.dialect.name,
            recipients=recipients,
            seconds=round(time.perf_counter() - begin, 2),
            processor_seconds=round(time.process_time() - worked, 2),
            longest_wait_of_other_writes_ms=round(max(waits) * 1000),
        )


async def _write_often(db: Database, waits: list[float]) -> None:
    """What a reply would wait for the writer meanwhile."""
    while True:
        begin = time.perf_counter()
        await db.write(lambda tx: None)
        waits.append(time.perf_counter() - begin)
        await asyncio.sleep(0.01)


async def send_all(db: Database, zalo: str, rate: Rate) -> tuple[float, float]:
    """Sends a planned broadcast in this process; says how long it took, and how long the processor."""
    number = await planned(db, rate)
    await press_send(db, number, rate)
    http = open_http()
    client = ZaloClient(http, zalo, zalo)
    tokens = TokenKeeper(db, SEALER, OAuthClient(http, zalo, "app", "secret"), CLOCK, OA_ID, "bench")
    pace = Pace(db, CLOCK, "app", rate)
    caller = Caller(
        client, tokens, None, SEALER, pace, CLOCK, "https://oa.vn", Attachments(db, client, CLOCK)
    )
    sender = BroadcastSender(db, ground(rate), caller, Reconciler(db, client, tokens, SEALER), pace, CLOCK)
    (claim,) = await db.write(lambda tx: claim_due(tx, CLOCK.now(), RunnerId("bench"), 1))
    begin, worked = time.perf_counter(), time.process_time()
    await sender.run(claim, lambda: True)
    took, worked = time.perf_counter() - begin, time.process_time() - worked
    await http.aclose()
    sent = (await db.read(lambda tx: counts(tx, number))).by_state
    if set(sent) != {"sent"}:
        raise RuntimeError(f"not everybody has it: {sent}")
    return took, worked


async def raw_loop(url: str, messages: int) -> float:
    """The same posts by a bare aiohttp client at the same concurrency; nothing is kept."""
    queue = iter(range(messages))

    async def work(http: aiohttp.ClientSession) -> None:
        for number in queue:
            body = {"recipient": {"user_id": str(number)}, "message": {"text": RAW_TEXT}}
            async with http.post(
                f"{url}/v3.0/oa/message/cs", json=body, headers={"access_token": "a"}
            ) as answer:
                await answer.json()

    async with aiohttp.ClientSession() as http:
        begin = time.perf_counter()
        await asyncio.gather(*(work(http) for _ in range(AT_ONCE)))
        return time.perf_counter() - begin


async def raw_httpx(url: str, messages: int) -> float:
    """The same by plain httpx, as most Python code would call Zalo."""
    queue = iter(range(messages))

    async def work(http: httpx.AsyncClient) -> None:
        for number in queue:
            body = {"recipient": {"user_id": str(number)}, "message": {"text": RAW_TEXT}}
            (await http.post(f"{url}/v3.0/oa/message/cs", json=body, headers={"access_token": "a"})).json()

    async with httpx.AsyncClient() as http:
        begin = time.perf_counter()
        await asyncio.gather(*(work(http) for _ in range(AT_ONCE)))
        return time.perf_counter() - begin


async def measure_speed(folder: Path, recipients: int) -> None:
    """All of them against a Zalo that takes 5 ms for each answer, with as many calls at once."""
    async with running_stub(0.005) as stub:
        raw = recipients / await raw_loop(stub.url, recipients)
        plain_httpx = (recipients // 4) / await raw_httpx(stub.url, recipients // 4)
        for url in databases(folder):
            with closing(seeded(url, recipients)) as db:
                db.open()
                took, worked = await send_all(db, stub.url, Rate(100_000_000))
            again = recipients / await raw_loop(stub.url, recipients)
            report(
                figure="sends/s",
                database=db.engine.dialect.name,
                recipients=recipients,
                at_once=AT_ONCE,
                ours=round(recipients / took),
                processor_us_each=round(worked / recipients * 1e6),
                raw_aiohttp=round((raw + again) / 2),
                raw_httpx=round(plain_httpx),
                ratio=round(recipients / took / ((raw + again) / 2), 2),
            )
            raw = again


async def measure_pace(folder: Path, recipients: int) -> None:
    """So many recipients that it takes half a minute and more at the set pace."""
    rate = Rate(6000)
    async with running_stub() as stub:
        with closing(seeded(f"sqlite:///{folder / 'pace.db'}", recipients)) as db:
            db.open()
            took, _ = await send_all(db, stub.url, rate)
    wanted = (rate.per_minute - rate.for_replies) / 60
    reached = recipients / took
    report(
        figure="pace",
        set_per_second=wanted,
        reached=round(reached, 2),
        error=f"{abs(reached / wanted - 1):.2%}",
    )


async def measure_kills(folder: Path, recipients: int, kills: int) -> None:
    """The real service against a Zalo that refuses in every way, killed -9 on the way."""
    async with refusing_zalo() as zalo:
        subject = _at(on_sqlite(zalo.url, folder), per_minute=120_000)
        url = subject.environment["DAUMOI_DATABASE_URL"]
        with closing(seeded(url, recipients)) as db:
            db.open()
            rate = Rate(120_000)
            number = await planned(db, rate)
            await press_send(db, number, rate)
            process = _start(subject)
            begin, done_kills = time.perf_counter(), 0
            while True:
                await asyncio.sleep(0.3)
                state = await db.read(
                    lambda tx: tx.execute(_STATE.where(Broadcast.id == number)).scalar_one()
                )
                gone = sum(map(len, zalo.delivered.values())) + sum(zalo.refused.values())
                if done_kills < kills and gone > (done_kills + 1) * recipients / (kills + 1):
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    process, done_kills = _start(subject), done_kills + 1
                if state in {BroadcastState.DONE, BroadcastState.HALTED}:
                    break
                if process.poll() is not None:
                    raise RuntimeError(f"the service ended by itself with {process.returncode}")
            took = time.perf_counter() - begin
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait)
            seen = await db.read(lambda tx: counts(tx, number))
            wrong = await db.read(lambda tx: _dishonest(tx, number, zalo.delivered))
    report(
        figure="kills",
        recipients=recipients,
        kills=done_kills,
        seconds=round(took, 1),
        state=str(state),
        by_state=dict(seen.by_state),
        refused=dict(sorted(zalo.refused.items())),
        answers_lost=zalo.lost,
        rate_limited=zalo.rate_limited,
        got_it_twice=zalo.doubles(),
        in_a_wrong_state=wrong,
    )


_STATE = select(Broadcast.state)


def _dishonest(tx: object, number: int, delivered: object) -> dict[str, int]:
    """Recipients whose state does not say what the pretend Zalo knows of them."""
    rows = tx.execute(  # type: ignore[attr-defined]
        select(Recipient.contact, Recipient.state).where(Recipient.broadcast_id == number)
    )
    wrong: Counter[str] = Counter()
    for contact, state in rows:
        has_it = bool(delivered.get(contact))  # type: ignore[attr-defined]
        if state not in {"sent", "delivered", "seen", "failed", "skipped", "unknown"}:
            wrong[f"{state}, no end"] += 1
        elif state == "unknown":
            wrong[f"unknown, {'has it' if has_it else 'has it not'}"] += 1
        elif has_it != (state in {"sent", "delivered", "seen"}):
            wrong[f"{state}, {'has it' if has_it else 'has it not'}"] += 1
    return dict(wrong)


async def measure_replies(folder: Path, recipients: int, per_minute: int) -> None:
    """Replies while a broadcast leaves as fast as its pace lets it."""
    async with running_stub() as stub, aiohttp.ClientSession() as http:
        subject = _at(on_sqlite(stub.url, folder), per_minute)
        url = subject.environment["DAUMOI_DATABASE_URL"]
        with closing(seeded(url, recipients)) as db:
            db.open()
            rate = Rate(per_minute)
            number = await planned(db, rate)
            async with running(subject, http) as (process,):
                knocker = Knocker(http, ZALO, process.url)
                quiet = await steady(knocker, stub, per_second=10, seconds=5)
                await press_send(db, number, rate)
                await asyncio.sleep(1)
                busy = await steady(knocker, stub, per_second=10, seconds=15)
                left = (await db.read(lambda tx: counts(tx, number))).by_state.get("planned", 0)
                memory = process.memory()
    for name, samples in (("quiet", quiet), ("during a broadcast", busy)):
        ordered = sorted(samples.reply)
        report(
            figure="replies",
            load=name,
            rate_per_minute=per_minute,
            replies=len(ordered),
            p50_ms=round(ordered[len(ordered) // 2], 1),
            p99_ms=round(ordered[int(len(ordered) * 0.99)], 1),
            still_to_send=left,
            rss_mb=round(memory),
        )


def _at(subject: Subject, per_minute: int) -> Subject:
    more = {
        "DAUMOI_ZALO_RATE_PER_MINUTE": str(per_minute),
        "DAUMOI_SEND_HOURS": "00:00-24:00",
        "DAUMOI_HALT_ABOVE": "1",
    }
    return replace(subject, environment={**subject.environment, **more})


def _start(subject: Subject) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAUMOI_")}
    command = [*subject.command, str(free_port())]
    return subprocess.Popen(command, env=kept | dict(subject.environment), stderr=subprocess.DEVNULL)  # noqa: S603


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.broadcasts")
    known = ["plan", "speed", "pace", "kills", "replies"]
    parser.add_argument("figures", nargs="*", default=known, help=", ".join(known))
    parser.add_argument("--recipients", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--per-minute", type=int, default=4000, help="the rate while replies are measured")
    given = parser.parse_args()
    if unknown := set(given.figures) - set(known):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="daumoi-broadcasts-") as name:
        folder = Path(name)
        if "plan" in given.figures:
            for url in databases(folder):
                await measure_plan(url, given.recipients * 2)
        if "speed" in given.figures:
            await measure_speed(folder, min(given.recipients, 20_000))
        if "pace" in given.figures:
            await measure_pace(folder, min(given.recipients, 3_000))
        if "kills" in given.figures:
            await measure_kills(folder, given.recipients, given.kills)
        if "replies" in given.figures:
            await measure_replies(folder / "replies", given.recipients, given.per_minute)


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(0)
