"""Whether the service is well, a plain Vietnamese sentence for each thing that must be."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.credentials.ledger import Link, read_link
from app.credentials.models import LinkState
from app.inbox.ledger import last_received
from app.inbox.queries import count_given_up, read_unsettled
from app.kit.seal import BrokenSeal
from app.look.formats import ago, day, decimal, hour, number, span
from app.metrics import WEBHOOKS
from app.outbox.queries import read_backlog
from app.runtime import Runtime, sqlite_file
from app.work.runners import count_living

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEAST_FREE = 500 * 1024 * 1024
SLOW = timedelta(minutes=2)
"""How old the oldest waiting thing may be before that is worth a word."""
QUIET = timedelta(days=3)
"""Nothing from Zalo for this long is odd at any office."""


@dataclass(frozen=True, slots=True)
class Sign:
    """`tone` is good, warn or bad; `sentence` says how it is and, where it is not well, what to do."""

    subject: str
    tone: str
    sentence: str


def read_signs(db: "Connection", runtime: Runtime, now: datetime) -> list[Sign]:
    """Everything that can be seen from the database and this process."""
    return [
        Sign("Cơ sở dữ liệu", "good", f"{_kind(runtime)} trả lời, bảng đúng phiên bản."),
        token_sign(db, runtime, now),
        webhook_sign(db, now),
        *_queues(db, now),
        _runners(db, runtime),
        disk_sign(runtime),
    ]


def token_sign(db: "Connection", runtime: Runtime, now: datetime) -> Sign:
    name = "Mã truy cập Zalo"
    try:
        link = read_link(db, runtime.sealer, runtime.settings.zalo_oa_id)
    except BrokenSeal:
        return Sign(
            name,
            "bad",
            "Không mở được mã đã lưu: khóa DAUMOI_SECRET_KEY đã đổi. Đặt lại khóa cũ sau dấu phẩy.",
        )
    if link is None:
        return Sign(name, "bad", "Chưa kết nối OA. Quản trị viên mở mục Kết nối Zalo và bấm Kết nối.")
    if link.state is LinkState.NEEDS_CONSENT:
        return Sign(
            name, "bad", "Zalo không còn nhận mã; quản trị viên OA cần cấp quyền lại ở mục Kết nối Zalo."
        )
    return _of_link(name, link, now)


def _of_link(name: str, link: Link, now: datetime) -> Sign:
    if link.expires_at <= now:
        return Sign(
            name, "bad", f"Mã hết hạn lúc {hour(link.expires_at)} {day(link.expires_at)}, đang thử gia hạn."
        )
    left, due = span(link.expires_at - now), link.renewal_due_at()
    if due <= now:
        return Sign(name, "warn", f"Còn {left}, đã tới lúc gia hạn mà chưa được; hệ thống thử lại mỗi phút.")
    return Sign(name, "good", f"Còn {left}, tự gia hạn lúc {hour(due)} {day(due)}.")


def webhook_sign(db: "Connection", now: datetime) -> Sign:
    last = last_received(db)
    forged = int(WEBHOOKS.labels("forged")._value.get())
    warned = f" Từ lúc khởi động có {number(forged)} lần chữ ký sai." if forged else ""
    if last is None:
        return Sign(
            "Webhook", "warn", f"Chưa nhận sự kiện nào. Bấm Kiểm tra ở trang webhook của Zalo.{warned}"
        )
    tone = "warn" if forged or now - last > QUIET else "good"
    return Sign("Webhook", tone, f"Sự kiện gần nhất: {ago(last, now)}.{warned}")


def _queues(db: "Connection", now: datetime) -> Iterator[Sign]:
    unsettled, given_up = read_unsettled(db), count_given_up(db, now - timedelta(days=1))
    if given_up:
        yield Sign(
            "Tin đến",
            "bad",
            f"{number(given_up)} sự kiện trong 24 giờ qua xử lý không được; cần kỹ thuật xem.",
        )
    elif unsettled.oldest_at is not None and now - unsettled.oldest_at > SLOW:
        waited = span(now - unsettled.oldest_at)
        yield Sign("Tin đến", "warn", f"{number(unsettled.count)} sự kiện đang chờ, lâu nhất {waited}.")
    else:
        yield Sign("Tin đến", "good", f"{number(unsettled.count)} sự kiện đang chờ xử lý.")
    backlog = read_backlog(db)
    late = backlog.oldest_due_at is not None and now - backlog.oldest_due_at > SLOW
    unknown = f" {number(backlog.unknown)} tin chưa rõ đã tới chưa." if backlog.unknown else ""
    tone = "warn" if late or backlog.unknown else "good"
    yield Sign("Tin đi", tone, f"{number(backlog.waiting)} tin đang chờ gửi.{unknown}")


def _runners(db: "Connection", runtime: Runtime) -> Sign:
    # Alone on an SQLite file a runner keeps no heartbeat: it is this very process.
    alone = runtime.db.is_sqlite and runtime.runner is not None
    living = 1 if alone else count_living(db)
    if living:
        return Sign("Tiến trình xử lý", "good", f"{number(living)} tiến trình đang chạy.")
    return Sign(
        "Tiến trình xử lý", "bad", "Không có tiến trình nào chạy: tin đến được ghi lại nhưng chưa ai trả lời."
    )


def disk_sign(runtime: Runtime) -> Sign:
    file = sqlite_file(runtime.settings.database_url)
    free = shutil.disk_usage(Path() if file is None else file.parent).free
    tone = "good" if free >= LEAST_FREE else "bad"
    return Sign("Đĩa", tone, f"Còn trống {decimal(free / 2**30)} GB.")


def _kind(runtime: Runtime) -> str:
    return "SQLite" if runtime.db.is_sqlite else "PostgreSQL"
