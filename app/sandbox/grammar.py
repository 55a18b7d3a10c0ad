"""The `message` of a CS call, read as strictly as Zalo might: size limits answer -210, shapes -201."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.kit.ids import MessageId
from app.sandbox.assets import Asset, AssetKind
from app.sandbox.codes import TOO_MUCH, UNSUPPORTED_TYPE, invalid, refusal
from app.sandbox.thread import Attachment, Button, ButtonType, Kind, sound

LONGEST_TEXT: Final = 2000
LONGEST_TITLE: Final = 100
LONGEST_SUBTITLE: Final = 500
LONGEST_PAYLOAD: Final = 1000
LONGEST_SMS: Final = 160
MOST_BUTTONS: Final = 5

FindAsset = Callable[[str, AssetKind, str], Asset]
"""Takes an id, the kind it must have and the field it stood in; raises `Refused`."""

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that passed: what the person will see."""

    kind: Kind
    text: str = ""
    title: str = ""
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    quoted: MessageId | None = None


def read_message(message: object, find: FindAsset) -> Draft:
    """What a CS `message` shows. Raises `Refused` with Zalo's code."""
    fields = _object(message, "message")
    text = _text(fields.get("text", ""), "text", LONGEST_TEXT)
    quoted = _text(fields.get("quote_message_id", ""), "quote_message_id", 100)
    if fields.get("attachment") is None:
        if not text.strip():
            raise invalid("text")
        return Draft(Kind.TEXT, text, quoted=MessageId(quoted) if quoted else None)
    draft = _attachment(_object(fields["attachment"], "attachment"), text, find)
    return replace(draft, quoted=MessageId(quoted)) if quoted else draft


def _attachment(attachment: Json, text: str, find: FindAsset) -> Draft:
    payload = _object(attachment.get("payload"), "payload")
    match attachment.get("type"):
        case "file":
            return _file(payload, text, find)
        case "template":
            return _template(payload, text, find)
        case _:
            raise invalid("type")


def _template(payload: Json, text: str, find: FindAsset) -> Draft:
    match payload.get("template_type"):
        case None if "buttons" in payload:
            return _buttons(payload, text)
        case None:
            raise invalid("template_type")
        case "media":
            return _media(payload, text, find)
        case "request_user_info":
            return _request_user_info(payload, text)
        case _:  # "list" among them: it is refused on this address
            raise refusal(UNSUPPORTED_TYPE)


def _file(payload: Json, text: str, find: FindAsset) -> Draft:
    if text:
        raise invalid("text")
    asset = find(_filled(payload.get("token"), "token"), AssetKind.FILE, "token")
    shown: dict[str, object] = {
        "size": str(len(asset.content)),
        "name": asset.name,
        "checksum": asset.checksum,
        "type": asset.ending,
        "url": f"http://f6.file.talk.zdn.vn/f/{asset.key[:16]}.{asset.ending}",
    }
    return Draft(Kind.FILE, attachments=(Attachment(Kind.FILE, shown, asset.key),))


def _media(payload: Json, text: str, find: FindAsset) -> Draft:
    element = _only_element(payload)
    match element.get("media_type"):
        case "image":
            return Draft(
                Kind.IMAGE, text, attachments=(_picture(element, Kind.IMAGE, AssetKind.IMAGE, find),)
            )
        case "gif":
            for side in ("width", "height"):
                if type(element.get(side)) is not int:
                    raise invalid(side)
            return Draft(Kind.GIF, text, attachments=(_picture(element, Kind.GIF, AssetKind.GIF, find),))
        case "sticker":
            sticker = _filled(element.get("attachment_id"), "attachment_id")
            url = f"https://api.zaloapp.com/api/emoticon/sticker/webpc?eid={sticker}&size=130"
            shown: dict[str, object] = {"id": sticker, "url": url}
            return Draft(Kind.STICKER, text, attachments=(Attachment(Kind.STICKER, shown),))
        case _:
            raise invalid("media_type")


