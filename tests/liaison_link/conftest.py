"""The web app over a database of either kind, with a clock that stands, and a liaison who holds a link."""

from collections.abc import AsyncIterator

import pytest

from app.main import create_app
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from tests.liaison_link.door import CLOCK_START, KEY, Office, StandingClock


@pytest.fixture
async def office(migrated_url: str, content_read_once: None) -> AsyncIterator[Office]:
    """An office with one verified liaison, whose unit has a list; nothing is sent to Zalo."""
    settings = Settings.model_validate(
        {
            "database_url": migrated_url,
            "secret_key": KEY,
            "public_url": "http://bot",
            "zalo_app_id": "360846524940903967",
            "zalo_app_secret": KEY,
            "zalo_oa_id": "388613280878808645",
            "zalo_oa_secret": KEY,
            "zalo_oauth_url": "http://127.0.0.1:9",
        }
    )
    runtime: Runtime = open_runtime(settings, StandingClock(CLOCK_START))
    app = create_app(runtime, with_runner=False)
    async with app.router.lifespan_context(app):
        yield Office(runtime, app)
