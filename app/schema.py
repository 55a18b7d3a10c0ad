"""The database's shape: bring it up to date, or say that it is not."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

CHECKOUT = Path(__file__).parent.parent
PACKAGED = Path(__file__).parent / "_packaged"
"""Where a wheel carries what a checkout has at its top level."""


class SchemaBehind(Exception):
    """The database's tables are older than this program: run `daumoi db upgrade` first."""


def folder(name: str) -> Path:
    """A top-level folder of the project, in a checkout or in an installed wheel."""
    beside = CHECKOUT / name
    return beside if beside.is_dir() else PACKAGED / name


def upgrade(url: str) -> None:
    """Applies every migration that this database has not seen."""
    command.upgrade(_config(url), "head")


def check_current(db: Connection) -> None:
    """Raises `SchemaBehind`."""
    head = ScriptDirectory.from_config(_config("")).get_current_head()
    found = MigrationContext.configure(db).get_current_revision()
    if found != head:
        raise SchemaBehind(
            f"the tables are at {found or 'nothing'}, this program needs {head}: run `daumoi db upgrade`"
        )


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("alembic")))
    config.attributes["url"] = url
    return config
