"""Events around the account: permissions, tags, groups, calls, templates, widgets.

None of them asks the bot for an answer in a chat; they are typed so that each is kept under its name and the
few that matter for operation can be acted on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kit.ids import MessageId, UserId
from app.zalo.chat_events import MediaKind
from app.zalo.fields import Fields


@dataclass(frozen=True, slots=True)
class PermissionRevoked:
    """The OA took its grant back: all tokens are dead."""

    oa_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UserInfoUpdated:
    user_id: UserId
    method: str
    at: datetime


class TagChange(StrEnum):
    ADDED = "add_user_to_tag"
    TAKEN_OFF = "remove_user_from_tag"
    DELETED = "remove_tag"


@dataclass(frozen=True, slots=True)
class TagChanged:
    """Someone changed a tag in Zalo's OA tool; a tag is created by adding it to nobody."""

    tag: str
    change: TagChange
    user_ids: tuple[UserId, ...]
    at: datetime


class GroupChange(StrEnum):
    CREATED = "create_group"
    JOINED = "user_join_group"
    ASKED_TO_JOIN = "user_request_join_group"
    ACCEPTED = "accept_request_join_group"
    REJECTED = "reject_request_join_group"
    ADMIN_ADDED = "add_group_admin"
    ADMIN_REMOVED = "remove_group_admin"
    UPDATED = "update_group_info"
    LEFT = "user_out_group"
    DELETED = "delete_group"


