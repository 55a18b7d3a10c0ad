"""The webhook's self-test: a signed knock at the public address, and what came of it in a plain sentence."""

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.audit.trail import record
from app.console.visit import Visit
from app.console.wellness import Sign
from app.inbox.knocks import ask_knock, has_arrived, knock_body
from app.zalo.knocking import PATIENCE, Silence, Unanswered, knock

if TYPE_CHECKING:
    from sqlalchemy import Connection

SUBJECT = "Tự kiểm tra webhook"
DOOR = "/webhook/zalo"

SILENT = {
    Silence.NO_SUCH_NAME: "Không tìm thấy tên miền {host}: bản ghi DNS chưa có hoặc gõ sai tên.",
    Silence.NOT_TRUSTED: (
        "Chứng chỉ HTTPS của {host} không hợp lệ (hết hạn, tự ký hoặc sai tên); Zalo sẽ không gọi vào."
    ),
    Silence.REFUSED: (
        "Tìm thấy {host} nhưng không kết nối được cổng {port}: chưa có chương trình nào "
        "nghe ở đó, hoặc tường lửa chặn."
    ),
    Silence.TOO_LATE: "{host} không trả lời trong {patience} giây; Zalo chỉ đợi 2 giây.",
    Silence.NOT_AN_ADDRESS: (
        "DAUMOI_PUBLIC_URL không phải một địa chỉ web; đặt lại, ví dụ https://daumoi.tinh.example.vn."
    ),
    Silence.BROKEN_OFF: "{host} nhận kết nối rồi ngắt giữa chừng; xem lại máy chủ trung gian (proxy).",
}
ANSWERED = {
    401: (
        "Tới được một hệ thống Đầu Mối, nhưng nơi đó không nhận chữ ký: "
        "DAUMOI_ZALO_OA_SECRET hoặc mã ứng dụng ở đó khác ở đây."
    ),
    403: "Có nơi chặn lệnh gọi trước khi tới hệ thống (403); xem lại tường lửa hoặc proxy.",
    404: (
        "{host} trả lời nhưng không có đường dẫn /webhook/zalo (404); proxy chưa chuyển đường dẫn này về đây."
    ),
    405: "{host} trả lời nhưng không nhận POST ở /webhook/zalo (405); địa chỉ này của một trang web khác.",
    413: "Proxy cho rằng sự kiện quá lớn (413); tăng giới hạn nội dung ở proxy.",
}
BEHIND = "Proxy ở {host} trả lời {status}: nó không gọi được tới hệ thống này."
MOVED = (
    "{host} chuyển sang địa chỉ khác ({status}); Zalo không đi theo. Đặt "
    "DAUMOI_PUBLIC_URL đúng địa chỉ cuối cùng."
)
OTHER = "{host} trả lời {status} thay vì 200."
NOT_SEEN = (
    "{host} trả lời 200 nhưng sự kiện thử không tới hệ thống này: địa chỉ đang trỏ "
    "vào một máy hoặc cơ sở dữ liệu khác."
)
ARRIVED = "Sự kiện thử có chữ ký đã đi từ địa chỉ công khai tới hệ thống này."
ONLY_HERE = (
    "{arrived} Nhưng {host} chỉ máy trong mạng nội bộ thấy: Zalo không gọi vào được. "
    "Đặt DAUMOI_PUBLIC_URL là tên miền công khai."
)
NOT_SAFE = "{arrived} Nhưng địa chỉ chưa phải HTTPS: Zalo chỉ nhận địa chỉ https://."
NO_SECRET = "Chưa có DAUMOI_ZALO_OA_SECRET để ký sự kiện thử."  # noqa: S105 - a sentence
NO_ADDRESS = "Chưa đặt DAUMOI_PUBLIC_URL: hệ thống chưa biết địa chỉ công khai của mình, Zalo cũng vậy."


async def knock_at_our_door(visit: Visit) -> Sign:
    """Sends one event that no ledger keeps to the public address, and looks whether it arrived here."""
    runtime = visit.desk.runtime
    settings, now = runtime.settings, visit.now
    if not settings.oa_secrets:
        return Sign(SUBJECT, "bad", NO_SECRET)
    if not settings.public_url:
        return Sign(SUBJECT, "bad", NO_ADDRESS)
    entry = visit.entry("oa.webhook_tested", f"oa:{settings.zalo_oa_id}")

    def ask(db: "Connection") -> str:
        record(db, entry)
        return ask_knock(db, now)

    word = await visit.write(ask)
    body, timestamp = knock_body(settings.zalo_app_id, settings.zalo_oa_id, word, now)
    try:
        answer = await knock(
            runtime.http,
            settings.public_url + DOOR,
            settings.zalo_app_id,
            settings.oa_secrets[0],
            body,
            timestamp,
        )
    except Unanswered as silence:
        return Sign(SUBJECT, "bad", _filled(SILENT[silence.why], settings.public_url))
    arrived = await visit.read(lambda db: has_arrived(db, word))
    return what_came_of_it(settings.public_url, answer.status, arrived=arrived)


def what_came_of_it(url: str, status: int, *, arrived: bool) -> Sign:
    if status != 200:
        return Sign(SUBJECT, "bad", _filled(_of_status(status), url, status))
    if not arrived:
        return Sign(SUBJECT, "bad", _filled(NOT_SEEN, url))
    if _only_here(url):
        return Sign(SUBJECT, "warn", _filled(ONLY_HERE, url))
    if not url.startswith("https://"):
        return Sign(SUBJECT, "warn", _filled(NOT_SAFE, url))
    return Sign(SUBJECT, "good", ARRIVED)


def _of_status(status: int) -> str:
    if 300 <= status < 400:
        return MOVED
    if status in (502, 503, 504):
        return BEHIND
    return ANSWERED.get(status, OTHER)


def _filled(sentence: str, url: str, status: int = 0) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or url, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # not even a port that is a number
        host, port = url, 0
    return sentence.format(host=host, port=port, status=status, patience=int(PATIENCE), arrived=ARRIVED)


def _only_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:  # a name
        return host == "localhost" or "." not in host or host.endswith((".local", ".lan", ".internal"))
