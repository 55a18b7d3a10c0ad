"""What waits to be written: closures one by one, and items of one verb that are written in one call."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

Item = TypeVar("Item")
Result = TypeVar("Result")

Verb = Callable[[Connection, Sequence[Item]], Sequence[Result | Exception]]
"""Writes many items in one transaction and says of each what came of it, or why nothing of it was written.

Raises what takes the whole transaction back; the items are then tried one by one.
"""


@dataclass(slots=True, frozen=True)
class Job:
    verb: Verb[Any, Any]
    item: Any
    done: asyncio.Future[Any]


@dataclass(slots=True, frozen=True)
class Outcome:
    job: Job
    value: Any = None
    error: BaseException | None = None


def run_each(db: Connection, works: Sequence[Callable[[Connection], Any]]) -> list[Any]:
    """The verb of those who bring a function of their own."""
    return [work(db) for work in works]


def by_verb(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """The jobs of each verb together, in their order; verbs in the order in which they came first."""
    groups: dict[Verb[Any, Any], list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.verb, []).append(job)
    return iter(groups.values())


def write_group(db: Connection, jobs: Sequence[Job]) -> list[Outcome]:
    results = jobs[0].verb(db, [job.item for job in jobs])
    return [
        Outcome(job, error=result) if isinstance(result, Exception) else Outcome(job, result)
        for job, result in zip(jobs, results, strict=True)
    ]


def announce(outcomes: Sequence[Outcome]) -> None:
    """Wakes those who wait, with one call into each event loop for the whole commit."""
    loops = {outcome.job.done.get_loop() for outcome in outcomes}
    for loop in loops:
        mine = [outcome for outcome in outcomes if outcome.job.done.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, mine)


def _settle(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.job.done.done():  # the caller was cancelled; the transaction stands
            continue
        if outcome.error is not None:
            outcome.job.done.set_exception(outcome.error)
        else:
            outcome.job.done.set_result(outcome.value)
