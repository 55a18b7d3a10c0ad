"""Approved templates as we keep them, and whether what is filled in will be taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, insert, select

from app.audit.trail import Entry, record
from app.broadcasts.content import Content, ContentRefused, Field, TemplateUse, Values, fill
from app.broadcasts.models import MessageTemplate
from app.outbox.ways import TemplateFacts, TemplateTag
from app.zalo.answers import PROMOTION


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    required: bool = True
    longest: int = 30


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """`tag`: 1 transaction, 2 customer care, 3 promotion. Prices in đồng."""

    id: str
    name: str
    parameters: tuple[Parameter, ...]
    tag: int
    by_user_id: bool
    price_user_id: int
    price_phone: int


def template_facts(tag: int, *, by_user_id: bool) -> TemplateFacts:
    return TemplateFacts(TemplateTag.PROMOTION if tag == PROMOTION else TemplateTag.SERVICE, by_user_id)


def keep_template(db: Connection, template: KnownTemplate, by: str, now: datetime) -> None:
    """Keeps what Zalo has approved; keeping it again replaces what was known."""
    parameters = [
        {"name": one.name, "required": one.required, "longest": one.longest} for one in template.parameters
    ]
    db.execute(delete(MessageTemplate).where(MessageTemplate.id == template.id))
    db.execute(
        insert(MessageTemplate).values(
            id=template.id,
            name=template.name,
            parameters=orjson.dumps(parameters).decode(),
            tag=template.tag,
            by_user_id=template.by_user_id,
            price_user_id=template.price_user_id,
            price_phone=template.price_phone,
            kept_at=now,
        )
    )
    record(db, Entry(by, "template.keep", f"template:{template.id}", now))


def list_templates(db: Connection) -> Sequence[KnownTemplate]:
    rows = db.execute(select(MessageTemplate.__table__).order_by(MessageTemplate.name, MessageTemplate.id))
    return [
        KnownTemplate(
            row.id,
            row.name,
            tuple(Parameter(**one) for one in orjson.loads(row.parameters)),
            row.tag,
            row.by_user_id,
            row.price_user_id,
            row.price_phone,
        )
        for row in rows
    ]


def read_template(db: Connection, template_id: str) -> KnownTemplate | None:
    return next((one for one in list_templates(db) if one.id == template_id), None)


def replace_templates(db: Connection, known: Sequence[KnownTemplate], by: str, now: datetime) -> None:
    """Keeps what is new or has changed; what is not among them is withdrawn, and no longer offered."""
    before = {one.id: one for one in list_templates(db)}
    for one in known:
        if before.pop(one.id, None) != one:
            keep_template(db, one, by, now)
    for gone in before:
        db.execute(delete(MessageTemplate).where(MessageTemplate.id == gone))
        record(db, Entry(by, "template.withdraw", f"template:{gone}", now))


def check_template(db: Connection, content: Content) -> None:
    """Raises `ContentRefused` unless the template is known and is given exactly what it asks for."""
    if content.template is None:
        return
    known = read_template(db, content.template.template_id)
    if known is None:
        raise ContentRefused(f"Chưa có mẫu tin {content.template.template_id} trong danh sách đã duyệt.")
    if fault := template_fault(known, content.template):
        raise ContentRefused(fault)


def template_fault(known: KnownTemplate, use: TemplateUse) -> str:
    """What Zalo would refuse whoever it is sent to; empty when nothing."""
    given = {name: text.strip() for name, text in use.parameters.items()}
    missing = [one.name for one in known.parameters if one.required and not given.get(one.name)]
    if missing:
        return f"Mẫu {known.name} còn thiếu: {', '.join(missing)}."
    foreign = sorted(set(use.parameters) - {one.name for one in known.parameters})
    if foreign:
        return f"Mẫu {known.name} không có tham số: {', '.join(foreign)}."
    nothing = {one.value: "" for one in Field}
    for one in _too_long(known, use, nothing):
        return f"Tham số {one.name} của mẫu {known.name} dài quá {one.longest} ký tự."
    return ""


def takes(known: KnownTemplate, use: TemplateUse, values: Values) -> bool:
    """Whether it is short enough for the template with what is filled in for one person."""
    return next(_too_long(known, use, values), None) is None


def _too_long(known: KnownTemplate, use: TemplateUse, values: Values) -> Iterator[Parameter]:
    texts = ((one, fill(use.parameters.get(one.name, ""), values)) for one in known.parameters)
    return (one for one, text in texts if len(text) > one.longest)


def usable_template(db: Connection, content: Content) -> KnownTemplate | None:
    """The template of this content; None when it has none, or when Zalo would not take it any more."""
    use = content.template
    known = None if use is None else read_template(db, use.template_id)
    return None if use is None or known is None or template_fault(known, use) else known
