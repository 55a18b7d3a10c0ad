"""Imports that wait, their undo, and the directory's leave, stand-ins, merges and readable names."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.kit.seal import Sealer
from app.kit.vietnamese import fold, sort_key
from app.settings import Settings

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), "sqlite")
AT_ONCE = 1000
MERGED = "fk_employer_merged_into_employer"
BUDGET_DIGITS = 7
EMPLOYER_INDEXES = (
    ("ix_employer_of_officer", ["officer_id", "state"]),
    ("ix_employer_of_office", ["office_id", "state"]),
    ("ix_employer_sorted", ["state", "name_folded", "id"]),
)
STANDING = (("state", sa.String(length=8), "active"), ("version", sa.Integer(), "1"))


def upgrade() -> None:
    for table in ("office", "officer", "employer"):
        for name, kind, value in STANDING:
            _add(table, name, kind, value)
    for table in ("office", "officer"):
        _add(table, "name_folded", sa.String(length=200), "")
        _fill(table, ("name",), lambda row: {"name_folded": fold(row.name)})
    _two_codes()
    _readable_names()
    seen = ["last_interaction_at", "user_id"]
    op.create_index("ix_contact_last_interaction_at", "contact", seen, unique=False)
    op.create_index("ix_contact_following", "contact", ["following", "user_id"], unique=False)
    for name, columns in EMPLOYER_INDEXES:
        op.create_index(name, "employer", columns, unique=False)
    _leave_and_merges()
    _imports()


def downgrade() -> None:
    for table in ("import_page", "import_habit", "import_run", "unit_invite", "merge", "officer_leave"):
        op.drop_table(table)
    op.drop_index("ix_contact_following", "contact")
    op.drop_index("ix_contact_last_interaction_at", "contact")
    for name, _ in EMPLOYER_INDEXES:
        op.drop_index(name, "employer")
    _one_code()
    _sealed_names()
    for table in ("office", "officer"):
        op.drop_column(table, "name_folded")
    for table in ("office", "officer", "employer"):
        for name, _, _ in STANDING:
            op.drop_column(table, name)


def _two_codes() -> None:
    """Seven digits are a budget code, ten or more a tax code."""
    op.add_column("employer", sa.Column("tax_code", sa.String(length=16), nullable=True))
    op.add_column("employer", sa.Column("budget_code", sa.String(length=16), nullable=True))
    employer = sa.table("employer", sa.column("root_code"), sa.column("tax_code"), sa.column("budget_code"))
    is_budget = sa.func.length(employer.c.root_code) == BUDGET_DIGITS
    op.execute(employer.update().where(is_budget).values(budget_code=employer.c.root_code))
    op.execute(employer.update().where(~is_budget).values(tax_code=employer.c.root_code))
    op.drop_index(op.f("ix_employer_root_code"), "employer")
    with op.batch_alter_table("employer") as batch:
        batch.drop_column("root_code")
        batch.add_column(sa.Column("merged_into", NUMBER, nullable=True))
        batch.create_foreign_key(MERGED, "employer", ["merged_into"], ["id"])

    for name in ("tax_code", "budget_code", "merged_into"):
        op.create_index(op.f(f"ix_employer_{name}"), "employer", [name], unique=False)


def _one_code() -> None:
    for name in ("tax_code", "budget_code", "merged_into"):
        op.drop_index(op.f(f"ix_employer_{name}"), "employer")
    op.add_column("employer", sa.Column("root_code", sa.String(length=16), nullable=True))
    op.execute("UPDATE employer SET root_code = coalesce(tax_code, budget_code)")
    with op.batch_alter_table("employer") as batch:
        batch.drop_constraint(MERGED, type_="foreignkey")
        for name in ("tax_code", "budget_code", "merged_into"):
            batch.drop_column(name)
    op.create_index(op.f("ix_employer_root_code"), "employer", ["root_code"], unique=False)


def _readable_names() -> None:
    """Names of liaisons come out of their seal; for that the service's key is needed, if there are any."""
    op.alter_column("liaison", "full_name", new_column_name="sealed_name")
    _add("liaison", "full_name", sa.String(length=200), "")
    _add("liaison", "name_folded", sa.String(length=200), "")
    _add("liaison", "sort_key", sa.Text(), "")
    _add("liaison", "ended_why", sa.String(length=16), "")
    _add("liaison", "version", sa.Integer(), "1")
    _fill("liaison", ("sealed_name",), lambda row: _named(_sealer().open_text(row.sealed_name)))
    op.drop_column("liaison", "sealed_name")
    listed = ["sort_key", "id", "state", "name_folded", "employer_id", "contact"]
    op.create_index("ix_liaison_sorted", "liaison", listed, unique=False)
    op.create_index("ix_liaison_same_name", "liaison", ["employer_id", "name_folded", "state"], unique=False)
    op.create_index("ix_liaison_state", "liaison", ["state", "sort_key", "id"], unique=False)
    op.create_index("ix_liaison_contact", "liaison", ["contact", "state"], unique=False)
    for column in ("employer_id", "phone_print"):
        op.drop_index(op.f(f"ix_liaison_{column}"), "liaison")
    op.create_index("ix_liaison_of_unit", "liaison", ["employer_id", "state", "sort_key", "id"], unique=False)
    op.create_index("ix_liaison_phone", "liaison", ["phone_print", "state"], unique=False)


