"""Lists of unregistered workers, their marks, and the links that open them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "link_knock",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_link_knock")),
    )
    op.create_index(op.f("ix_link_knock_since"), "link_knock", ["since"], unique=False)
    op.create_table(
        "worker_list",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_worker_list_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_list")),
    )
    op.create_index(op.f("ix_worker_list_office_id"), "worker_list", ["office_id"], unique=False)
    op.create_table(
        "worker_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_print", sa.String(length=32), nullable=False),
        sa.Column("masked_number", sa.String(length=24), nullable=False),
        sa.Column("worker_print", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=True),
        sa.Column("marked_by", sa.String(length=64), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_worker_entry_employer_id_employer")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["worker_list.id"], name=op.f("fk_worker_entry_list_id_worker_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_entry")),
        sa.UniqueConstraint(
            "employer_id", "worker_print", name=op.f("uq_worker_entry_employer_id_worker_print")
        ),
    )
    op.create_index(
        "ix_worker_entry_employer_id_state", "worker_entry", ["employer_id", "state", "id"], unique=False
    )
    op.create_index(op.f("ix_worker_entry_list_id"), "worker_entry", ["list_id"], unique=False)
    op.create_table(
        "worker_list_unit",
        sa.Column(
            "list_id",
            sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "employer_id",
            sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_worker_list_unit_employer_id_employer")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["worker_list.id"], name=op.f("fk_worker_list_unit_list_id_worker_list")
        ),
        sa.PrimaryKeyConstraint("list_id", "employer_id", name=op.f("pk_worker_list_unit")),
    )
    op.create_index(
        "ix_worker_list_unit_employer_id", "worker_list_unit", ["employer_id", "list_id"], unique=False
    )
    op.create_table(
        "worker_unit",
        sa.Column(
            "employer_id",
            sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("list_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("installed_count", sa.Integer(), nullable=False),
        sa.Column("needs_help_count", sa.Integer(), nullable=False),
        sa.Column("left_count", sa.Integer(), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_worker_unit_employer_id_employer")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["worker_list.id"], name=op.f("fk_worker_unit_list_id_worker_list")
        ),
        sa.PrimaryKeyConstraint("employer_id", name=op.f("pk_worker_unit")),
    )
    op.create_index(op.f("ix_worker_unit_list_id"), "worker_unit", ["list_id"], unique=False)
    op.create_table(
        "liaison_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("liaison_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("codes_sent", sa.Integer(), nullable=False),
        sa.Column("code_print", sa.String(length=32), nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=True),
        sa.Column("session_expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_liaison_link_employer_id_employer")
        ),
        sa.ForeignKeyConstraint(
            ["liaison_id"], ["liaison.id"], name=op.f("fk_liaison_link_liaison_id_liaison")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_liaison_link_token_hash")),
    )
    op.create_index(op.f("ix_liaison_link_contact"), "liaison_link", ["contact"], unique=False)
    op.create_index(op.f("ix_liaison_link_expires_at"), "liaison_link", ["expires_at"], unique=False)
    op.create_index(op.f("ix_liaison_link_liaison_id"), "liaison_link", ["liaison_id"], unique=False)
    op.create_table(
        "worker_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["worker_entry.id"], name=op.f("fk_worker_mark_entry_id_worker_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_mark")),
    )
    op.create_index(op.f("ix_worker_mark_entry_id"), "worker_mark", ["entry_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_worker_mark_entry_id"), table_name="worker_mark")
    op.drop_table("worker_mark")
    op.drop_index(op.f("ix_liaison_link_liaison_id"), table_name="liaison_link")
    op.drop_index(op.f("ix_liaison_link_expires_at"), table_name="liaison_link")
    op.drop_index(op.f("ix_liaison_link_contact"), table_name="liaison_link")
    op.drop_table("liaison_link")
    op.drop_index(op.f("ix_worker_unit_list_id"), table_name="worker_unit")
    op.drop_table("worker_unit")
    op.drop_index("ix_worker_list_unit_employer_id", table_name="worker_list_unit")
    op.drop_table("worker_list_unit")
    op.drop_index(op.f("ix_worker_entry_list_id"), table_name="worker_entry")
    op.drop_index("ix_worker_entry_employer_id_state", table_name="worker_entry")
    op.drop_table("worker_entry")
    op.drop_index(op.f("ix_worker_list_office_id"), table_name="worker_list")
    op.drop_table("worker_list")
    op.drop_index(op.f("ix_link_knock_since"), table_name="link_knock")
    op.drop_table("link_knock")
