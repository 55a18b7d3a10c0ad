"""`daumoi serve` on a clock that runs fast: an hour of waiting in a minute.

python -m tests.journeys.fast_bot '{"shown": …, "when_it_was": …, "rate": 60}' PORT
"""

import json
import sys
from datetime import UTC, datetime

import uvicorn

from app.kit.clock import ShiftedClock
from app.kit.logs import set_up_logs
from app.main import create_app
from app.runtime import open_runtime
from app.settings import Settings


def fast_clock(shown: str, when_it_was: str, rate: float) -> ShiftedClock:
    """The clock that showed one time at another of real time and has run at `rate` since."""
    passed = datetime.now(UTC) - datetime.fromisoformat(when_it_was)
    clock = ShiftedClock(rate=rate)
    clock.set(datetime.fromisoformat(shown) + passed * rate)
    return clock


if __name__ == "__main__":
    set_up_logs()
    app = create_app(open_runtime(Settings(), fast_clock(**json.loads(sys.argv[1]))))
    uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
