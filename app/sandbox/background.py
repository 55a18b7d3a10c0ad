"""Work that goes on after an answer was given: kept hold of, waited for in tests, ended at the end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Background:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._idle: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Result], *, idle: bool = False) -> asyncio.Task[Result]:
        """Runs it; `idle` work may take hours and does not keep `settled` from returning."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if idle:
            self._idle.add(task)
            task.add_done_callback(self._idle.discard)
        return task

    async def settled(self) -> None:
        """Returns when nothing but idle work is left."""
        while busy := {task for task in self._tasks - self._idle if not task.done()}:
            await asyncio.wait(busy)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        tasks = list(self._tasks)
        self.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
