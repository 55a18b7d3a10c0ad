"""Messages that the bot could not answer, masked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "unanswered_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=False),
        sa.Column("likely", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("tapped", sa.String(length=81), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered_message")),
    )
    for column in ("contact", "said_at"):
        op.create_index(op.f(f"ix_unanswered_message_{column}"), "unanswered_message", [column], unique=False)
    op.create_index("ix_unanswered_message_verdict", "unanswered_message", ["verdict", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("unanswered_message")
