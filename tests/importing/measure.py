"""What 20,000 rows cost, in a process of its own: `python -m tests.importing.measure KIND ROWS [URL]`."""

import json
import sys
import time
from contextlib import closing
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter  # type: ignore[import-untyped]

from app.directory.demo_data import load_demo
from app.importing.checking import check_all
from app.importing.deciding import accept, undo
from app.importing.moment import Moment
from app.importing.telling import tell_nobody
from app.importing.uploading import seal_file, upload
from app.kit.db import Database
from app.schema import upgrade
from tests.directory.files import NOW, SEALER

HEADS = {
    "employers": ("Tên đơn vị", "Mã đơn vị cũ", "Mã số thuế", "Mã cơ quan BHXH", "Mã chuyên quản"),
    "liaisons": ("Họ và tên", "Số điện thoại", "Email", "Mã đơn vị"),
    "workers": ("Họ và tên", "Mã số BHXH", "Mã đơn vị"),
}


def line(kind: str, number: int) -> tuple[str, ...]:
    match kind:
        case "employers":
            tax = f"42{number:08}"
            return (f"Công ty Số {number} (ví dụ)", f"TB{number % 100000:05}B", tax, "VD01", "CQ01")
        case "liaisons":
            return (
                f"Nguyễn Thị Ví Dụ {'Mai' * (number % 3)}",
                f"09{number:08}",
                f"a{number}@example.vn",
                "TA0001A",
            )
        case _:
            return ("Trần Văn Ví Dụ", f"56{number:08}", "TA0001A")


def workbook(kind: str, rows: int) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS[kind])
        for number in range(1, rows + 1):
            for place, text in enumerate(line(kind, number)):
                sheet.write_string(number, place, text)
    return content.getvalue()


def megabytes() -> float:
    """The most memory that this process has had."""
    # Not getrusage: a new program inherits the high-water mark of the one that started it.
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def measured(kind: str, rows: int, url: str) -> dict[str, object]:
    content = workbook(kind, rows)
    before = megabytes()
    with closing(Database(url)) as db:
        db.write_now(lambda tx: load_demo(tx, SEALER, NOW))
        at = Moment(SEALER, NOW, "staff:1")
        number = db.write_now(lambda tx: upload(tx, seal_file(SEALER, kind, "list.xlsx", content), at))
        started, worked = time.perf_counter(), time.process_time()
        check_all(db, at)
        checked, worked = time.perf_counter(), time.process_time() - worked
        accept(db, number, at, tell_nobody, approval_rows=10**9)
        applied = time.perf_counter()
        db.write_now(lambda tx: undo(tx, number, at))
        undone = time.perf_counter()
    return {
        "kind": kind,
        "rows": rows,
        "dry_run_s": round(checked - started, 2),
        "dry_run_cpu_s": round(worked, 2),
        "apply_s": round(applied - checked, 2),
        "undo_s": round(undone - applied, 2),
        "memory_mb": round(megabytes()),
        "before_mb": round(before),
    }


def main() -> None:
    kind, rows, *urls = sys.argv[1:]
    with TemporaryDirectory() as folder:
        url = urls[0] if urls else f"sqlite:///{folder}/daumoi.db"
        if not urls:
            upgrade(url)
        sys.stdout.write(json.dumps(measured(kind, int(rows), url)) + "\n")


if __name__ == "__main__":
    main()
