"""What stands beside the text while it is written: the message as Zalo shows it, and the list of checks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.broadcasts.content import LABELS, ButtonKind, Content, Field, fill
from app.broadcasts.drafts import Enclosed, read_enclosed
from app.broadcasts.forecast import Example, Forecast, read_forecast
from app.broadcasts.ground import Ground
from app.broadcasts.wordings import REASONS, WAYS
from app.console.compose_form import Composed
from app.kit.vietnamese import nfc
from app.look.bubbles import Bubble, BubbleButton, Enclosure, Press, Side
from app.look.bubbles import Enclosed as EnclosedAs
from app.look.formats import hour, long_day, number
from app.zalo.messages import MAX_TEXT
from app.zalo.uploads import UploadKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

EXAMPLE_VALUES: Mapping[str, str] = {
    Field.ADDRESS.value: "Anh/Chị",
    Field.NAME.value: "Nguyễn Văn Ví Dụ",
    Field.UNIT.value: "Công ty Ví Dụ",
    Field.NOT_INSTALLED.value: "12",
    Field.DUE.value: "15/12/2026",
    Field.OFFICER.value: "Trần Thị Ví Dụ",
}
"""For a text that means nobody yet."""


SIGNS = {"good": "circle-check", "warn": "alert-triangle", "bad": "alert-circle"}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list; `tone` is good, warn, bad or primary."""

    tone: str
    text: str

    @property
    def sign(self) -> str:
        return SIGNS.get(self.tone, "clock")


@dataclass(frozen=True, slots=True)
class Preview:
    bubbles: list[Bubble]
    """The picture or file, when there is one, and the text after it."""
    enclosed: Enclosed | None
    checks: list[Check]
    examples: tuple[Example, ...]
    chosen: Example | None
    forecast: Forecast | None

    @property
    def fine(self) -> bool:
        return all(check.tone != "bad" for check in self.checks)


def read_preview(
    db: "Connection", ground: Ground, composed: Composed, wanted: str, now: datetime, *, count: bool = True
) -> Preview:
    """`wanted` is the key of the person whose message is shown; the first of the audience otherwise.

    Without `count` nobody is looked for yet, and an invented person's message is shown.
    """
    forecast = None
    if count and composed.audience_is_right and composed.text_is_right and composed.new.ways:
        forecast = read_forecast(db, ground, composed.new, now)
    examples = forecast.examples if forecast else ()
    chosen = next((one for one in examples if one.key == wanted), examples[0] if examples else None)
    values = chosen.values if chosen else EXAMPLE_VALUES
    content = composed.new.content
    number = composed.new.attachment_id
    enclosed = None if number is None else read_enclosed(db, number)
    bubbles = bubbles_of(content, values if composed.text_is_right else None, enclosed, now)
    checks = list(_checks(composed, forecast, bubbles[-1], chosen, ground, now))
    return Preview(bubbles, enclosed, checks, examples, chosen, forecast)


def bubbles_of(
    content: Content, values: Mapping[str, str] | None, enclosed: Enclosed | None, at: datetime
) -> list[Bubble]:
    """What comes into the chat, in order: Zalo takes a file and a text as two messages."""
    if enclosed is None:
        return [bubble_of(content, values, at)]
    kind = Enclosure(
        EnclosedAs.PHOTO if enclosed.kind is UploadKind.IMAGE else EnclosedAs.FILE, enclosed.name
    )
    return [
        Bubble("kem-theo", Side.OA, at, enclosure=kind),
        replace(bubble_of(content, values, at), first=False),
    ]


def bubble_of(content: Content, values: Mapping[str, str] | None, at: datetime) -> Bubble:
    """The message as the phone will show it; without values the fields are left as they are typed."""
    text = nfc(content.text)
    if values is not None:
        text = fill(content.text, {name: value or f"[thiếu {name}]" for name, value in values.items()})
    buttons = tuple(
        BubbleButton(
            push.label or LABELS[push.kind],
            Press.LINK if push.kind is ButtonKind.GUIDE and "://" in push.target else Press.REPLY,
            push.target,
        )
        for push in content.buttons
    )
    return Bubble("xem-truoc", Side.OA, at, text or "…", buttons=buttons)


def _checks(
    composed: Composed,
    forecast: Forecast | None,
    bubble: Bubble,
    chosen: Example | None,
    ground: Ground,
    now: datetime,
) -> Iterator[Check]:
    yield from (Check("bad", fault) for name, fault in composed.faults.items() if name != "ten")
    if composed.text_is_right:
        length = len(bubble.text.encode("utf-16-le")) // 2
        yield Check(
            "good" if length <= MAX_TEXT else "bad",
            f"Nội dung {number(length)} ký tự, giới hạn {number(MAX_TEXT)}",
        )
    if chosen is not None and not all(chosen.values.values()):
        missing = ", ".join(name for name, value in chosen.values.items() if not value)
        yield Check("warn", f"{chosen.name or 'Người này'} chưa có: {missing}")
    if forecast is not None:
        yield from forecast_checks(forecast, ground, now)


def forecast_checks(forecast: Forecast, ground: Ground, now: datetime) -> Iterator[Check]:
    for target in forecast.missing:
        yield Check("bad", f"Không còn trong danh bạ: {target}. Quy tắc này không gửi cho ai cả.")
    if forecast.missing:
        return
    more = "" if forecast.whole else "Trên "
    if forecast.reached:
        yield Check("good", f"{more}{number(forecast.reached)} người nhận được")
    else:
        yield Check("bad", "Chưa có người nhận nào")
    for way, count in forecast.by_way.items():
        yield Check("good", f"{number(count)} người: {WAYS[way]}")
    for reason, count in sorted(forecast.reasons.items(), key=lambda pair: -pair[1]):
        yield Check("warn", f"{number(count)} người không gửi: {REASONS.get(reason, reason)}")
    if forecast.reached:
        yield Check("good", f"Chi phí dự kiến {number(forecast.cost)} đồng")
    if forecast.ends_at is not None:
        yield _end(forecast, ground, now)
    if forecast.reached > ground.second_person_above:
        above = number(ground.second_person_above)
        yield Check("primary", f"Trên {above} người: cần một người khác duyệt trước khi gửi")


def _end(forecast: Forecast, ground: Ground, now: datetime) -> Check:
    assert forecast.ends_at is not None  # noqa: S101 - asked by the caller
    closes = f"{ground.hours.closes:%H:%M}" if ground.hours.closes.microsecond == 0 else "24:00"
    at = f"{hour(forecast.ends_at)} {long_day(forecast.ends_at)}"
    if forecast.rests:
        opens = f"{ground.hours.opens:%H:%M}"
        return Check("warn", f"Gửi bây giờ thì xong lúc {at}: nghỉ từ {closes}, gửi từ {opens}")
    return Check("primary", f"Gửi bây giờ thì xong lúc {at}, trước giờ nghỉ {closes}")
