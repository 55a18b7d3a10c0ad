"""The benchmark: `make bench`. One JSON line per figure on standard output, remarks on standard error.

Every subject runs in every round, so that figures of one run can be compared though machines differ; the
load and the pretend Zalo share one process and one clock.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import aiohttp

from tests.bench import subjects
from tests.bench.gate import Wrong, check_conversation
from tests.bench.knock import Knocker
from tests.bench.measure import saturated, settled, steady, warm_up
from tests.bench.peers import NotInstalled, peers
from tests.bench.report import BUSY_RATE, Load, Results, report
from tests.bench.stored import on_sqlite_with
from tests.bench.stub import Stub, running_stub
from tests.bench.subjects import Subject
from tests.postgres import NoBinaries, server_folder

CURVE = (1, 2, 4)
STORED = (0, 1_000_000, 5_000_000)
left_out = set[str]()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures webhook to reply.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each steady load in each round")
    parser.add_argument("--rate", type=int, default=20, help="events a second of the quiet steady load")
    parser.add_argument("--stub-ms", type=float, default=5.0, help="the pretend Zalo takes for an answer")
    parser.add_argument("--events", type=int, default=3000, help="at saturation in each round")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--curve", action="store_true", help="only PostgreSQL, with 1, 2 and 4 processes")
    only.add_argument(
        "--stored",
        nargs="*",
        type=int,
        metavar="MESSAGES",
        help=f"only SQLite, with so many messages stored before: {STORED}",
    )
    try:
        asyncio.run(bench(parser.parse_args()))
    except (Wrong, NoBinaries) as reason:
        remark(f"not measured: {reason}")
        return 1
    return 0


async def bench(options: argparse.Namespace) -> None:
    results: defaultdict[str, Results] = defaultdict(Results)
    with ExitStack() as on_exit:
        kept = Path(on_exit.enter_context(tempfile.TemporaryDirectory(prefix="daumoi-bench-")))
        async with running_stub(options.stub_ms / 1000) as stub:
            filled = [on_sqlite_with(count, stub.url, kept / str(count)) for count in counts(options)]
            for number in range(options.rounds):
                await play_round(stub, options, filled, results)
                remark(f"round {number + 1} of {options.rounds} done")
    compared_with = "one_process" if options.curve else "empty" if filled else "floor"
    report(results, Load(options.rate, options.events, options.stub_ms), compared_with)


def counts(options: argparse.Namespace) -> tuple[int, ...]:
    return () if options.stored is None else tuple(options.stored) or STORED


async def play_round(
    stub: Stub, options: argparse.Namespace, filled: list[Subject], results: dict[str, Results]
) -> None:
    with ExitStack() as on_exit:
        folder = Path(on_exit.enter_context(tempfile.TemporaryDirectory(prefix="daumoi-bench-")))
        cluster = on_exit.enter_context(server_folder())
        if filled:
            chosen = filled
        elif options.curve:
            chosen = [subjects.on_postgres(stub.url, cluster, folder, processes) for processes in CURVE]
        else:
            chosen = side_by_side(stub.url, folder, cluster)
        for subject in chosen:
            if subject.name not in left_out:
                await measure_or_leave_out(subject, stub, options, results)


async def measure_or_leave_out(
    subject: Subject, stub: Stub, options: argparse.Namespace, results: dict[str, Results]
) -> None:
    """Who does not bring all replies within two minutes has no figures; the others are measured on."""
    remark(subject.name)
    try:
        await measure(subject, stub, options, results[subject.name])
    except TimeoutError:
        left_out.add(subject.name)
        del results[subject.name]
        remark(f"{subject.name} is left out: some replies never came ({stub.total} came)")


def side_by_side(stub: str, folder: Path, cluster: Path) -> list[Subject]:
    """Everything that does the same work; what cannot be had on this machine is left out, with a remark."""
    chosen = [subjects.floor(stub), subjects.floor(stub, "httpx")]
    try:
        chosen += peers(stub)
    except NotInstalled as reason:
        remark(f"aiogram, pywa and line-bot-sdk are left out: {reason}")
    chosen.append(subjects.on_sqlite(stub, folder))
    try:
        chosen += [subjects.on_postgres(stub, cluster, folder, processes) for processes in (1, 2)]
    except NoBinaries as missing:
        remark(f"PostgreSQL is left out: {missing}")
    return chosen


async def measure(subject: Subject, stub: Stub, options: argparse.Namespace, into: Results) -> None:
    stub.forget()
    async with aiohttp.ClientSession() as http, subjects.running(subject, http) as processes:
        into.ready.append(max(process.ready_after for process in processes))
        into.idle.append(max(process.memory_now() for process in processes))
        knocker = Knocker(http, subject.dialect, *(process.url for process in processes))
        try:
            await check_conversation(knocker, stub)
        except Wrong as wrong:
            raise Wrong(f"{subject.name}: {wrong}") from None
        replies_each = await warm_up(knocker, stub)
        into.samples += await steady(knocker, stub, options.rate, options.seconds)
        into.busy += await steady(knocker, stub, BUSY_RATE, options.seconds)
        before = sum(process.processor_time() for process in processes)
        into.per_second.append(await saturated(knocker, stub, options.events, replies_each))
        spent = sum(process.processor_time() for process in processes) - before
        into.processor.append(spent / options.events * 1e6)
        into.memory.append(max(process.memory() for process in processes))
        await settled(stub)


def remark(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
