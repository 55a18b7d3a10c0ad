"""The benchmark: `make bench`. One JSON line per figure on standard output, remarks on standard error.

Every subject runs in every round, so that figures of one run can be compared though machines differ; the
load and the pretend Zalo share one process and one clock.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.bench import subjects
from tests.bench.gate import Wrong, check_conversation
from tests.bench.knock import Knocker
from tests.bench.measure import Samples, saturated, steady, warm_up
from tests.bench.stub import Stub, running_stub
from tests.bench.subjects import Subject
from tests.postgres import NoBinaries, server_folder


@dataclass(slots=True)
class Results:
    samples: Samples = field(default_factory=Samples)
    per_second: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Microseconds of all its processes for one event at saturation, the database server not counted."""
    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures webhook to reply.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="of steady load in each round")
    parser.add_argument("--rate", type=int, default=20, help="events a second of steady load")
    parser.add_argument("--stub-ms", type=float, default=5.0, help="the pretend Zalo takes for an answer")
    parser.add_argument("--events", type=int, default=3000, help="at saturation in each round")
    try:
        asyncio.run(bench(parser.parse_args()))
    except Wrong as wrong:
        remark(f"not measured: {wrong}")
        return 1
    return 0


async def bench(options: argparse.Namespace) -> None:
    results: defaultdict[str, Results] = defaultdict(Results)
    async with running_stub(options.stub_ms / 1000) as stub:
        for number in range(options.rounds):
            await play_round(stub, options, results)
            remark(f"round {number + 1} of {options.rounds} done")
    report(results, options)


async def play_round(stub: Stub, options: argparse.Namespace, results: dict[str, Results]) -> None:
    with ExitStack() as on_exit:
        folder = Path(on_exit.enter_context(tempfile.TemporaryDirectory(prefix="daumoi-bench-")))
        cluster = on_exit.enter_context(server_folder())
        chosen = [subjects.floor(stub.url), subjects.floor(stub.url, "httpx")]
        chosen.append(subjects.on_sqlite(stub.url, folder))
        try:
            chosen += [subjects.on_postgres(stub.url, cluster, folder, processes) for processes in (1, 2)]
        except NoBinaries as missing:
            remark(str(missing))
        for subject in chosen:
            await measure(subject, stub, options, results[subject.name])


async def measure(subject: Subject, stub: Stub, options: argparse.Namespace, into: Results) -> None:
    stub.forget()
    async with aiohttp.ClientSession() as http, subjects.running(subject, http) as processes:
        knocker = Knocker(http, *(f"{process.url}/webhook/zalo" for process in processes))
        await check_conversation(knocker, stub)
        replies_each = await warm_up(knocker, stub)
        samples = await steady(knocker, stub, options.rate, options.seconds)
        into.samples.ack += samples.ack
        into.samples.reply += samples.reply
        before = sum(process.processor_time() for process in processes)
        into.per_second.append(await saturated(knocker, stub, options.events, replies_each))
        spent = sum(process.processor_time() for process in processes) - before
        into.processor.append(spent / options.events * 1e6)
        into.ready.append(max(process.ready_after for process in processes))
        into.memory.append(max(process.memory() for process in processes))


def report(results: dict[str, Results], options: argparse.Namespace) -> None:
    load = f"{options.rate} events/s"
    floor = next(iter(results.values()))
    for name, found in results.items():
        for what, times in (("ack", found.samples.ack), ("reply", found.samples.reply)):
            for percent in (50, 99):
                tell(f"{what}_p{percent}", name, percentile(times, percent), "ms", load)
        speed = statistics.median(found.per_second)
        tell("saturation", name, speed, "events/s", f"{options.events} events, 32 posts at once")
        shares = [mine / floors for mine, floors in zip(found.per_second, floor.per_second, strict=True)]
        tell("share_of_floor", name, statistics.median(shares), "", "saturation, round by round")
        tell(
            "processor",
            name,
            statistics.median(found.processor),
            "us/event",
            "saturation, database not counted",
        )
        tell("ready", name, statistics.median(found.ready), "s", "start to first answer")
        tell("memory", name, max(found.memory), "MiB", "highest")


def tell(figure: str, subject: str, value: float, unit: str, load: str) -> None:
    line = {"figure": figure, "subject": subject, "value": round(value, 2), "unit": unit, "load": load}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def remark(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
