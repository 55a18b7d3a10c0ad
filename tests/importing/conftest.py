"""The invented directory, and a desk at which lists are dropped, looked at and decided about."""

import pytest

from app.directory.demo_data import load_demo
from app.kit.db import Database
from tests.directory.files import NOW, SEALER
from tests.importing.desk import Desk


@pytest.fixture
def desk(db: Database) -> Desk:
    db.write_now(lambda tx: load_demo(tx, SEALER, NOW))
    return Desk(db)
