"""Transcripts: conversations written down as people read them, to be played through the real flows.

    # A worker asks how to install
    clock: 2026-11-24 09:00
    contact: new

    > [theo dõi]
    < Xin chào Anh/Chị! …
      [Cài đặt VssID] [Việc khác]
    > cai vssid

Lines with ">" are the person's; square brackets hold what is not text: [theo dõi], [bỏ theo dõi], [ảnh],
[bấm: label], [chia sẻ: name, phone], [chờ 3 ngày]. Lines with "<" are the bot's, one bubble each, further
lines indented, its buttons on the last line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.kit.clock import VIETNAM

DEFAULT_START = "2026-11-24 09:00"

_WAIT = re.compile(r"chờ (\d+) (ngày|giờ|phút)")
_UNITS = {"ngày": "days", "giờ": "hours", "phút": "minutes"}
_BUTTONS = re.compile(r"(\[[^\]]+\])( \[[^\]]+\])*")


class TranscriptError(Exception):
    """A transcript does not read as one; says which line."""


@dataclass(frozen=True, slots=True)
class Says:
    text: str


@dataclass(frozen=True, slots=True)
class Taps:
    label: str


@dataclass(frozen=True, slots=True)
class Shares:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Waits:
    span: timedelta


@dataclass(frozen=True, slots=True)
class Does:
    """Follows, unfollows, sends a picture."""

    what: str


Doing = Says | Taps | Shares | Waits | Does
REGISTERED_BY_OFFICE = "cơ quan ghi nhận là đầu mối"
ENDED_BY_OFFICE = "cơ quan cho thôi đầu mối"
WITHDRAWN_BY_PHONE = "gọi điện rút đồng ý"
ALL_INSTALLED = "cả danh sách đã cài"
TAKEN_BY_COLLEAGUE = "cán bộ nhận yêu cầu"
DEEDS = frozenset({"theo dõi", "bỏ theo dõi", "mở khung chat", "ảnh", "nhãn dán"})
MEANWHILE = frozenset(
    {REGISTERED_BY_OFFICE, ENDED_BY_OFFICE, WITHDRAWN_BY_PHONE, ALL_INSTALLED, TAKEN_BY_COLLEAGUE}
)
"""What happens elsewhere while the person is talking."""


@dataclass(frozen=True, slots=True)
class Bubble:
    text: str
    buttons: tuple[str, ...] = ()


@dataclass(slots=True)
class Exchange:
    """One thing the person does, as it was written, and what the bot says to it."""

    line: int
    written: str
    doing: Doing
    bubbles: list[Bubble] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Transcript:
    title: str
    starts_at: datetime
    contact: str
    exchanges: tuple[Exchange, ...]


def read_transcript(path: Path) -> Transcript:
    """Raises `TranscriptError`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TranscriptError(f"{path.name}: cannot be read: {error}") from error
    title = next((line[1:].strip() for line in lines if line.startswith("#")), path.stem)
    heads = dict(_heads(lines))
    clock = heads.get("clock", DEFAULT_START)
    try:
        starts_at = datetime.strptime(clock, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise TranscriptError(f"{path.name}: the clock is no `2026-11-24 09:00`: {clock}") from error
    return Transcript(title, starts_at, heads.get("contact", "new"), tuple(_exchanges(path.name, lines)))


def write_transcript(transcript: Transcript, comments: Sequence[str] = ()) -> str:
    """The transcript as a file; reading it back gives the same."""
    said = [f"# {transcript.title}", *comments]
    said += [f"clock: {transcript.starts_at:%Y-%m-%d %H:%M}", f"contact: {transcript.contact}"]
    for exchange in transcript.exchanges:
        said += ["", f"> {exchange.written}"]
        for bubble in exchange.bubbles:
            said += _bubble_lines(bubble)
    return "\n".join(said) + "\n"


def _heads(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.startswith(">"):
            return
        name, colon, value = line.partition(":")
        if colon and name in {"clock", "contact"}:
            yield name, value.strip()


def _exchanges(file: str, lines: Sequence[str]) -> Iterator[Exchange]:
    exchange: Exchange | None = None
    bubble: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.startswith((">", "<")) and exchange is not None and bubble:
            exchange.bubbles.append(_bubble(bubble))
            bubble = []
        if line.startswith(">"):
            if exchange is not None:
                yield exchange
            written = line[1:].strip()
            exchange = Exchange(number, written, _doing(file, number, written))
        elif line.startswith("<") and exchange is not None:
            bubble = [line[1:].removeprefix(" ")]
        elif bubble and (line.startswith("  ") or not line.strip()):
            bubble.append(line[2:])
        elif line.strip() and not line.startswith("#") and (exchange is not None or line.startswith("<")):
            raise TranscriptError(f"{file}:{number}: neither '>' nor '<' nor a further line of a bubble")
    if exchange is not None:
        if bubble:
            exchange.bubbles.append(_bubble(bubble))
        yield exchange


def _doing(file: str, number: int, written: str) -> Doing:
    if not (written.startswith("[") and written.endswith("]")):
        return Says(written)
    deed = written[1:-1].strip()
    if deed in DEEDS | MEANWHILE:
        return Does(deed)
    if found := _WAIT.fullmatch(deed):
        return Waits(timedelta(**{_UNITS[found[2]]: int(found[1])}))
    name, colon, rest = deed.partition(":")
    if colon and name == "bấm":
        return Taps(rest.strip())
    if colon and name == "chia sẻ":
        who, _, phone = rest.rpartition(",")
        return Shares(who.strip(), phone.strip())
    raise TranscriptError(f"{file}:{number}: nobody knows how to do [{deed}]")


def _bubble(lines: list[str]) -> Bubble:
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > 1 and _BUTTONS.fullmatch(lines[-1]):
        return Bubble("\n".join(lines[:-1]), tuple(re.findall(r"\[([^\]]+)\]", lines[-1])))
    return Bubble("\n".join(lines))


def _bubble_lines(bubble: Bubble) -> list[str]:
    first, *rest = bubble.text.split("\n")
    lines = [f"< {first}", *(f"  {line}".rstrip() for line in rest)]
    if bubble.buttons:
        lines.append("  " + " ".join(f"[{button}]" for button in bubble.buttons))
    return lines
