"""Brings over from Zalo the templates that it has approved, with what each asks for and costs."""

from datetime import datetime

from app.broadcasts.templates import KnownTemplate, Parameter, replace_templates
from app.credentials.renewal import TokenKeeper
from app.kit.clock import VIETNAM, Clock
from app.kit.db import Database
from app.zalo.answers import ListedTemplate, TemplateDetail
from app.zalo.client import MOST_TEMPLATES, ZaloClient

BY_USER_ID_SINCE = datetime(2025, 12, 10, tzinfo=VIETNAM)
"""Templates made before go to phone numbers only (-249)."""
LONGEST = 30
"""Of a parameter whose length Zalo does not tell."""


async def fetch_templates(
    db: Database, client: ZaloClient, tokens: TokenKeeper, by: str, clock: Clock
) -> list[KnownTemplate]:
    """Replaces what was known. Raises `NotLinked` or `ZaloError`, and nothing has changed then."""
    token = await tokens.token()
    listed: list[ListedTemplate] = []
    more = True
    while more:
        page = await client.templates(token, len(listed))
        listed, more = listed + page, len(page) == MOST_TEMPLATES
    enabled = [one for one in listed if one.is_enabled]
    known = [_known(one, await client.template_detail(token, one.template_id)) for one in enabled]
    await db.write(lambda tx: replace_templates(tx, known, by, clock.now()))
    return known


def _known(listed: ListedTemplate, told: TemplateDetail) -> KnownTemplate:
    is_new = listed.created_at is not None and listed.created_at >= BY_USER_ID_SINCE
    return KnownTemplate(
        listed.template_id,
        told.name,
        tuple(Parameter(one.name, one.required, one.longest or LONGEST) for one in told.parameters),
        told.tag,
        by_user_id=is_new and told.price_user_id is not None,
        price_user_id=told.price_user_id or 0,
        price_phone=told.price_phone,
    )
