"""Zalo's answers as typed values: what `error` and `data` say, or the error they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.kit.clock import from_epoch_ms
from app.kit.ids import MessageId, UserId
from app.kit.vietnamese import nfc
from app.zalo.errors import Family, NoAnswer, error_of, refused_by_gateway
from app.zalo.transport import Answer

TRANSACTION, CARE, PROMOTION = 1, 2, 3
"""What a template is for: each has its own hours and conditions."""
_TAGS = {"TRANSACTION": TRANSACTION, "PROMOTION": PROMOTION, "1": TRANSACTION, "3": PROMOTION}
_LAST_MS = 253_402_300_799_000
"""The last moment that a date can hold."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Which allowance paid for a message. Without one, the message is billed."""

    kind: str
    remain: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class SentMessage:
    message_id: MessageId
    sent_at: datetime | None
    quota: Quota | None


@dataclass(frozen=True, slots=True)
class PastMessage:
    from_oa: bool
    message_id: MessageId
    text: str
    at: datetime
    kind: str
    user_id: UserId
    """The other side of the chat."""


@dataclass(frozen=True, slots=True)
class UserDetail:
    user_id: UserId
    display_name: str
    is_follower: bool
    is_minor: bool
    avatar: str
    shared_name: str
    shared_phone: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplyQuota:
    """What may still be sent to one person as consultation messages."""

    last_interaction: datetime | None
    remain: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    template_id: str
    is_enabled: bool
    """Approved and not withdrawn."""
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class TemplateParameter:
    name: str
    required: bool
    longest: int | None


@dataclass(frozen=True, slots=True)
class TemplateDetail:
    """Prices in đồng; one without a price by user id goes to phone numbers only."""

    name: str
    tag: int
    parameters: tuple[TemplateParameter, ...]
    price_user_id: int | None
    price_phone: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """Messages that the OA may still send out of one package; `valid_through` as Zalo writes it."""

    remain: int | None
    total: int | None
    valid_through: str = ""


@dataclass(frozen=True, slots=True)
class OaProfile:
    oa_id: str
    name: str
    is_verified: bool
    package: str
    followers: int
    billing_linked: bool


Body = Mapping[str, Any]


def accepted(answer: Answer, family: Family) -> Body:
    """The body of an answer that says success. Raises the error that it says otherwise, or `NoAnswer`."""
    body = _json(answer.body)
    code = None if body is None else _int(body.get("error"))
    if body is not None and code:
        raise error_of(code, str(body.get("message", "")), family)
    if 300 <= answer.status < 500:
        raise refused_by_gateway(answer.status, _beginning(answer.body))
    if body is None or code is None or answer.status >= 500:
        raise NoAnswer(
            f"HTTP {answer.status}, not an answer of Zalo's application: {_beginning(answer.body)}"
        )
    return body


def sent_message(body: Body) -> SentMessage:
    data = _data(body)
    message_id = data.get("message_id") or data.get("msg_id")
    if not message_id:
        raise NoAnswer("Zalo said success but named no message")
    return SentMessage(
        message_id=MessageId(str(message_id)),
        # Documented inside `data`; seen beside it on templates.
        sent_at=_moment(data.get("sent_time") or body.get("sent_time")),
        quota=_quota(data.get("quota")),
    )


def uploaded(body: Body) -> str:
    """The attachment id of a picture, or the token of a file."""
    data = _data(body)
    handle = data.get("attachment_id") or data.get("token")
    if not handle:
        raise NoAnswer("Zalo said success but gave no handle to the upload")
    return str(handle)


def past_messages(body: Body) -> list[PastMessage]:
    """Zalo's list of messages, newest first; entries without an id or a time are left out."""
    listed = body.get("data")
    entries = listed if isinstance(listed, list) else []
    read = [_past_message(entry) for entry in entries if isinstance(entry, dict)]
    return [message for message in read if message is not None]


def user_detail(body: Body) -> UserDetail:
    data = _data(body)
    shared, notes = _part(data, "shared_info"), _part(data, "tags_and_notes_info")
    tags = notes.get("tag_names")
    return UserDetail(
        user_id=UserId(_text(data.get("user_id"))),
        display_name=nfc(_text(data.get("display_name"))),
        is_follower=_true(data.get("user_is_follower")),
        is_minor=_true(data.get("is_sensitive")),
        avatar=_text(data.get("avatar")),
        shared_name=nfc(_text(shared.get("name"))),
        shared_phone=_text(shared.get("phone")),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
    )


