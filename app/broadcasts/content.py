"""What is said: text with fields from a fixed list, buttons, and the same in an e-mail or a template."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson

from app.kit.vietnamese import nfc
from app.zalo.messages import (
    MAX_BUTTONS,
    MAX_TEXT,
    BadMessage,
    Button,
    Buttons,
    Message,
    OpenUrl,
    Query,
    Text,
    TooLong,
    TooMany,
    length_of,
)


class ContentRefused(Exception):
    """Nothing can be sent like this; the message says in Vietnamese what to do."""


class Field(StrEnum):
    """Everything that a text may say of a person; there is no other way into their data."""

    ADDRESS = "xưng hô"
    NAME = "họ tên"
    UNIT = "đơn vị"
    NOT_INSTALLED = "số lao động chưa cài"
    DUE = "hạn"
    OFFICER = "cán bộ"


class ButtonKind(StrEnum):
    GUIDE = "guide"
    DONE = "done"
    HELP = "help"
    PERSON = "person"


class Answer(StrEnum):
    """What the buttons under a reminder say about the unit."""

    DONE = "done"
    HELP = "help"


LABELS = {
    ButtonKind.GUIDE: "Mở hướng dẫn",
    ButtonKind.DONE: "Đã xong",
    ButtonKind.HELP: "Cần hỗ trợ",
    ButtonKind.PERSON: "Gặp cán bộ",
}
_FIELD = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_ANSWER = re.compile(r"#dm/b/([0-9]{1,18})/(done|help)", re.ASCII)

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Push:
    """A button; `target` of a guide is a place of the flows (install.start) or a web address."""

    kind: ButtonKind
    label: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """An approved template, and for each of its parameters a text that may hold fields."""

    template_id: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    buttons: tuple[Push, ...] = ()
    subject: str = ""
    template: TemplateUse | None = None

    def fields(self) -> frozenset[Field]:
        """Those that anything of it uses."""
        texts = [self.text, self.subject]
        if self.template is not None:
            texts += self.template.parameters.values()
        return frozenset(Field(nfc(name)) for text in texts for name in _FIELD.findall(text))


def check_content(content: Content) -> None:
    """Raises `ContentRefused` unless every field is on the list and Zalo takes text and buttons.

    The length is checked again for each person, with their own values.
    """
    if not nfc(content.text):
        raise ContentRefused("Tin chưa có nội dung.")
    texts = [content.text, content.subject]
    texts += content.template.parameters.values() if content.template else []
    for text in texts:
        _check_fields(text)
    for push in content.buttons:
        if push.kind is ButtonKind.GUIDE and not _is_target(push.target):
            raise ContentRefused("Nút hướng dẫn cần một mục (như install.start) hoặc một địa chỉ https://.")
    try:
        chat_message(content, dict.fromkeys((one.value for one in Field), "…"), 1)
    except TooMany as error:
        raise ContentRefused(f"Có {error.count} nút, Zalo chỉ nhận {MAX_BUTTONS}.") from error
    except TooLong as error:
        raise ContentRefused(f"{error.part}: {error.length} ký tự, Zalo chỉ nhận {error.limit}.") from error
    except BadMessage as error:
        raise ContentRefused(f"Zalo không nhận tin này: {error}.") from error


def _check_fields(text: str) -> None:
    known = {one.value for one in Field}
    for name in _FIELD.findall(text):
        if nfc(name) not in known:
            listed = ", ".join(f"{{{one}}}" for one in Field)
            raise ContentRefused(f"Không có trường {{{name}}}. Các trường: {listed}.")
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise ContentRefused("Có dấu { hoặc } lẻ trong nội dung.")


def _is_target(target: str) -> bool:
    return target.startswith("https://") or _PLACE.fullmatch(target) is not None


def fill(text: str, values: Values) -> str:
    """The text with every field replaced once; nothing in a value is looked at again."""
    return "".join(values[part] if is_field else part for is_field, part in _parts(text))


@lru_cache(maxsize=256)
def _parts(text: str) -> tuple[tuple[bool, str], ...]:
    """Words and fields in turn: a text is taken apart once, not for each of its recipients."""
    pieces = _FIELD.split(text)
    return tuple((number % 2 == 1, nfc(part) if number % 2 else part) for number, part in enumerate(pieces))


def chat_message(content: Content, values: Values, broadcast_id: int) -> Message:
    """Raises `BadMessage` when Zalo would not take it."""
    text = fill(content.text, values)
    if not content.buttons:
        return Text(text)
    return Buttons(text, tuple(_button(push, broadcast_id) for push in content.buttons))


def chat_text(content: Content, values: Values) -> str:
    """What the chat will show, for recognising its echo."""
    return nfc(fill(content.text, values))


def fits(text: str) -> bool:
    """Whether Zalo takes a text of this length."""
    return len(text) * 2 <= MAX_TEXT or length_of(text) <= MAX_TEXT


def _button(push: Push, broadcast_id: int) -> Button:
    label = push.label or LABELS[push.kind]
    match push.kind:
        case ButtonKind.GUIDE if push.target.startswith("https://"):
            return OpenUrl(label, push.target)
        case ButtonKind.GUIDE:
            return Query(label, f"#dm/@{push.target}")
        case ButtonKind.PERSON:
            return Query(label, "#dm/!person")
        case ButtonKind.DONE | ButtonKind.HELP:
            return Query(label, f"#dm/b/{broadcast_id}/{push.kind}")


def read_answer(payload: str) -> tuple[int, Answer] | None:
    """Which broadcast a tapped button answers, and what; anybody can type this, so it proves nothing."""
    found = _ANSWER.fullmatch(payload)
    return None if found is None else (int(found[1]), Answer(found[2]))


@dataclass(frozen=True, slots=True)
class Letter:
    """The same in an e-mail."""

    subject: str
    plain: str
    html: str = field(repr=False)


_FOOT = "Anh/Chị không muốn nhận thư này nữa? Bấm vào đây để dừng:"


def letter(content: Content, values: Values, stop_link: str) -> Letter:
    """Plain text and HTML that say the same; buttons that need Zalo are left out."""
    text = fill(content.text, values)
    guides = [push for push in content.buttons if "://" in push.target]
    links = [(push.label or LABELS[push.kind], push.target) for push in guides]
    subject = fill(content.subject, values) or text.strip().split("\n")[0][:120]
    plain = "\n\n".join([text, *(f"{label}: {url}" for label, url in links), f"-- \n{_FOOT}\n{stop_link}"])
    paragraphs = "".join(
        f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in re.split(r"\n\s*\n", text)
    )
    anchors = "".join(f'<p><a href="{html.escape(url)}">{html.escape(label)}</a></p>' for label, url in links)
    foot = f'<hr><p><small>{_FOOT} <a href="{html.escape(stop_link)}">dừng nhận thư</a></small></p>'
    page = f'<!doctype html><html lang="vi"><body>{paragraphs}{anchors}{foot}</body></html>'
    return Letter(" ".join(subject.split()), plain, page)


def write_content(content: Content) -> str:
    packed: dict[str, Any] = {"text": content.text, "subject": content.subject}
    packed["buttons"] = [
        {"kind": push.kind, "label": push.label, "target": push.target} for push in content.buttons
    ]
    if content.template is not None:
        use = content.template
        packed["template"] = {"id": use.template_id, "parameters": dict(use.parameters)}
    return orjson.dumps(packed).decode()


def read_content(stored: str) -> Content:
    packed = orjson.loads(stored)
    use = packed.get("template")
    return Content(
        packed["text"],
        tuple(Push(ButtonKind(one["kind"]), one["label"], one["target"]) for one in packed["buttons"]),
        packed["subject"],
        None if use is None else TemplateUse(use["id"], use["parameters"]),
    )
