"""When a person who asks again was last told that their request waits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("handover_request", sa.Column("told_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("handover_request") as batch:
        batch.drop_column("told_at")
