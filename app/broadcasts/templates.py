"""Approved templates as we keep them, and whether what is filled in will be taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, insert, select

from app.audit.trail import Entry, record
from app.broadcasts.content import Content, ContentRefused
from app.broadcasts.models import MessageTemplate
from app.outbox.ways import TemplateFacts, TemplateTag

PROMOTION = 3


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


def check_template(db: Connection, content: Content) -> None:
    """Raises `ContentRefused` unless the template is known and is given exactly what it asks for."""
    if content.template is None:
        return
    known = next((one for one in list_templates(db) if one.id == content.template.template_id), None)
    if known is None:
        raise ContentRefused(f"Chưa có mẫu tin {content.template.template_id} trong danh sách đã duyệt.")
    given = content.template.parameters
    names = {one.name for one in known.parameters}
    missing = [one.name for one in known.parameters if one.required and not given.get(one.name, "").strip()]
    if missing:
        raise ContentRefused(f"Mẫu {known.name} còn thiếu: {', '.join(missing)}.")
    foreign = sorted(set(given) - names)
    if foreign:
        raise ContentRefused(f"Mẫu {known.name} không có tham số: {', '.join(foreign)}.")
