"""What the bot may ask the OA API to read: people, chats, quota, the OA itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.kit.clock import VIETNAM, epoch_ms
from app.kit.ids import UserId
from app.sandbox.codes import TOO_MUCH, invalid, refusal
from app.sandbox.people import Person
from app.sandbox.sending import PACKAGE, Sending
from app.sandbox.thread import Kind, Sender, ThreadMessage
from app.sandbox.world import World

Json = dict[str, object]

MOST_CHATS = 10
MOST_USERS = 50
LAST_OFFSET = 9951

AVATAR = "https://s120-ava-talk.zadn.vn/default"

_CONVERSATION_TYPES = {
    Kind.TEXT: "text",
    Kind.IMAGE: "photo",
    Kind.GIF: "GIF",
    Kind.STICKER: "sticker",
    Kind.AUDIO: "voice",
    Kind.LINK: "link",
    Kind.LOCATION: "location",
}


class Reading:
    def __init__(self, world: World, sending: Sending) -> None:
        self._world, self._sending = world, sending

    def user_detail(self, query: Mapping[str, object]) -> Json:
        person = self._person(query)
        last = person.last_interaction_at
        detail: Json = {
            "user_id": person.user_id,
            "user_id_by_app": person.user_id_by_app,
            "user_external_id": person.external_id,
            "display_name": person.display_name,
            "user_alias": person.alias or person.display_name,
            "is_sensitive": False,
            "user_last_interaction_date": last.astimezone(VIETNAM).strftime("%d/%m/%Y") if last else "",
            "user_is_follower": person.following,
            "avatar": AVATAR,
            "avatars": {"120": AVATAR, "240": AVATAR},
            "dynamic_param": "",
            "tags_and_notes_info": {"notes": [], "tag_names": sorted(person.tags)},
        }
        return {**detail, "shared_info": dict(person.shared)} if person.shared else detail

    def user_list(self, query: Mapping[str, object]) -> Json:
        offset = _number(query, "offset", 0, LAST_OFFSET)
        count = _number(query, "count", 1, MOST_USERS)
        matching = [person for person in self._world.people.values() if self._wanted(person, query)]
        users = [{"user_id": person.user_id} for person in matching[offset : offset + count]]
        return {"total": len(matching), "count": len(users), "offset": offset, "users": users}

    def update_user(self, body: Mapping[str, object]) -> None:
        person = self._person(body)
        shared = body.get("shared_info") or {}
        if not isinstance(shared, dict):
            raise invalid("shared_info")
        person.shared |= {str(key): str(value) for key, value in shared.items()}
        person.alias = str(body.get("user_alias") or person.alias)
        person.external_id = str(body.get("user_external_id") or person.external_id)

    def delete_user_info(self, body: Mapping[str, object]) -> None:
        person = self._person(body)
        person.shared.clear()
        person.tags.clear()
        person.alias = person.external_id = ""

    def tag(self, body: Mapping[str, object]) -> None:
        person, tag = self._person(body), _tag_name(body)
        person.tags.add(tag)
        self._world.tell(self._world.events.tagged(person, tag), person, by_zalo=True)

    def untag(self, body: Mapping[str, object]) -> None:
        person, tag = self._person(body), _tag_name(body)
        if tag in person.tags:
            person.tags.remove(tag)
            self._world.tell(self._world.events.untagged(person, tag), person, by_zalo=True)

    def remove_tag(self, body: Mapping[str, object]) -> None:
        tag = _tag_name(body)
        for person in self._world.people.values():
            person.tags.discard(tag)
        self._world.tell(self._world.events.tag_removed(tag), None, by_zalo=True)

    def tags(self) -> list[str]:
        return sorted({tag for person in self._world.people.values() for tag in person.tags})

    def quota(self, body: Mapping[str, object]) -> object:
        """Of one person's windows, or of the OA's allowances."""
        if body.get("user_id"):
            return self._person_quota(self._person(body))
        if str(body.get("quota_owner", "")).upper() not in ("OA", "APP"):
            raise invalid("quota_owner")
        kind = str(body.get("quota_type") or "sub_quota")
        if kind != "sub_quota":  # nothing was bought here, nothing given
            return []
        last_day = _last_day(self._world.clock.now())
        return [
            {
                "asset_id": "8c273149281ac144980b",
                "product_type": str(body.get("product_type") or PACKAGE),
                "quota_type": kind,
                "valid_through": last_day,
                "total": self._world.config.sub_quota,
                "remain": self._sending.package_left(),
            }
        ]

    def get_oa(self) -> Json:
        config = self._world.config
        return {
            "oaid": config.oa_id,
            "name": config.oa_name,
            "description": "",
            "oa_alias": "",
            "is_verified": True,
            "oa_type": 4,
            "cate_name": "Cơ quan nhà nước",
            "num_follower": sum(person.following for person in self._world.people.values()),
            "avatar": AVATAR,
            "cover": AVATAR,
            "package_name": "Tăng trưởng",
            "package_valid_through_date": "31/12/2030",
            "package_auto_renew_date": "",
            "linked_zca": "ZCA_SANDBOX",
        }

    def conversation(self, query: Mapping[str, object]) -> list[Json]:
        """One person's messages, the newest first."""
        person = self._person(query)
        newest_first = self._world.threads[person.user_id][::-1]
        return [self._listed(message) for message in _page(_messages(newest_first), query)]

    def recent_chats(self, query: Mapping[str, object]) -> list[Json]:
        """The last message of each chat, the newest first."""
        last = [found[-1] for thread in self._world.threads.values() if (found := _messages(thread))]
        last.sort(key=lambda message: message.at, reverse=True)
        return [self._listed(message) for message in _page(last, query)]

    def _person(self, given: Mapping[str, object]) -> Person:
        # The official sample of the tag calls sends the id as a bare number.
        person = self._world.people.get(UserId(str(given.get("user_id") or "")))
        if person is None:
            raise invalid("user_id")
        return person

    def _wanted(self, person: Person, query: Mapping[str, object]) -> bool:
        follower = query.get("is_follower")
        if follower not in (None, "") and person.following != (str(follower).lower() == "true"):
            return False
        tag = query.get("tag_name")
        if tag and tag not in person.tags:
            return False
        period = query.get("last_interaction_period")
        return not period or _interacted(person, str(period), self._world.clock.now())

    def _person_quota(self, person: Person) -> Json:
        last = person.last_interaction_at
        return {
            "last_interaction": str(epoch_ms(last)) if last else "0",
            "cs_reply": {"remain": 0, "total": 0},
            "promotion": {"daily_remain": 1, "daily_total": 1, "monthly_remain": 4, "monthly_total": 4},
        }

    def _listed(self, message: ThreadMessage) -> Json:
        config, person = self._world.config, self._world.people[message.user_id]
        oa, user = (config.oa_id, config.oa_name), (person.user_id, person.display_name)
        by_oa = message.sender is Sender.OA
        (from_id, from_name), (to_id, to_name) = (oa, user) if by_oa else (user, oa)
        listed: Json = {
            "src": 0 if by_oa else 1,
            "time": epoch_ms(message.at),
            "type": _CONVERSATION_TYPES.get(message.kind, "nosupport"),
            "message": message.title or message.text,
            "message_id": message.msg_id,
            "from_id": from_id,
            "to_id": to_id,
            "from_display_name": from_name,
            "to_display_name": to_name,
            "from_avatar": AVATAR,
            "to_avatar": AVATAR,
        }
        payload = message.attachments[0].payload if message.attachments else {}
        media = {
            "url": payload.get("url"),
            "thumb": payload.get("thumbnail"),
            "location": payload.get("coordinates"),
        }
        return listed | {key: value for key, value in media.items() if value}


