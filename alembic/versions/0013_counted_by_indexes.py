"""What the page of a broadcast counts stands in indexes; who has seen a message has received it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEW: dict[str, tuple[list[str], str | None]] = {
    "ix_recipient_counted": (["broadcast_id", "state", "way", "reason", "error_code", "price"], None),
    "ix_recipient_claimed": (["broadcast_id", "claimed_at"], None),
    "ix_recipient_listed": (["broadcast_id", "id"], None),
    "ix_recipient_delivered": (["broadcast_id", "delivered_at"], "delivered_at IS NOT NULL"),
    "ix_recipient_seen": (["broadcast_id", "seen_at"], "seen_at IS NOT NULL"),
    "ix_recipient_answered": (["broadcast_id", "answered_at", "answer"], "answered_at IS NOT NULL"),
    "ix_recipient_of_test": (["broadcast_id", "id"], "batch <> ''"),
}


def upgrade() -> None:
    op.execute(
        "UPDATE recipient SET delivered_at = seen_at WHERE delivered_at IS NULL AND seen_at IS NOT NULL"
    )
    op.drop_index("ix_recipient_counted", table_name="recipient")
    for name, (columns, where) in _NEW.items():
        condition = None if where is None else sa.text(where)
        op.create_index(name, "recipient", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name in _NEW:
        op.drop_index(name, table_name="recipient")
    op.create_index("ix_recipient_counted", "recipient", ["broadcast_id", "state", "way"])
