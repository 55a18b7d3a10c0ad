"""Offices of one kind of database and of the other, with runners to hire."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.content.load import load_library
from app.conversations.means import Means
from app.engine.matching import default_matcher
from app.kit.db import Database
from app.kit.seal import Sealer
from tests.runner.office import Office


@pytest.fixture(scope="session")
def means() -> Means:
    library = load_library(Path(__file__).parents[2] / "flows")
    here = "http://127.0.0.1"
    return Means(Sealer("k"), library, default_matcher(library), f"{here}/static/share-form.png", here)


@pytest.fixture
async def office(open_db: Database, means: Means, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(open_db, means, tmp_path / "spool")
    yield office
    await office.close()


@pytest.fixture
async def lone_office(sqlite_db: Database, means: Means, tmp_path: Path) -> AsyncIterator[Office]:
    """One with a single writer: what waits for it together is committed together."""
    sqlite_db.open()
    office = Office(sqlite_db, means, tmp_path / "spool")
    yield office
    await office.close()


@pytest.fixture
async def big_office(postgres_db: Database, means: Means, tmp_path: Path) -> AsyncIterator[Office]:
    """One that several runners can share."""
    postgres_db.open()
    office = Office(postgres_db, means, tmp_path / "spool")
    yield office
    await office.close()
