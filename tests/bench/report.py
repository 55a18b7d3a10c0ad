"""What was measured, a JSON line for each figure."""

import json
import statistics
import sys
from dataclasses import dataclass, field

from tests.bench.measure import POSTS_AT_ONCE, Samples

BUSY_RATE = 100
"""Events a second at which an acknowledgement has to come in time."""


@dataclass(slots=True)
class Results:
    samples: Samples = field(default_factory=Samples)
    busy: Samples = field(default_factory=Samples)
    per_second: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Microseconds of all its processes for one event at saturation, the database server not counted."""
    ready: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Load:
    rate: int
    events: int
    stub_ms: float

    @property
    def saturation(self) -> str:
        return f"{self.events} events, {POSTS_AT_ONCE} posts at once, stub {self.stub_ms:g} ms"


def report(results: dict[str, Results], load: Load, compared_with: str) -> None:
    """The first subject is what the others are compared with, round by round."""
    first = next(iter(results.values()))
    for name, found in results.items():
        for what, times in (("ack", found.samples.ack), ("reply", found.samples.reply)):
            for percent in (50, 99):
                tell(f"{what}_p{percent}", name, percentile(times, percent), "ms", f"{load.rate} events/s")
        tell("busy_ack_p99", name, percentile(found.busy.ack, 99), "ms", f"{BUSY_RATE} events/s")
        tell("saturation", name, statistics.median(found.per_second), "events/s", load.saturation)
        tell(f"share_of_{compared_with}", name, _share(found.per_second, first.per_second), "", "saturation")
        cost = statistics.median(found.processor)
        tell("processor", name, cost, "us/event", "saturation, database server not counted")
        cost_share = _share(found.processor, first.processor)
        tell(f"processor_to_{compared_with}", name, cost_share, "", "saturation, round by round")
        tell("ready", name, statistics.median(found.ready), "s", "start to first answer")
        tell("memory_idle", name, max(found.idle), "MiB", "a process that has just started")
        tell("memory", name, max(found.memory), "MiB", "a process, highest")


def _share(mine: list[float], others: list[float]) -> float:
    return statistics.median(my / other for my, other in zip(mine, others, strict=True))


def tell(figure: str, subject: str, value: float, unit: str, load: str) -> None:
    line = {"figure": figure, "subject": subject, "value": round(value, 2), "unit": unit, "load": load}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]
