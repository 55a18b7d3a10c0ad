"""The first tables: ledgers, work, tokens, conversations, directory."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text_version", sa.String(length=32), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_contact"), "consent", ["contact"], unique=False)

    op.create_table(
        "contact",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("following", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_interaction_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_contact")),
    )
    op.create_table(
        "conversation",
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("session", sa.LargeBinary(), nullable=True),
        sa.Column("officer_spoke_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contact", name=op.f("pk_conversation")),
    )
    op.create_table(
        "data_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_contact"), "data_request", ["contact"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("text_print", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.String(length=16), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("cause", "ordinal", name=op.f("uq_delivery_cause_ordinal")),
    )
    op.create_index("ix_delivery_contact", "delivery", ["contact", "id"], unique=False)
    op.create_index("ix_delivery_message_id", "delivery", ["message_id"], unique=False)
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["contact", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('planned', 'claimed', 'unknown')"),
        sqlite_where=sa.text("state IN ('planned', 'claimed', 'unknown')"),
    )

    op.create_table(
        "handover_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("wording", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_request")),
    )
    op.create_index("ix_handover_request_asked_at", "handover_request", ["asked_at"], unique=False)
    op.create_index(
        "uq_handover_open",
        "handover_request",
        ["contact"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("event_name", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_inbox_dedupe_key")),
    )
    op.create_index("ix_inbox_contact", "inbox", ["contact", "id"], unique=False)
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["contact", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_inbox_received", "inbox", ["received_at"], unique=False)

    op.create_table(
        "oa_token",
        sa.Column("oa_id", sa.String(length=32), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("obtained_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("renewing_by", sa.String(length=16), nullable=True),
        sa.Column("renewing_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("oa_id", name=op.f("pk_oa_token")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    op.create_table(
        "runner",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("host", sa.String(length=128), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runner")),
    )
    op.create_table(
        "work",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_work")),
    )
    op.create_index(
        "ix_work_free",
        "work",
        ["ready_at"],
        unique=False,
        postgresql_where=sa.text("owner IS NULL"),
        sqlite_where=sa.text("owner IS NULL"),
    )
    op.create_index("ix_work_owner", "work", ["owner"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_attempt_delivery_id_delivery"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_delivery_id"), "attempt", ["delivery_id"], unique=False)

    op.create_table(
        "officer",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_officer_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("code", name=op.f("uq_officer_code")),
    )
    op.create_index(op.f("ix_officer_office_id"), "officer", ["office_id"], unique=False)

    op.create_table(
        "employer",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_folded", sa.String(length=300), nullable=False),
        sa.Column("old_code", sa.String(length=32), nullable=True),
        sa.Column("new_code", sa.String(length=40), nullable=True),
        sa.Column("root_code", sa.String(length=16), nullable=True),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=True),
        sa.Column("officer_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_employer_office_id_office")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_employer_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("new_code", name=op.f("uq_employer_new_code")),
        sa.UniqueConstraint("old_code", name=op.f("uq_employer_old_code")),
    )
    op.create_index(op.f("ix_employer_name_folded"), "employer", ["name_folded"], unique=False)
    op.create_index(op.f("ix_employer_office_id"), "employer", ["office_id"], unique=False)
    op.create_index(op.f("ix_employer_officer_id"), "employer", ["officer_id"], unique=False)
    op.create_index(op.f("ix_employer_root_code"), "employer", ["root_code"], unique=False)

    op.create_table(
        "liaison",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=True),
        sa.Column("stated_code", sa.String(length=40), nullable=False),
        sa.Column("stated_unit", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("full_name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("phone_print", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_liaison_employer_id_employer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison")),
    )
    op.create_index(op.f("ix_liaison_employer_id"), "liaison", ["employer_id"], unique=False)
    op.create_index(op.f("ix_liaison_phone_print"), "liaison", ["phone_print"], unique=False)
    op.create_index(
        "uq_liaison_current",
        "liaison",
        ["contact"],
        unique=True,
        postgresql_where=sa.text("state IN ('pending', 'verified')"),
        sqlite_where=sa.text("state IN ('pending', 'verified')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_liaison_current",
        "liaison",
        postgresql_where=sa.text("state IN ('pending', 'verified')"),
        sqlite_where=sa.text("state IN ('pending', 'verified')"),
    )
    op.drop_index(op.f("ix_liaison_phone_print"), "liaison")
    op.drop_index(op.f("ix_liaison_employer_id"), "liaison")

    op.drop_table("liaison")
    op.drop_index(op.f("ix_employer_root_code"), "employer")
    op.drop_index(op.f("ix_employer_officer_id"), "employer")
    op.drop_index(op.f("ix_employer_office_id"), "employer")
    op.drop_index(op.f("ix_employer_name_folded"), "employer")

    op.drop_table("employer")
    op.drop_index(op.f("ix_officer_office_id"), "officer")

    op.drop_table("officer")
    op.drop_index(op.f("ix_attempt_delivery_id"), "attempt")

    op.drop_table("attempt")
    op.drop_index("ix_work_owner", "work")
    op.drop_index(
        "ix_work_free",
        "work",
        postgresql_where=sa.text("owner IS NULL"),
        sqlite_where=sa.text("owner IS NULL"),
    )

    op.drop_table("work")
    op.drop_table("runner")
    op.drop_table("office")
    op.drop_table("oa_token")
    op.drop_index("ix_inbox_received", "inbox")
    op.drop_index(
        "ix_inbox_open",
        "inbox",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_inbox_contact", "inbox")

    op.drop_table("inbox")
    op.drop_index(
        "uq_handover_open",
        "handover_request",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_handover_request_asked_at", "handover_request")

    op.drop_table("handover_request")
    op.drop_index(
        "ix_delivery_waiting",
        "delivery",
        postgresql_where=sa.text("state IN ('planned', 'claimed', 'unknown')"),
        sqlite_where=sa.text("state IN ('planned', 'claimed', 'unknown')"),
    )
    op.drop_index("ix_delivery_message_id", "delivery")
    op.drop_index("ix_delivery_contact", "delivery")

    op.drop_table("delivery")
    op.drop_index(op.f("ix_data_request_contact"), "data_request")

    op.drop_table("data_request")
    op.drop_table("conversation")
    op.drop_table("contact")
    op.drop_index(op.f("ix_consent_contact"), "consent")

    op.drop_table("consent")
