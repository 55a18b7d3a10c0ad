"""Who is meant, as a rule that people can read: role=liaison office=KH01 list=open last_contact<7d."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from app.kit.vietnamese import nfc
from app.worker_lists.models import WorkerState


class AudienceRefused(Exception):
    """The rule cannot be read; the message says in Vietnamese what to do."""


class Role(StrEnum):
    LIAISON = "liaison"
    WORKER = "worker"
    """Who writes to the OA without being anybody's liaison."""


class Standing(StrEnum):
    """Of a liaison."""

    EXPECTED = "expected"
    PENDING = "pending"
    VERIFIED = "verified"


class ListState(StrEnum):
    """How it stands with the unit's list of workers who have no VssID yet."""

    NONE = "none"
    OPEN = "open"
    HELP = "help"
    """The unit has asked for help."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class LastContact:
    """`within`: wrote to us since; else longer ago, or never."""

    within: bool
    length: timedelta


@dataclass(frozen=True, slots=True)
class Audience:
    """Conditions that all have to hold; an empty tuple is no condition, but never a missing target."""

    roles: tuple[Role, ...]
    standings: tuple[Standing, ...] = (Standing.PENDING, Standing.VERIFIED)
    offices: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    lists: tuple[ListState, ...] = ()
    marks: tuple[WorkerState, ...] = ()
    following: bool | None = None
    last_contact: tuple[LastContact, ...] = ()

    @property
    def is_about_lists(self) -> bool:
        return bool(self.lists or self.marks)


Word = TypeVar("Word", bound=StrEnum)

_CONDITION = re.compile(r"([a-z_]+)\s*(=|<|>)\s*(\S+)")
_LENGTH = re.compile(r"([0-9]{1,4})([hd])")
_HELP = (
    "role=liaison|worker, verified=yes|no, state=expected|pending|verified, office=MÃ, officer=MÃ, unit=MÃ,"
    f" list=open|help|done|none, mark={'|'.join(WorkerState)}, following=yes|no,"
    " last_contact<7d, last_contact>48h"
)


def parse_audience(text: str) -> Audience:
    """Raises `AudienceRefused`: a rule that is not understood to the last word means nobody."""
    rest = nfc(text)
    read = Audience(roles=())
    for key, sign, value in _CONDITION.findall(rest):
        read = _with(read, key, sign, value)
    unread = _CONDITION.sub("", rest).strip()
    if unread:
        raise AudienceRefused(f"Không hiểu “{unread}”. Viết các điều kiện cách nhau bằng dấu cách: {_HELP}.")
    if not read.roles:
        raise AudienceRefused(
            f"Cần nói rõ gửi cho ai: role=liaison hoặc role=worker. Các điều kiện: {_HELP}."
        )
    only_liaisons = bool(read.offices or read.officers or read.units or read.lists or read.marks)
    if only_liaisons and Role.WORKER in read.roles:
        raise AudienceRefused("Chỉ đầu mối mới có đơn vị, cán bộ và danh sách: bỏ role=worker.")
    return read


def _with(read: Audience, key: str, sign: str, value: str) -> Audience:
    if key == "last_contact":
        return replace(read, last_contact=(*read.last_contact, _last_contact(sign, value)))
    if sign != "=":
        raise AudienceRefused(f"Sau “{key}” cần dấu =, chỉ last_contact dùng < hoặc >.")
    values = tuple(part for part in value.split(",") if part)
    if not values:
        raise AudienceRefused(f"Sau “{key}=” còn thiếu giá trị.")
    match key:
        case "role":
            return replace(read, roles=_words(Role, key, values))
        case "state":
            return replace(read, standings=_words(Standing, key, values))
        case "verified":
            verified = _yes(key, value)
            return replace(read, standings=(Standing.VERIFIED if verified else Standing.PENDING,))
        case "office":
            return replace(read, offices=values)
        case "officer":
            return replace(read, officers=values)
        case "unit":
            return replace(read, units=values)
        case "list":
            return replace(read, lists=_words(ListState, key, values))
        case "mark":
            return replace(read, marks=_words(WorkerState, key, values))
        case "following":
            return replace(read, following=_yes(key, value))
    raise AudienceRefused(f"Không có điều kiện “{key}”. Các điều kiện: {_HELP}.")


def _words(kind: Callable[[str], Word], key: str, values: tuple[str, ...]) -> tuple[Word, ...]:
    try:
        return tuple(kind(value) for value in values)
    except ValueError:
        raise AudienceRefused(f"“{key}={','.join(values)}” không có. Các điều kiện: {_HELP}.") from None


def _yes(key: str, value: str) -> bool:
    if value not in {"yes", "no"}:
        raise AudienceRefused(f"“{key}” nhận yes hoặc no, không nhận “{value}”.")
    return value == "yes"


def _last_contact(sign: str, value: str) -> LastContact:
    found = _LENGTH.fullmatch(value)
    if sign == "=" or found is None:
        raise AudienceRefused(
            "Viết last_contact<7d (trong 7 ngày qua) hoặc last_contact>48h (đã hơn 48 giờ)."
        )
    count = int(found[1])
    return LastContact(sign == "<", timedelta(days=count) if found[2] == "d" else timedelta(hours=count))
