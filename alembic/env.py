"""How Alembic reaches the database: the address it was handed by `app.schema`, else the settings'."""

from contextlib import closing
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

from app.kit.db import Database, UtcMs
from app.settings import Settings
from app.tables import metadata

ONE_AT_A_TIME = 6_037_719
"""The number of PostgreSQL's advisory lock: several processes may start on an old database at once."""


def plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations name plain types, so that they still mean the same after the models have moved on."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, UtcMs) else False


def migrate(connection: Connection) -> None:
    """All pending migrations in one transaction: a crash leaves the tables as they were."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # A table that is rebuilt is dropped and renamed; its children must not be deleted with it. The
        # setting is ignored inside a transaction, so it goes to the driver before one begins.
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=plain_types,
        compare_type=True,
        render_as_batch=is_sqlite,
        transactional_ddl=True,
    )
    with connection.begin():
        if not is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        context.run_migrations()


def database_address() -> str:
    return str(context.config.attributes.get("url") or Settings().database_url)


with closing(Database(database_address())) as database, database.engine.connect() as connection:
    migrate(connection)