def _messages(thread: list[ThreadMessage]) -> list[ThreadMessage]:
    return [message for message in thread if message.kind is not Kind.INFO]


def _page(messages: list[ThreadMessage], query: Mapping[str, object]) -> list[ThreadMessage]:
    offset, count = _number(query, "offset", 0, 10**6), _number(query, "count", 1, MOST_CHATS)
    return messages[offset : offset + count]


def _number(query: Mapping[str, object], name: str, least: int, most: int) -> int:
    value = query.get(name, least)
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdigit():
        raise invalid(name)
    if not least <= int(value) <= most:
        raise refusal(TOO_MUCH)
    return int(value)


def _tag_name(body: Mapping[str, object]) -> str:
    tag = body.get("tag_name")
    if not isinstance(tag, str) or not tag.strip():
        raise invalid("tag_name")
    return tag


def _interacted(person: Person, period: str, now: datetime) -> bool:
    if person.last_interaction_at is None:
        return False
    today = now.astimezone(VIETNAM).date()
    day = person.last_interaction_at.astimezone(VIETNAM).date()
    match period:
        case "TODAY":
            return day == today
        case "YESTERDAY":
            return day == today - timedelta(days=1)
        case "L7D" | "L30D":
            return day > today - timedelta(days=int(period[1:-1]))
    first, colon, last = period.replace("_", "-").partition(":")
    if not colon:
        raise invalid("last_interaction_period")
    return first <= day.isoformat() <= last


def _last_day(now: datetime) -> str:
    first = now.astimezone(VIETNAM).replace(day=1)
    return ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).strftime("%d/%m/%Y")
