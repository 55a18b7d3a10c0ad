"""What a list is dated and due, kept with its import; when a unit was last given the link to its list."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("worker_unit", sa.Column("link_sent_at", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_worker_unit_due_on"), "worker_unit", ["due_on"], unique=False)
    op.add_column("import_run", sa.Column("listed_on", sa.Date(), nullable=True))
    op.add_column("import_run", sa.Column("due_on", sa.Date(), nullable=True))
    older: sa.Column[bool] = sa.Column(
        "older_is_meant", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("import_run", older)
    with op.batch_alter_table("import_run") as batch:
        batch.alter_column("older_is_meant", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("import_run") as batch:
        for name in ("older_is_meant", "due_on", "listed_on"):
            batch.drop_column(name)
    op.drop_index(op.f("ix_worker_unit_due_on"), "worker_unit")
    with op.batch_alter_table("worker_unit") as batch:
        batch.drop_column("link_sent_at")
