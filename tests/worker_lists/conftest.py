"""The invented directory, and short ways to take lists in and look at what came of them."""

import pytest

from app.directory.demo_data import load_demo
from app.kit.db import Database
from tests.worker_lists.lists import NOW, SEALER


@pytest.fixture
def filled(db: Database) -> Database:
    """A database with the invented offices, officers and employers, and no list."""
    db.write_now(lambda tx: load_demo(tx, SEALER, NOW))
    return db
