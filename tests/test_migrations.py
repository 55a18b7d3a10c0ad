"""Migrations make what the models say, wholly or not at all."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from app.directory.models import Employer, Liaison
from app.kit.db import Database, UtcMs
from app.kit.seal import Sealer
from app.kit.vietnamese import sort_key
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


def test_liaisons_and_codes_of_before_are_found_again_after(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAUMOI_SECRET_KEY", "k" * 20)
    sealer = Sealer("k" * 20)
    go_to(database_url, "0004")
    with closing(Database(database_url)) as database:
        database.write_now(lambda db: fill_as_before(db, sealer))
    go_to(database_url, "head")
    with closing(Database(database_url)) as database:
        liaison = database.read_now(lambda db: db.execute(select(Liaison.__table__)).one())
        assert (liaison.full_name, liaison.name_folded) == ("Trần Thị Ví Dụ", "tran thi vi du")
        assert liaison.sort_key == sort_key("Trần Thị Ví Dụ")
        codes = database.read_now(
            lambda db: db.execute(select(Employer.tax_code, Employer.budget_code).order_by(Employer.id)).all()
        )
        assert [tuple(row) for row in codes] == [("0123456789", None), (None, "1234567"), (None, None)]
    go_to(database_url, "0004")
    with closing(Database(database_url)) as database:
        sealed = database.read_now(lambda db: db.execute(text("SELECT full_name FROM liaison")).scalar_one())
        assert sealer.open_text(bytes(sealed)) == "Trần Thị Ví Dụ"
        roots = database.read_now(
            lambda db: db.execute(text("SELECT root_code FROM employer ORDER BY id")).scalars().all()
        )
        assert list(roots) == ["0123456789", "1234567", None]


def go_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = url
    going = command.upgrade if revision == "head" or not has_tables(url) else command.downgrade
    going(config, revision)


def has_tables(url: str) -> bool:
    with closing(Database(url)) as database:
        return bool(database.read_now(lambda db: inspect(db).get_table_names()))


def fill_as_before(db: Connection, sealer: Sealer) -> None:
    for name, root in (("A", "0123456789"), ("B", "1234567"), ("C", None)):
        db.execute(
            text("INSERT INTO employer (name, name_folded, root_code) VALUES (:name, :name, :root)"),
            {"name": name, "root": root},
        )
    db.execute(
        text(
            "INSERT INTO liaison (stated_code, stated_unit, state, full_name, phone, email, phone_print,"
            " role, from_at) VALUES ('', '', 'pending', :name, :name, :name, 'p', 'hr', 1)"
        ),
        {"name": sealer.seal_text("Trần Thị Ví Dụ")},
    )


def differences(db: Connection) -> list[object]:
    options = {"compare_type": same_type_is_no_difference, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(db, opts=options), metadata))


def same_type_is_no_difference(
    _context: object, _inspected: object, _column: object, _found: object, wanted: object
) -> bool | None:
    """Alembic compares types itself, but for ours, which is an integer in the table."""
    return False if isinstance(wanted, UtcMs) else None
