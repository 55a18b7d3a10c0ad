"""Units are sorted by officer and counted by office from an index alone."""

from collections.abc import Sequence

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = {
    "ix_employer_of_office": ["office_id", "state"],
    "ix_employer_sorted": ["state", "name_folded", "id"],
}


def upgrade() -> None:
    for name, columns in _BEFORE.items():
        op.drop_index(name, table_name="employer")
        op.create_index(name, "employer", [*columns, "officer_id"])


def downgrade() -> None:
    for name, columns in _BEFORE.items():
        op.drop_index(name, table_name="employer")
        op.create_index(name, "employer", columns)
