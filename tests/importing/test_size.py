"""20,000 rows: ten seconds of work and 300 MB at most, measured in a process of its own."""

import json
import subprocess
import sys

import pytest

from app.kit.db import Database

ROWS = 20_000


@pytest.mark.parametrize(
    ("kind", "database"),
    [("employers", "sqlite_db"), ("liaisons", "postgres_db"), ("workers", "sqlite_db")],
)
def test_twenty_thousand_rows_are_read_in_time_and_in_little_memory(
    request: pytest.FixtureRequest, kind: str, database: str
) -> None:
    db: Database = request.getfixturevalue(database)
    url = db.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.importing.measure", kind, str(ROWS), url]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    figures = json.loads(ran.stdout)
    sys.stdout.write(f"{db.url.get_backend_name()}: {ran.stdout}")
    # Of work, not by the clock: other tests run beside this one, and wait for the same processors.
    assert figures["dry_run_cpu_s"] <= 10
    assert figures["memory_mb"] <= 300
