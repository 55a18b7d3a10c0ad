"""The bodies of webhooks, as Zalo shapes them. Each builder returns the event without its timestamp."""

from collections.abc import Iterable

from app.kit.ids import MessageId
from app.sandbox.people import Person
from app.sandbox.thread import Kind, ThreadMessage

Body = dict[str, object]

URL_CHECK_ID = "This is message id"


class EventWriter:
    """Knows the app and the OA that every event names."""

    def __init__(self, app_id: str, oa_id: str) -> None:
        self._app_id, self._oa_id = app_id, oa_id

    def user_message(self, person: Person, message: ThreadMessage) -> Body:
        """A message from the person; a tapped query button is a text like any other."""
        return self._from_user(person, f"user_send_{message.kind}", message=_content(message))

    def echo(self, person: Person, message: ThreadMessage) -> Body:
        """What the OA sent, by API or (with `admin_id`) by a colleague in Zalo's own tool."""
        body = self._to_user(person, f"oa_send_{_echo_kind(message)}", message=_echo_content(message))
        if message.admin_id is not None:
            body["sender"] = {"id": self._oa_id, "admin_id": message.admin_id}
        return body

    def received(self, person: Person, msg_id: MessageId) -> Body:
        return self._to_user(person, "user_received_message", message={"msg_id": msg_id})

    def seen(self, person: Person, msg_ids: Iterable[MessageId]) -> Body:
        return self._to_user(person, "user_seen_message", message={"msg_ids": list(msg_ids)})

    def reacted(self, person: Person, msg_id: MessageId, icon: str) -> Body:
        content = {"msg_id": msg_id, "react_icon": icon}
        return self._from_user(person, "user_reacted_message", message=content)

    def follow(self, person: Person) -> Body:
        return self._follower(person, "follow")

    def unfollow(self, person: Person) -> Body:
        return self._follower(person, "unfollow")

    def chat_opened(self, person: Person) -> Body:
        return self._about(person, "user_click_chatnow")

    def withdraw(self, person: Person) -> Body:
        return self._about(person, "user_withdraw")

    def submitted(self, person: Person, info: Body) -> Body:
        body = self._from_user(person, "user_submit_info", info=info)
        del body["user_id_by_app"]
        return body

    def tagged(self, person: Person, tag: str) -> Body:
        return self._tag(person, "add_user_to_tag", tag)

    def untagged(self, person: Person, tag: str) -> Body:
        return self._tag(person, "remove_user_from_tag", tag)

    def tag_removed(self, tag: str) -> Body:
        return {**self._of_oa("remove_tag"), "tag": {"name": tag}}

    def permission_revoked(self) -> Body:
        return self._of_oa("permission_revoked")

    def phone_receipt(self, phone: str, msg_id: str, tracking_id: str, delivery_time: str) -> Body:
        """A template reached a phone; the recipient is the number, not a user id."""
        return {
            "sender": {"id": self._oa_id},
            "recipient": {"id": phone},
            "event_name": "user_received_message",
            "message": {"delivery_time": delivery_time, "msg_id": msg_id, "tracking_id": tracking_id},
            "app_id": self._app_id,
        }

    def url_check(self) -> Body:
        """The sample that the developer console posts when a webhook address is saved."""
        return {
            "app_id": self._app_id,
            "sender": {"id": "111111111111111111"},
            "user_id_by_app": "333333333333333333",
            "recipient": {"id": "222222222222222222"},
            "event_name": "user_send_text",
            "message": {"msg_id": URL_CHECK_ID, "text": "This is testing message"},
        }

    def _from_user(self, person: Person, name: str, **rest: object) -> Body:
        return {
            "app_id": self._app_id,
            "sender": {"id": person.user_id},
            "user_id_by_app": person.user_id_by_app,
            "recipient": {"id": self._oa_id},
            "event_name": name,
            **rest,
        }

    def _to_user(self, person: Person, name: str, **rest: object) -> Body:
        return {
            "app_id": self._app_id,
            "sender": {"id": self._oa_id},
            "recipient": {"id": person.user_id},
            "event_name": name,
            **rest,
            "user_id_by_app": person.user_id_by_app,
        }

    def _follower(self, person: Person, name: str) -> Body:
        return {
            "oa_id": self._oa_id,
            "follower": {"id": person.user_id},
            "user_id_by_app": person.user_id_by_app,
            "event_name": name,
            "source": "oa_profile",
            "app_id": self._app_id,
        }

    def _about(self, person: Person, name: str) -> Body:
        about = {"user_id": person.user_id, "user_id_by_app": person.user_id_by_app}
        return {**self._of_oa(name), **about}

    def _tag(self, person: Person, name: str, tag: str) -> Body:
        return {
            **self._of_oa(name),
            "user_id_by_app": person.user_id_by_app,
            "tag": {"user_ids": [person.user_id], "name": tag},
        }

    def _of_oa(self, name: str) -> Body:
        return {"app_id": self._app_id, "oa_id": self._oa_id, "event_name": name}


def _content(message: ThreadMessage) -> Body:
    content: Body = {}
    if message.text or message.kind is Kind.TEXT:
        content["text"] = message.text
    if message.attachments:
        content["attachments"] = _attached(message)
    if message.quoted is not None:
        content["quote_msg_id"] = message.quoted
    return {**content, "msg_id": message.msg_id}


def _attached(message: ThreadMessage) -> list[Body]:
    # A business card travels as a link whose description is JSON in a string.
    return [
        {"payload": part.payload, "type": "link" if part.kind is Kind.BUSINESS_CARD else part.kind.value}
        for part in message.attachments
    ]


def _echo_kind(message: ThreadMessage) -> str:
    return "template" if message.buttons or message.kind is Kind.CARD else message.kind.value


def _echo_content(message: ThreadMessage) -> Body:
    if _echo_kind(message) != "template":
        content = _content(message)
        return {"text": "", **content} if message.kind is Kind.IMAGE else content
    payload = {
        "zinstant_id": f"zi-{message.msg_id[:12]}",
        "text": message.title or message.text,
        "link_url": "https://oa.zalo.me",
        "checksum": "56f82c6a7d1b0e2f4c3a9d8e7b6a5c4d",
    }
    return {"attachments": [{"payload": payload, "type": "template"}], "msg_id": message.msg_id}
