"""README's table of measured figures: `python -m tests.bench.table FILE…` writes it from what was printed.

The first file is what `make bench` printed; figures of the others (curve, stored messages, broadcasts, kills)
follow as a list. Nothing is typed by hand: what is not in the files is not in the table.
"""

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.readme_tables import README

COLUMNS = (
    ("ack_p99", "ack p99, ms"),
    ("busy_ack_p99", "ack p99 at 100/s, ms"),
    ("reply_p50", "reply p50, ms"),
    ("reply_p99", "reply p99, ms"),
    ("saturation", "events/s"),
    ("share_of_floor", "of the floor"),
    ("processor", "µs/event"),
    ("ready", "start, s"),
    ("memory_idle", "MiB at start"),
    ("memory", "MiB, highest"),
)
KNOWN = {"figure", "subject"}
MARKED = re.compile(r"(<!-- bench -->\n).*(<!-- /bench -->)", re.DOTALL)

Line = Mapping[str, Any]


def main(files: Sequence[str]) -> None:
    first, *others = ([*lines_of(Path(file))] for file in files)
    table = "\n".join([measured_on(), "", *side_by_side(first), "", *listed(others)]).rstrip()
    text = README.read_text(encoding="utf-8")
    README.write_text(between_marks(text, table), encoding="utf-8")


def lines_of(file: Path) -> Iterator[Line]:
    """What is a JSON object among what was printed; make's own lines are none."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def measured_on() -> str:
    day = datetime.now(UTC).date().isoformat()
    return f"Measured {day} on {os.cpu_count()} cores with Python {platform.python_version()}."


def side_by_side(lines: Sequence[Line]) -> list[str]:
    """A row for each subject, a column for each figure."""
    values = {(line["subject"], line["figure"]): line["value"] for line in lines}
    titles = [title for _, title in COLUMNS]
    rows = [
        [subject, *(shown(values.get((subject, figure))) for figure, _ in COLUMNS)]
        for subject in dict.fromkeys(line["subject"] for line in lines)
    ]
    return as_table(["subject", *titles], rows)


def listed(files: Iterable[Sequence[Line]]) -> list[str]:
    rows = [
        [str(line.get("figure", "")), str(line.get("subject", "")), value_of(line)]
        for lines in files
        for line in lines
    ]
    return as_table(["figure", "subject", "value"], rows) if rows else []


def value_of(line: Line) -> str:
    if "value" in line:
        load = f"({line['load']})" if line.get("load") else ""
        return " ".join(f"{shown(line['value'])} {line.get('unit', '')} {load}".split())
    return ", ".join(f"{name} {shown(value)}" for name, value in line.items() if name not in KNOWN)


def shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:g}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def as_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    escaped = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows)
    return [f"| {' | '.join(titles)} |", "|" + "---|" * len(titles), *(f"| {row} |" for row in escaped)]


def between_marks(text: str, table: str) -> str:
    return MARKED.sub(lambda marks: f"{marks[1]}{table}\n{marks[2]}", text)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
