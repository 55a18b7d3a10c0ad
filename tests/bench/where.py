"""Where the time of an event goes: `python -m tests.bench.where sqlite`, `postgresql` or `floor`.

One JSON line: milliseconds of processor time for one event at saturation, as the kernel counts them, split by
what the thread that held Python's lock was doing each time it was looked at (its innermost frame that says
so). Who holds the lock keeps the rest of the process from working: that is what limits it.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import aiohttp

from tests.bench import subjects
from tests.bench.knock import Knocker
from tests.bench.measure import saturated, warm_up
from tests.bench.stub import running_stub
from tests.bench.subjects import Subject
from tests.postgres import server_folder

LOOKS_A_SECOND = 400
KINDS = (
    ("commit", ("do_commit", "_commit_impl", "_begin_impl", "do_begin")),
    ("sealing, signature", ("app/kit/seal", "cryptography/", "app/zalo/signature", "fernet")),
    ("SQL: SQLAlchemy and driver", ("sqlalchemy/", "psycopg", "app/kit/statements")),
    ("HTTP client", ("aiohttp/", "multidict", "yarl/", "httpx", "floor_app.<locals>.reply", "_by_aiohttp")),
    ("Zalo's language, sending", ("app/zalo/", "app/conversations/sending", "app/outbox/pace")),
    ("engine, wording, matcher", ("app/engine/", "app/understanding/", "app/content/", "app/kit/vietnamese")),
    (
        "webhook: HTTP server, envelope",
        ("uvicorn/", "app/webhook/", "bench/floor", "starlette/", "fastapi/", "httptools"),
    ),
    (
        "ledgers and chat in Python",
        ("app/conversations/", "app/outbox/", "app/inbox/", "app/work/", "app/handover/", "app/directory/"),
    ),
    ("writer threads, group commit", ("app/kit/",)),
    ("runner, event loop", ("app/runner", "asyncio/", "uvloop", "app/")),
)
"""The first kind of which a frame's "function (file)" holds a word."""
REST = "rest"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.where")
    parser.add_argument("subject", choices=("sqlite", "postgresql", "floor"))
    parser.add_argument("--events", type=int, default=8000)
    asked = parser.parse_args()
    asyncio.run(look(asked.subject, asked.events))


async def look(name: str, events: int) -> None:
    with chosen(name) as (folder, cluster):
        async with running_stub(0.005) as stub:
            subject = subject_of(name, stub.url, folder, cluster)
            async with aiohttp.ClientSession() as http, subjects.running(subject, http) as (process,):
                knocker = Knocker(http, subject.dialect, process.url)
                replies_each = await warm_up(knocker, stub)
                stacks = folder / "stacks"
                spy = watch(process.pid, stacks)
                before = process.processor_time()
                per_second = await saturated(knocker, stub, events, replies_each)
                spent = (process.processor_time() - before) / events * 1000
                spy.send_signal(2)
                await asyncio.to_thread(spy.wait)
        seen = split_up(stacks_of(stacks))
    tell(subject.name, spent, per_second, seen)


@contextmanager
def chosen(name: str) -> Iterator[tuple[Path, Path]]:
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="daumoi-where-")))
        yield folder, ending.enter_context(server_folder()) if name == "postgresql" else folder


def subject_of(name: str, stub: str, folder: Path, cluster: Path) -> Subject:
    if name == "floor":
        return subjects.floor(stub)
    return (
        subjects.on_sqlite(stub, folder) if name == "sqlite" else subjects.on_postgres(stub, cluster, folder)
    )


def watch(pid: int, stacks: Path) -> "subprocess.Popen[bytes]":
    tool = str(Path(sys.executable).with_name("py-spy"))
    command = [tool, "record", "-p", str(pid), "--gil", "-f", "raw"]
    command += ["-r", str(LOOKS_A_SECOND), "-o", str(stacks)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


def stacks_of(file: Path) -> list[tuple[list[str], int]]:
    """Innermost frame first, and how often it was seen."""
    lines = (line.rsplit(" ", 1) for line in file.read_text(encoding="utf-8").splitlines() if line)
    return [(stack.split(";")[::-1], int(times)) for stack, times in lines]


def split_up(stacks: list[tuple[list[str], int]]) -> Counter[str]:
    seen = Counter[str]()
    for frames, times in stacks:
        seen[next((kind for frame in frames if (kind := kind_of(frame))), REST)] += times
    return seen


def kind_of(frame: str) -> str | None:
    return next((kind for kind, words in KINDS if any(word in frame for word in words)), None)


def tell(subject: str, spent: float, per_second: float, seen: Counter[str]) -> None:
    line = {
        "subject": subject,
        "processor_ms": round(spent, 3),
        "of_it": {kind: round(spent * looks / seen.total(), 3) for kind, looks in seen.most_common()},
        "looks": seen.total(),
        "events_per_second_while_watched": round(per_second),
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
