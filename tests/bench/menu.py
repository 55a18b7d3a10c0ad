"""The menu turn that the floor and the frameworks do: a question, five choices, an answer; all in memory."""

from collections import OrderedDict

ASK = "Anh/Chị cần giúp việc gì ạ?"
CHOICES = ("Cài đặt VssID", "Gặp sự cố khi dùng VssID", "Đăng ký làm đầu mối", "Đơn vị của tôi", "Việc khác")
REMEMBERED = 100_000
"""Message ids kept against repeats."""


def choice(text: str) -> str | None:
    """The choice that a number stands for."""
    number = int(text) if text.isdecimal() else 0
    return CHOICES[number - 1] if 1 <= number <= len(CHOICES) else None


def answer_to(chosen: str) -> str:
    return f"{chosen}: Anh/Chị cài cho ai ạ?"


class Seen:
    """The last message ids: what comes twice is not answered twice."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_repeat(self, message_id: str) -> bool:
        if message_id in self._ids:
            return True
        self._ids[message_id] = None
        if len(self._ids) > REMEMBERED:
            self._ids.popitem(last=False)
        return False