def reply_quota(body: Body) -> ReplyQuota:
    data = _data(body)
    reply = _part(data, "cs_reply")
    return ReplyQuota(
        _moment(data.get("last_interaction")), _int(reply.get("remain")), _int(reply.get("total"))
    )


def allowances(body: Body) -> list[Allowance]:
    """One for each package of the kind that was asked about; none when the OA has no such package."""
    listed = body.get("data")
    packages = listed if isinstance(listed, list) else []
    return [
        Allowance(_int(one.get("remain")), _int(one.get("total")), _text(one.get("valid_through")))
        for one in packages
        if isinstance(one, dict)
    ]


def template_allowance(body: Body) -> Allowance:
    data = _data(body)
    return Allowance(_int(data.get("remainingQuota")), _int(data.get("dailyQuota")))


def listed_templates(body: Body) -> list[ListedTemplate]:
    """Raises `NoAnswer` for a body without a list: it must not pass for "no templates"."""
    listed = body.get("data")
    if not isinstance(listed, list):
        raise NoAnswer("the answer lists no templates")
    return [
        ListedTemplate(
            _text(one.get("templateId")),
            _text(one.get("status")) in {"ENABLE", "1"},
            _moment(one.get("createdTime")),
        )
        for one in listed
        if isinstance(one, dict)
    ]


def template_detail(body: Body) -> TemplateDetail:
    data = _data(body)
    listed = data.get("listParams")
    price = _int(data.get("price"))
    return TemplateDetail(
        name=nfc(_text(data.get("templateName"))),
        tag=_TAGS.get(_text(data.get("templateTag")), CARE),
        parameters=tuple(
            TemplateParameter(_text(one.get("name")), _true(one.get("require")), _int(one.get("maxLength")))
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, dict)
        ),
        price_user_id=_int(data.get("price_uid")),
        price_phone=_int(data.get("price_sdt")) or price or 0,
    )


def oa_profile(body: Body) -> OaProfile:
    data = _data(body)
    return OaProfile(
        oa_id=_text(data.get("oaid") or data.get("oa_id")),
        name=nfc(_text(data.get("name"))),
        is_verified=_true(data.get("is_verified")),
        package=_text(data.get("package_name")),
        followers=_int(data.get("num_follower")) or 0,
        billing_linked=_filled(data.get("linked_zca") or data.get("linked_ZCA")),
    )


def _past_message(entry: Body) -> PastMessage | None:
    message_id, at = _text(entry.get("message_id")), _moment(entry.get("time"))
    if not message_id or at is None:
        return None
    from_oa = _int(entry.get("src")) == 0
    return PastMessage(
        from_oa=from_oa,
        message_id=MessageId(message_id),
        text=nfc(_text(entry.get("message"))),
        at=at,
        kind=_text(entry.get("type")),
        user_id=UserId(_text(entry.get("to_id" if from_oa else "from_id"))),
    )


def _quota(raw: object) -> Quota | None:
    if not isinstance(raw, dict):
        return None
    if "dailyQuota" in raw:  # templates by phone number
        return Quota("daily", _int(raw.get("remainingQuota")), _int(raw.get("dailyQuota")))
    return Quota(_text(raw.get("quota_type")), _int(raw.get("remain")), _int(raw.get("total")))


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def _beginning(body: bytes) -> str:
    return " ".join(body[:200].decode("utf-8", "replace").split())


def _data(body: Body) -> Body:
    return _part(body, "data")


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _true(value: object) -> bool:
    return value is True or str(value).lower() in {"true", "1"}


def _filled(value: object) -> bool:
    return _text(value).lower() not in {"", "0", "false", "null"}


def _int(value: object) -> int | None:
    """Zalo writes the same number now as a number, now as text."""
    try:
        return int(str(value))
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    ms = _int(value)
    return from_epoch_ms(ms) if ms is not None and 0 < ms <= _LAST_MS else None
