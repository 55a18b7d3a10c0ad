"""Migrations make what the models say, wholly or not at all."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from app.kit.db import Database, UtcMs
from app.schema import SchemaBehind, check_current, upgrade
from app.tables import metadata

ROOT = Path(__file__).parent.parent

BREAKS_HALF_WAY = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "1", None


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    raise ZeroDivisionError
"""


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    upgrade(database_url)
    with closing(Database(database_url)) as database:
        database.read_now(check_current)
        assert database.read_now(differences) == []


def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url)


def test_a_database_without_tables_is_behind(database_url: str) -> None:
    with closing(Database(database_url)) as database, pytest.raises(SchemaBehind):
        database.read_now(check_current)


def test_a_migration_that_breaks_leaves_the_tables_as_they_were(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "1_breaks.py").write_text(BREAKS_HALF_WAY)
    shutil.copy(ROOT / "alembic" / "env.py", tmp_path)
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    config.attributes["url"] = database_url
    with pytest.raises(ZeroDivisionError):
        command.upgrade(config, "head")
    with closing(Database(database_url)) as database:
        assert "half" not in database.read_now(lambda db: inspect(db).get_table_names())


def differences(db: Connection) -> list[object]:
    options = {"compare_type": same_type_is_no_difference, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(db, opts=options), metadata))


def same_type_is_no_difference(
    _context: object, _inspected: object, _column: object, _found: object, wanted: object
) -> bool | None:
    """Alembic compares types itself, but for ours, which is an integer in the table."""
    return False if isinstance(wanted, UtcMs) else None
