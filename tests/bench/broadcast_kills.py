"""A big broadcast through the sandbox: `python -m tests.bench.broadcast_kills --recipients 50000 --kills 5`.

One JSON line for each database: what both sides know in the end, and the memory of the bot.
"""

import argparse
import json
import tempfile
from pathlib import Path

from tests.bench.broadcasts import databases
from tests.journeys.broadcast_kills import RATE, SETTINGS, send_through_kills
from tests.journeys.processes import stage

BEGINS = "09:00"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.broadcast_kills")
    parser.add_argument("--recipients", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daumoi-broadcast-kills-") as name:
        for url in databases(Path(name)):
            kind = url.partition(":")[0].partition("+")[0]
            if given.database and kind not in given.database:
                continue
            folder = Path(name) / kind
            folder.mkdir()
            with stage(folder, url, RATE, **SETTINGS) as running:
                running.sleep_until(BEGINS, RATE)  # whatever the hour is outside
                figures = send_through_kills(running, given.recipients, given.kills, overnight=True)
                told = {"figure": "kills in the sandbox", "database": kind, **figures.as_json()}
            print(json.dumps(told, ensure_ascii=False), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
