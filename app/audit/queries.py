"""The trail as its page shows it: newest first, filtered, page after page without counting."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select

from app.audit.models import AuditLine

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """An empty part lets everything through; `action` may be a beginning; `until` is exclusive."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    without_views: bool = False
    """Only what changed something."""


@dataclass(frozen=True, slots=True)
class TrailLine:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str | int | bool | None]
    address: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """`older` is where the next page starts; None when there is nothing older."""

    lines: tuple[TrailLine, ...]
    older: int | None


def read_page(
    db: Connection, wanted: TrailFilter, *, before: int | None = None, limit: int = PAGE
) -> TrailPage:
    """The newest lines that fit, or those older than line `before`."""
    chosen = _chosen(wanted).order_by(AuditLine.id.desc()).limit(limit + 1)
    if before is not None:
        chosen = chosen.where(AuditLine.id < before)
    lines = tuple(
        TrailLine(row.id, row.at, row.actor, row.action, row.subject, json.loads(row.detail), row.address)
        for row in db.execute(chosen)
    )
    return TrailPage(lines[:limit], lines[limit - 1].id if len(lines) > limit else None)


def known_actions(db: Connection) -> list[str]:
    """Every action that was ever recorded, for the filter."""
    found = db.execute(select(AuditLine.action).distinct().order_by(AuditLine.action)).scalars()
    return [str(action) for action in found]


def _chosen(wanted: TrailFilter) -> Select[int, datetime, str, str, str, str, str]:
    chosen = select(
        AuditLine.id,
        AuditLine.at,
        AuditLine.actor,
        AuditLine.action,
        AuditLine.subject,
        AuditLine.detail,
        AuditLine.address,
    )
    if wanted.actor:
        chosen = chosen.where(AuditLine.actor == wanted.actor)
    if wanted.action:
        # "liaison" takes "liaison.verified" but not "liaison_link.opened".
        below = AuditLine.action.startswith(f"{wanted.action}.", autoescape=True)
        chosen = chosen.where((AuditLine.action == wanted.action) | below)
    if wanted.subject:
        chosen = chosen.where(AuditLine.subject == wanted.subject)
    if wanted.without_views:
        chosen = chosen.where(AuditLine.action.not_like("%.viewed"))
    if wanted.since is not None:
        chosen = chosen.where(AuditLine.at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(AuditLine.at < wanted.until)
    return chosen