def _sealed_names() -> None:
    for column in ("employer_id", "phone_print"):
        op.create_index(op.f(f"ix_liaison_{column}"), "liaison", [column], unique=False)
    for name in (
        "ix_liaison_phone",
        "ix_liaison_of_unit",
        "ix_liaison_same_name",
        "ix_liaison_sorted",
        "ix_liaison_state",
        "ix_liaison_contact",
    ):
        op.drop_index(name, "liaison")
    op.alter_column("liaison", "full_name", new_column_name="plain_name")
    op.add_column("liaison", sa.Column("full_name", sa.LargeBinary(), nullable=True))
    _fill("liaison", ("plain_name",), lambda row: {"full_name": _sealer().seal_text(row.plain_name)})
    with op.batch_alter_table("liaison") as batch:
        batch.alter_column("full_name", existing_type=sa.LargeBinary(), nullable=False)
        for name in ("plain_name", "name_folded", "sort_key", "ended_why", "version"):
            batch.drop_column(name)


def _named(name: str) -> dict[str, str]:
    return {"full_name": name, "name_folded": fold(name), "sort_key": sort_key(name) if name else ""}


def _sealer() -> Sealer:
    return Sealer(*(Settings().secret_keys or ("demo",)))


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """A column that must not be empty, filled in the rows that are there."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, existing_type=kind, server_default=None)


def _fill(table: str, names: Sequence[str], values: Any) -> None:
    db = op.get_bind()
    for rows in _slices(db, table, names):
        written = [{"row_id": row.id, **values(row)} for row in rows]
        columns = [name for name in written[0] if name != "row_id"]
        rewritten = sa.table(table, sa.column("id"), *map(sa.column, columns))
        statement = rewritten.update().where(rewritten.c.id == sa.bindparam("row_id"))
        db.execute(statement.values({name: sa.bindparam(name) for name in columns}), written)


def _slices(db: sa.Connection, table: str, names: Sequence[str]) -> Iterator[Sequence[Any]]:
    known = sa.table(table, sa.column("id", sa.BigInteger), *map(sa.column, names))
    last = 0
    while rows := db.execute(
        sa.select(known).where(known.c.id > last).order_by(known.c.id).limit(AT_ONCE)
    ).all():
        yield rows
        last = rows[-1].id


def _leave_and_merges() -> None:
    op.create_table(
        "officer_leave",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("officer_id", NUMBER, nullable=False),
        sa.Column("stand_in_id", NUMBER, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_officer_leave_officer_id_officer")
        ),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["officer.id"], name=op.f("fk_officer_leave_stand_in_id_officer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_leave")),
    )
    for name in ("officer_id", "stand_in_id"):
        op.create_index(op.f(f"ix_officer_leave_{name}"), "officer_leave", [name], unique=False)
    op.create_table(
        "merge",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("dropped_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    for name in ("kept_id", "dropped_id"):
        op.create_index(op.f(f"ix_merge_{name}"), "merge", [name], unique=False)
    op.create_table(
        "unit_invite",
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("employer_id", NUMBER, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_unit_invite_employer_id_employer")
        ),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_unit_invite")),
    )
    for name in ("contact", "employer_id"):
        op.create_index(op.f(f"ix_unit_invite_{name}"), "unit_invite", [name], unique=False)


def _imports() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("guess", sa.Text(), nullable=False),
        sa.Column("guess_told", sa.Boolean(), nullable=False),
        sa.Column("overrides", sa.LargeBinary(), nullable=True),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in (
                "rows_total",
                "rows_read",
                "new_rows",
                "changed_rows",
                "wrong_rows",
                "unchanged_rows",
            )
        ),
        sa.Column("leaves_out_wrong", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("memory", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_state", "import_run", ["state", "id"], unique=False)
    op.create_table(
        "import_page",
        sa.Column("import_id", NUMBER, nullable=False),
        sa.Column("tab", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["import_run.id"],
            name=op.f("fk_import_page_import_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "tab", "number", name=op.f("pk_import_page")),
    )
    op.create_table(
        "import_habit",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("header_print", sa.String(length=32), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "header_print", name=op.f("pk_import_habit")),
    )
