"""How long the console takes for each page of a province's directory: `python -m tests.bench.pages`.

One JSON line for each page: what the browser waits, and what the server's processor does for it.
"""

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np

from app.kit.db import Database
from app.kit.seal import Sealer
from app.schema import upgrade
from app.staff.demo_accounts import PASSWORD
from tests.bench.full_office import fill
from tests.bench.subjects import SECRET_KEY
from tests.journeys.processes import DAUMOI, Process, free_port
from tests.postgres import server_folder, shared_server

PAGES = (
    "/", "/hop-thu", "/cau-hoi", "/suc-khoe", "/nhat-ky", "/nguoi-dung", "/zalo", "/gui-tin", "/gui-tin/moi",
    "/dau-moi", "/dau-moi?trang=900", "/dau-moi?trang_thai=pending", "/dau-moi?q=lan",
    "/dau-moi?q=nguyen+thi+lan", "/dau-moi?q=0900000123", "/dau-moi?q=TB00012X", "/dau-moi?xep=unit",
    "/dau-moi?xep=-seen", "/dau-moi?xep=state", "/dau-moi?xep=since", "/dau-moi?co_quan=1",
    "/dau-moi?can_bo=1", "/dau-moi?theo_doi=khong", "/dau-moi?im_lang=30", "/dau-moi/100",
    "/dau-moi/them?tim=sao+mai", "/dau-moi/trung", "/dau-moi/trung?loai=don-vi", "/doanh-nghiep",
    "/doanh-nghiep?q=sao", "/doanh-nghiep?thieu=can-bo", "/doanh-nghiep?thieu=dau-moi",
    "/doanh-nghiep?xep=officer", "/doanh-nghiep/1", "/doanh-nghiep/1/sua", "/can-bo",
    "/can-bo?xep=-employers", "/can-bo/1", "/co-quan", "/co-quan/1", "/nguoi-nhan", "/nguoi-nhan?q=lan",
    "/nguoi-nhan?im_lang=30", "/nguoi-nhan?xep=name", "/chua-dang-ky", "/chua-dang-ky?q=sao+mai",
    "/chua-dang-ky?xep=name", "/chua-dang-ky?xep=-open", "/chua-dang-ky/100", "/nhap-excel",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages")
    parser.add_argument("--times", type=int, default=40, help="each page is asked for")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="daumoi-pages-")))
        server = _served(_filled(options.database, folder, ending), folder)
        ending.callback(server.kill)
        server.start()
        browser = ending.enter_context(closing(_signed_in(server.url)))
        for page in PAGES:
            print(json.dumps(_measured(browser, server, page, options.times)), flush=True)  # noqa: T201


def _filled(kind: str, folder: Path, ending: ExitStack) -> str:
    url = f"sqlite:///{folder / 'daumoi.db'}"
    if kind == "postgresql":
        server = shared_server(ending.enter_context(server_folder()), ())
        server.execute("CREATE DATABASE pages")
        url = server.url("pages")
    upgrade(url)
    began = time.monotonic()
    with closing(Database(url)) as database:
        fill(database, Sealer(SECRET_KEY), datetime.now(UTC))
        database.write_now(lambda tx: tx.exec_driver_sql("ANALYZE"))
    print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr)  # noqa: T201
    return url


def _served(url: str, folder: Path) -> Process:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        "DAUMOI_DEMO": "1",
        "DAUMOI_DATABASE_URL": url,
        "DAUMOI_SECRET_KEY": SECRET_KEY,
        "DAUMOI_PUBLIC_URL": base,
        "DAUMOI_ZALO_OA_ID": "2",
        "DAUMOI_SPOOL_DIR": str(folder / "spool"),
    }
    return Process([*DAUMOI, "serve", "--port", str(port)], environment, base, "/healthz", folder / "log")


def _signed_in(base: str) -> httpx.Client:
    browser = httpx.Client(
        base_url=f"{base}/console", headers={"sec-fetch-site": "same-origin"}, timeout=60, trust_env=False
    )
    answer = browser.post("/dang-nhap", data={"ten": "quantri", "mat_khau": PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser


def _measured(browser: httpx.Client, server: Process, page: str, times: int) -> dict[str, object]:
    browser.get(page)
    waited, worked = [], []
    for _ in range(times):
        began, before = time.perf_counter(), _processor_ms(server.pid)
        answer = browser.get(page)
        waited.append((time.perf_counter() - began) * 1000)
        worked.append(_processor_ms(server.pid) - before)
        assert answer.status_code == 200, (page, answer.status_code)
    return {
        "page": page,
        "p50_ms": round(float(np.percentile(waited, 50)), 1),
        "p95_ms": round(float(np.percentile(waited, 95)), 1),
        "cpu_p50_ms": round(float(np.percentile(worked, 50)), 1),
        "cpu_p95_ms": round(float(np.percentile(worked, 95)), 1),
        "kb": len(answer.content) // 1024,
    }


def _processor_ms(pid: int) -> float:
    """What all threads of a process have run so far."""
    threads = Path(f"/proc/{pid}/task")
    return sum(int((one / "schedstat").read_text().split()[0]) for one in threads.iterdir()) / 1e6


if __name__ == "__main__":
    main()
