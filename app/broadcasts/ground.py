"""What planning and sending stand on; built once per process."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.broadcasts.rules import SendHours, read_hours
from app.kit.seal import Sealer
from app.outbox.ways import Way

YEARS = range(2025, 2051)


@dataclass(frozen=True, slots=True)
class Ground:
    sealer: Sealer
    hours: SendHours
    prices: Mapping[Way, int]
    public_url: str
    bulk_per_minute: int
    """Calls that broadcasts may make: the rate without the share of replies."""
    second_person_above: int = 500
    halt_above: float = 0.3
    mail: bool = False
    """Whether e-mail can be sent at all."""


def send_hours(text: str) -> SendHours:
    """Opening hours as written in the settings, with the days off of `holidays.toml`."""
    raw = tomllib.loads(Path(__file__).with_name("holidays.toml").read_text(encoding="utf-8"))
    fixed: Iterable[str] = raw["every_year"]
    yearly = {date.fromisoformat(f"{year}-{day}") for year in YEARS for day in fixed}
    return SendHours(*read_hours(text), frozenset(yearly | set(raw["days"])))