@dataclass(frozen=True, slots=True)
class GroupChanged:
    group_id: str
    change: GroupChange
    user_ids: tuple[UserId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """A message in a group chat of the OA; mentions stand in the text as [@id]."""

    group_id: str
    sender_id: str
    by_oa: bool
    message_id: MessageId
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallConsentAsked:
    """The OA asked a phone number whether it may call; `state` is SENT or EXPIRED."""

    phone: str
    state: str
    expires_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CallConsentAnswered:
    phone: str
    allowed: bool
    expires_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Called:
    call_id: str
    user_id: UserId | None
    phone: str
    by_oa: bool
    kind: str
    talked_ms: int | None
    status: str
    at: datetime


class TemplateTrait(StrEnum):
    STATUS = "status"
    QUALITY = "quality"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class TemplateChanged:
    """Zalo re-judged a message template."""

    template_id: str
    trait: TemplateTrait
    before: str
    after: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OaQuotaChanged:
    """Zalo changed how many templates the OA may send a day."""

    oa_id: str
    before: int | None
    after: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class OaTemplateTagsChanged:
    """Zalo changed which kinds of templates the OA may send."""

    oa_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """Someone rated a template message; Zalo does not say who."""

    message_id: MessageId
    tracking_id: str
    rate: int | None
    note: str
    reasons: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateButtonTapped:
    """Someone tapped a response button of a template message; Zalo does not say who."""

    message_id: MessageId
    tracking_id: str
    answer: str
    at: datetime


class JourneyEnd(StrEnum):
    ACKNOWLEDGED = "event_journey_acknowledged"
    TIMED_OUT = "event_journey_time_out"


@dataclass(frozen=True, slots=True)
class JourneyEnded:
    journey_id: str
    tracking_id: str
    end: JourneyEnd
    at: datetime


@dataclass(frozen=True, slots=True)
class WidgetAccepted:
    """A website visitor agreed in the chat widget to be known to the OA."""

    user_id: UserId
    external_id: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WidgetNotLinked:
    user_id: UserId
    external_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExtensionPurchased:
    oa_id: str
    extension_id: str
    starts: str
    ends: str
    months: int | None
    at: datetime


AccountEvent = (
    PermissionRevoked
    | UserInfoUpdated
    | TagChanged
    | GroupChanged
    | GroupMessage
    | CallConsentAsked
    | CallConsentAnswered
    | Called
    | TemplateChanged
    | OaQuotaChanged
    | OaTemplateTagsChanged
    | Feedback
    | TemplateButtonTapped
    | JourneyEnded
    | WidgetAccepted
    | WidgetNotLinked
    | ExtensionPurchased
)

Reader = Callable[[Fields], AccountEvent]


def _permission_revoked(event: Fields) -> AccountEvent:
    return PermissionRevoked(event.needed("oa_id"), event.told_at())


def _user_info_updated(event: Fields) -> AccountEvent:
    return UserInfoUpdated(event.user_id("user_id"), event.part("data").word("method"), event.told_at())


def _tag(change: TagChange) -> Reader:
    def read(event: Fields) -> AccountEvent:
        tag = event.part("tag")
        return TagChanged(
            tag.needed("name"), change, tuple(map(UserId, tag.words("user_ids"))), event.told_at()
        )

    return read


def _group(change: GroupChange) -> Reader:
    def read(event: Fields) -> AccountEvent:
        people = tuple(UserId(person.word("id")) for person in event.parts("users"))
        return GroupChanged(event.needed("group_id"), change, tuple(filter(None, people)), event.told_at())

    return read


def _group_message(kind: str, *, by_oa: bool) -> Reader:
    def read(event: Fields) -> AccountEvent:
        message = event.part("message")
        return GroupMessage(
            event.part("recipient").needed("id"),
            event.part("sender").needed("id"),
            by_oa,
            message.message_id(),
            kind,
            message.text("text"),
            event.told_at(),
        )

    return read


def _consent_asked(event: Fields) -> AccountEvent:
    return CallConsentAsked(
        event.needed("phone"), event.word("request_type"), event.moment("expired_time"), event.told_at()
    )


def _consent_answered(event: Fields) -> AccountEvent:
    allowed = event.word("user_consent") == "ALLOW"
    return CallConsentAnswered(event.needed("phone"), allowed, event.moment("expired_time"), event.told_at())


def _called(*, by_oa: bool) -> Reader:
    def read(event: Fields) -> AccountEvent:
        user_id = event.word("user_id")
        return Called(
            event.needed("call_id"),
            UserId(user_id) if user_id else None,
            event.word("phone"),
            by_oa,
            event.word("call_type"),
            event.number("talk_time"),
            event.word("status_code"),
            event.told_at(),
        )

    return read


def _template(trait: TemplateTrait) -> Reader:
    def read(event: Fields) -> AccountEvent:
        change = event.part(trait)
        before = change.word(f"prev_{trait}") or change.word("prev_value")
        # Nobody has seen enough of these bodies to be sure that the value is always an object.
        after = change.word(f"new_{trait}") or change.word("new_value") or event.word(trait)
        return TemplateChanged(
            event.needed("template_id"), trait, before, after, event.text("reason"), event.told_at()
        )

    return read


def _oa_quota(event: Fields) -> AccountEvent:
    quota = event.part("quota")
    oa_id = event.word("oaId") or event.needed("oa_id")
    return OaQuotaChanged(oa_id, quota.number("prev_value"), quota.number("new_value"), event.told_at())


def _oa_template_tags(event: Fields) -> AccountEvent:
    tags = event.part("tags")
    return OaTemplateTagsChanged(
        event.needed("oa_id"), tags.words("prev_value"), tags.words("new_value"), event.told_at()
    )


def _feedback(event: Fields) -> AccountEvent:
    message = event.part("message")
    return Feedback(
        message.message_id(),
        message.word("tracking_id"),
        message.number("rate"),
        message.text("note"),
        message.words("feedbacks"),
        event.told_at(),
    )


def _template_button(event: Fields) -> AccountEvent:
    message = event.part("message")
    return TemplateButtonTapped(
        event.message_id(), message.word("tracking_id"), message.text("data"), event.told_at()
    )


def _journey(end: JourneyEnd) -> Reader:
    def read(event: Fields) -> AccountEvent:
        return JourneyEnded(event.needed("journey_id"), event.word("tracking_id"), end, event.told_at())

    return read


def _widget_accepted(event: Fields) -> AccountEvent:
    data = event.part("data")
    return WidgetAccepted(
        data.user_id("user_id"), data.word("user_external_id"), data.word("url"), event.told_at()
    )


def _widget_not_linked(event: Fields) -> AccountEvent:
    data = event.part("data")
    return WidgetNotLinked(
        data.user_id("user_id"), data.word("user_external_id"), data.text("message"), event.told_at()
    )


def _extension(event: Fields) -> AccountEvent:
    term = event.part("extension_sub_info")
    return ExtensionPurchased(
        event.needed("oa_id"),
        event.needed("extension_id"),
        term.word("valid_start_date"),
        term.word("valid_through_date"),
        term.number("duration_month"),
        event.told_at(),
    )


_GROUP_KINDS = ("text", *MediaKind)

ACCOUNT: dict[str, Reader] = {
    "permission_revoked": _permission_revoked,
    "update_user_info": _user_info_updated,
    **{change: _tag(change) for change in TagChange},
    **{change: _group(change) for change in GroupChange},
    # Other spellings seen in use for the same four changes.
    "react_request_join_group_accept": _group(GroupChange.ACCEPTED),
    "react_request_join_group_reject": _group(GroupChange.REJECTED),
    "user_leave_group": _group(GroupChange.LEFT),
    "disperse_group": _group(GroupChange.DELETED),
    **{f"user_send_group_{kind}": _group_message(kind, by_oa=False) for kind in _GROUP_KINDS},
    **{f"oa_send_group_{kind}": _group_message(kind, by_oa=True) for kind in _GROUP_KINDS},
    "oa_send_consent": _consent_asked,
    "user_reply_consent": _consent_answered,
    "user_call_oa": _called(by_oa=False),
    "oa_call_user": _called(by_oa=True),
    **{f"change_template_{trait}": _template(trait) for trait in TemplateTrait},
    "change_oa_daily_quota": _oa_quota,
    "change_oa_template_tags": _oa_template_tags,
    "user_feedback": _feedback,
    "user_click_response_button": _template_button,
    **{end: _journey(end) for end in JourneyEnd},
    "widget_interaction_accepted": _widget_accepted,
    "widget_failed_to_sync_user_external_id": _widget_not_linked,
    "extension_purchased": _extension,
}
