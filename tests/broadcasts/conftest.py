from collections.abc import AsyncIterator

import pytest

from app.kit.db import Database
from tests.broadcasts.stage import Stage


@pytest.fixture
async def stage(open_db: Database) -> AsyncIterator[Stage]:
    stage = Stage(open_db)
    await stage.open()
    yield stage
    await stage.close()
