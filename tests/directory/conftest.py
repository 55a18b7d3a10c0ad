"""A directory to start from: the invented one."""

import pytest

from app.directory.demo_data import load_demo
from app.kit.db import Database
from tests.directory.files import NOW, SEALER


@pytest.fixture
def filled(db: Database) -> Database:
    """A database with the invented offices, officers and employers, and no liaison."""
    db.write_now(lambda tx: load_demo(tx, SEALER, NOW))
    return db