def _picture(element: Json, kind: Kind, stored_as: AssetKind, find: FindAsset) -> Attachment:
    url = _text(element.get("url", ""), "url", 2000)
    key = _text(element.get("attachment_id", ""), "attachment_id", 500)
    if bool(url) == bool(key):
        raise invalid("url" if url else "attachment_id")
    if url:
        address = _address(url, "url")
        return Attachment(kind, {"thumbnail": address, "url": address})
    asset = find(key, stored_as, "attachment_id")
    name = f"{asset.key[:16]}.{asset.ending}"
    photo = "photo.talk.zdn.vn/5463172885437000000"
    shown: dict[str, object] = {
        "thumbnail": f"http://t.f6.{photo}/{name}",
        "url": f"http://f6.{photo}/{name}",
    }
    return Attachment(kind, shown, asset.key)


def _request_user_info(payload: Json, text: str) -> Draft:
    element = _only_element(payload)
    title = _filled(element.get("title"), "title", LONGEST_TITLE)
    subtitle = _filled(element.get("subtitle"), "subtitle", LONGEST_SUBTITLE)
    _address(element.get("image_url"), "image_url")
    button = Button(title, ButtonType.SHARE_INFO, "")
    return Draft(Kind.CARD, text or subtitle, title, (button,))


def _buttons(payload: Json, text: str) -> Draft:
    if not text.strip():
        raise invalid("text")
    buttons = payload.get("buttons")
    if not isinstance(buttons, list) or not buttons:
        raise invalid("buttons")
    if len(buttons) > MOST_BUTTONS:
        raise refusal(TOO_MUCH)
    return Draft(Kind.TEXT, text, buttons=tuple(_button(_object(button, "buttons")) for button in buttons))


def _button(button: Json) -> Button:
    title = _filled(button.get("title"), "title", LONGEST_TITLE)
    payload = button.get("payload")
    match button.get("type"):
        case "oa.query.show" | "oa.query.hide" as kind:
            return Button(title, ButtonType(kind), _filled(payload, "payload", LONGEST_PAYLOAD))
        case "oa.open.url":
            return Button(title, ButtonType.OPEN_URL, _address(_object(payload, "payload").get("url"), "url"))
        case "oa.open.phone":
            return Button(title, ButtonType.OPEN_PHONE, _phone(_object(payload, "payload")))
        case "oa.open.sms":
            fields = _object(payload, "payload")
            content = _filled(fields.get("content"), "content", LONGEST_SMS)
            return Button(title, ButtonType.OPEN_SMS, _phone(fields), content)
        case _:
            raise invalid("type")


def _phone(payload: Json) -> str:
    number = _filled(payload.get("phone_code"), "phone_code")
    if not (number.isascii() and number.isdigit() and 3 <= len(number) <= 15):
        raise invalid("phone_code")
    return number


def _only_element(payload: Json) -> Json:
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements:
        raise invalid("elements")
    if len(elements) > 1:
        raise refusal(TOO_MUCH)
    return _object(elements[0], "elements")


def _object(value: object, field: str) -> Json:
    if not isinstance(value, dict):
        raise invalid(field)
    return value


def _text(value: object, field: str, longest: int) -> str:
    """Counted in NFC: the same words in decomposed letters would be longer."""
    if not isinstance(value, str):
        raise invalid(field)
    composed = unicodedata.normalize("NFC", sound(value))
    if len(composed) > longest:
        raise refusal(TOO_MUCH)
    return composed


def _filled(value: object, field: str, longest: int = 1000) -> str:
    text = _text(value, field, longest)
    if not text.strip():
        raise invalid(field)
    return text


def _address(value: object, field: str) -> str:
    address = _filled(value, field, 2000)
    if not address.startswith(("https://", "http://")) or any(character.isspace() for character in address):
        raise invalid(field)
    return address
