"""The bot's processes on a clock that runs fast: an hour of waiting in a minute.

python -m tests.journeys.fast_bot '{"shown": …, "when_it_was": …, "rate": 60}' serve --port PORT [--no-runner]
python -m tests.journeys.fast_bot '{…}' runner
"""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime

import uvicorn

from app.kit.clock import ShiftedClock
from app.kit.logs import set_up_logs
from app.main import create_app, run_runner
from app.runtime import open_runtime
from app.settings import Settings


def fast_clock(shown: str, when_it_was: str, rate: float) -> ShiftedClock:
    """The clock that showed one time at another of real time and has run at `rate` since."""
    passed = datetime.now(UTC) - datetime.fromisoformat(when_it_was)
    clock = ShiftedClock(rate=rate)
    clock.set(datetime.fromisoformat(shown) + passed * rate)
    return clock


def main(clock: str, command: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("serve", "runner"))
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-runner", action="store_true")
    asked = parser.parse_args(command)
    set_up_logs()
    runtime = open_runtime(Settings(), fast_clock(**json.loads(clock)))
    if asked.kind == "runner":
        asyncio.run(run_runner(runtime))
    else:
        app = create_app(runtime, with_runner=not asked.no_runner)
        uvicorn.run(app, port=asked.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
