"""Vietnamese formats: 1.284 · 93,2% · 23/11/2026 · Thứ Hai · 08:19 · 0912 345 678 · 18 phút trước."""

import re
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from app.kit.clock import VIETNAM

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

# A link ends before closing punctuation, so that "(https://… )." keeps its bracket and full stop outside.
WEB_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}…]")


def number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def decimal(value: float, digits: int = 1) -> str:
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def percent(share: float) -> str:
    return f"{decimal(share * 100)}%"


def day(at: datetime) -> str:
    return at.astimezone(VIETNAM).strftime("%d/%m/%Y")


def iso_day(at: datetime) -> str:
    """As a date field of a form wants it."""
    return at.astimezone(VIETNAM).date().isoformat()


def hour(at: datetime) -> str:
    return at.astimezone(VIETNAM).strftime("%H:%M")


def hour_exact(at: datetime) -> str:
    return at.astimezone(VIETNAM).strftime("%H:%M:%S")


def weekday(at: datetime) -> str:
    return WEEKDAYS[at.astimezone(VIETNAM).weekday()]


def long_day(at: datetime) -> str:
    return f"{weekday(at)}, {day(at)}"


def day_name(at: datetime, now: datetime) -> str:
    """How a chat heads a day: today and yesterday by name, others in full."""
    days = (now.astimezone(VIETNAM).date() - at.astimezone(VIETNAM).date()).days
    match days:
        case 0:
            return "Hôm nay"
        case 1:
            return "Hôm qua"
        case _:
            return long_day(at)


def span(length: timedelta) -> str:
    """The two largest units: "6 ngày 23 giờ", "3 giờ 5 phút", "dưới 1 phút"."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "dưới 1 phút"
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "ngày"), (hours, "giờ"), (minutes, "phút")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2])


def ago(at: datetime, now: datetime) -> str:
    """Minutes or hours ("18 phút trước") within a day, the date after that."""
    gone = now - at
    if gone < timedelta(minutes=1):
        return "vừa xong"
    if gone < timedelta(hours=1):
        return f"{gone // timedelta(minutes=1)} phút trước"
    if gone < timedelta(hours=24):
        return f"{gone // timedelta(hours=1)} giờ trước"
    return day(at)


def phone(digits: str) -> str:
    """0912 345 678; what is not a Vietnamese number of ten digits is shown as it came."""
    plain = re.sub(r"[^\d]", "", digits)
    if plain.startswith("84") and len(plain) == 11:
        plain = "0" + plain[2:]
    if len(plain) != 10 or not plain.startswith("0"):
        return digits
    return f"{plain[:4]} {plain[4:7]} {plain[7:]}"


def initials(name: str) -> str:
    """Two letters for a round picture: "Trần Thị Lan (ví dụ)" → "TL"."""
    words = [word for word in name.partition("(")[0].split() if word[0].isalpha()]
    if not words:
        return "?"
    last = words[-1][0] if len(words) > 1 else ""
    return (words[0][0] + last).upper()


def hue(key: str) -> int:
    """One of five quiet colours, the same for the same key every time."""
    return sum(map(ord, key)) % 5


def chat_text(text: str) -> Markup:
    """What a chat shows of a text: escaped, lines kept, web addresses made links."""
    return Markup("<br>").join(_with_links(line) for line in text.split("\n"))


def _with_links(line: str) -> Markup:
    shown = Markup()
    end = 0
    for link in WEB_LINK.finditer(line):
        shown += escape(line[end : link.start()])
        shown += Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(link[0])
        end = link.end()
    return shown + escape(line[end:])
