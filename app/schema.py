"""The database's shape: bring it up to date, or say that it is not."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

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
    from alembic import command  # a process that serves never needs it: a fifth of a second and 10 MB
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder("alembic")))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def check_current(db: Connection) -> None:
    """Raises `SchemaBehind`."""
    found, needed = _version_of(db), newest_version()
    if found != needed:
        raise SchemaBehind(
            f"the tables are at {found or 'nothing'}, this program needs {needed}: run `daumoi db upgrade`"
        )


def newest_version() -> str:
    """The version that the last migration leads to: migrations are numbered, by name and within."""
    return max(path.name for path in (folder("alembic") / "versions").glob("*.py")).partition("_")[0]


def _version_of(db: Connection) -> str | None:
    if not inspect(db).has_table("alembic_version"):
        return None
    return db.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
