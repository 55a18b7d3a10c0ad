"""How broadcasts and reminders are called on their pages: states with tone and sign, weekdays."""

from app.broadcasts.models import BroadcastState, RecipientState, ReminderState

STATES = {
    BroadcastState.DRAFT: ("Bản nháp", "plain", "edit"),
    BroadcastState.PLANNING: ("Đang lập danh sách", "primary", "clock-play"),
    BroadcastState.PLANNED: ("Chưa gửi", "warn", "checklist"),
    BroadcastState.TESTING: ("Đang gửi thử", "primary", "send"),
    BroadcastState.SCHEDULED: ("Đã hẹn giờ", "primary", "calendar-event"),
    BroadcastState.SENDING: ("Đang gửi", "primary", "send"),
    BroadcastState.PAUSED: ("Tạm dừng", "warn", "player-pause"),
    BroadcastState.HALTED: ("Tự dừng vì lỗi", "bad", "alert-triangle"),
    BroadcastState.DONE: ("Đã xong", "good", "circle-check"),
    BroadcastState.STOPPED: ("Đã dừng hẳn", "plain", "ban"),
}
RECIPIENT_TONES = {
    RecipientState.PLANNED: "plain",
    RecipientState.CLAIMED: "primary",
    RecipientState.SENT: "primary",
    RecipientState.DELIVERED: "good",
    RecipientState.SEEN: "good",
    RecipientState.FAILED: "bad",
    RecipientState.SKIPPED: "warn",
    RecipientState.UNKNOWN: "handoff",
}
REMINDER_STATES = {
    ReminderState.ACTIVE: ("Đang bật", "good", "repeat"),
    ReminderState.PAUSED: ("Đang tắt", "plain", "player-pause"),
    ReminderState.ENDED: ("Đã kết thúc", "plain", "ban"),
}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
ANSWERS = {"done": "Đã xong", "help": "Cần hỗ trợ"}


def in_words(refusal: Exception) -> str:
    """A refusal of the room's, with the state by the name that the pages use."""
    text = str(refusal)
    for state, (words, _, _) in STATES.items():
        text = text.replace(f"“{state}”", f"“{words}”")
    return text
