"""The Vietnamese lines for states, ways and reasons: what happened, and what the system does about it."""

from collections.abc import Mapping

from app.broadcasts.models import RecipientState
from app.broadcasts.rules import Reason
from app.outbox.ways import Way, Why
from app.zalo.errors import Family, error_of

WAYS: Mapping[Way, str] = {
    Way.FREE: "Trả lời miễn phí (48 giờ)",
    Way.PAID: "Trả lời có phí (7 ngày)",
    Way.TEMPLATE: "Tin theo mẫu qua tài khoản Zalo",
    Way.PHONE: "Tin theo mẫu qua số điện thoại",
    Way.EMAIL: "Thư điện tử",
}
STATES: Mapping[RecipientState, str] = {
    RecipientState.PLANNED: "chờ gửi",
    RecipientState.CLAIMED: "đang gửi",
    RecipientState.SENT: "đã gửi",
    RecipientState.DELIVERED: "đã nhận",
    RecipientState.SEEN: "đã xem",
    RecipientState.FAILED: "không gửi được",
    RecipientState.SKIPPED: "bỏ qua",
    RecipientState.UNKNOWN: "chưa rõ",
}
REASONS: Mapping[str, str] = {
    Why.STOPPED: "Đã xin dừng nhận tin. Hệ thống không gửi.",
    Why.SHUT_OUT: "Đã chặn hoặc tắt tin của OA trên Zalo. Hệ thống gửi lại khi người này nhắn cho OA.",
    Why.SILENT: "Hơn 7 ngày chưa nhắn cho OA và không còn cách nào khác. Hãy thêm mẫu tin hoặc thư điện tử.",
    Why.NEVER_WROTE: "Chưa từng nhắn cho OA và không có cách nào khác. Hãy thêm mẫu tin hoặc thư điện tử.",
    Why.REFUSED: "Mọi cách đều bị từ chối. Có thể bấm “gửi lại” sau khi xử lý nguyên nhân.",
    Why.NO_ADDRESS: "Chưa có Zalo, số điện thoại hay thư điện tử dùng được.",
    Why.NOT_ALLOWED: "Có cách gửi nhưng đợt này không cho dùng.",
    Reason.TOO_LONG: "Nội dung điền vào quá dài so với giới hạn của Zalo.",
    Reason.UNREADABLE: "Khoá bí mật đã đổi nên không đọc được. Cần kỹ thuật thêm khoá cũ rồi “gửi lại”.",
    Reason.NO_VALUE: "Thiếu thông tin mà nội dung cần (ví dụ đơn vị, hạn, cán bộ).",
    Reason.ENDED: "Không còn là đầu mối khi đến lượt.",
    Reason.NOT_MEANT: "Không còn thuộc đối tượng khi đến lượt (ví dụ danh sách đã xong).",
    Reason.ENOUGH: "Đã được nhắc đủ số lần cho phép.",
    Reason.DONE: "Đã trả lời “đã xong”.",
    Reason.BROADCAST_STOPPED: "Đợt gửi bị dừng trước khi đến lượt.",
    Reason.IN_DOUBT: "Không nhận được trả lời và không tra được. Hệ thống không tự gửi lại.",
    Reason.NO_ANSWER: "Gọi nhiều lần không có trả lời; tra thấy tin chưa đến. Có thể bấm “gửi lại”.",
}


def reason_line(reason: str, error_code: int | None, way: Way | None = None) -> str:
    """What staff read: our own line, and behind it what Zalo or the mail server said, if they did."""
    line = REASONS.get(reason, reason)
    return line if error_code is None else f"{line} ({refusal_line(error_code, way)})"


def refusal_line(error_code: int, way: Way | None) -> str:
    """The same number means one thing in a chat, another to a phone number, a third in an e-mail."""
    if way is Way.EMAIL:
        return f"Máy chủ thư {error_code}: không nhận thư gửi tới địa chỉ này."
    family = Family.ZBS if way is Way.PHONE else Family.OA
    return f"Zalo {error_code}: {error_of(error_code, '', family).staff_line}"
