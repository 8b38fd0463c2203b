"""Archives of pictures: a kind of import, how much their files take, and by what a file that comes again is known.

Revision: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KIND = "ck_import_job_kind_known"


def upgrade() -> None:
    with op.batch_alter_table("import_job") as table:
        table.add_column(sa.Column("file_bytes", sa.BigInteger(), nullable=False, server_default="0"))
        table.create_check_constraint(op.f("ck_import_job_file_bytes"), "file_bytes >= 0")
        table.drop_constraint(op.f(KIND), type_="check")
        table.create_check_constraint(op.f(KIND), "kind IN ('csv', 'xlsx', 'xml', 'zip')")
    with op.batch_alter_table("import_job") as table:
        table.alter_column("file_bytes", server_default=None)
    # Archives that the way down has called tables; a table is never called so.
    op.execute("UPDATE import_job SET kind = 'zip' WHERE kind = 'csv' AND lower(file_name) LIKE '%.zip'")
    with op.batch_alter_table("listing_medium") as table:
        table.add_column(sa.Column("source_sha256", sa.String(length=64), nullable=True))
    # A document is kept as it came; of a picture that was drawn anew only the drawing is known.
    op.execute("UPDATE listing_medium SET source_sha256 = sha256 WHERE media_type = 'application/pdf'")


def downgrade() -> None:
    """An archive that was imported stays as the record of it, called a table, which only its page would notice; one
    that is still on its way is cancelled, for the older program would read it as a table."""
    with op.batch_alter_table("listing_medium") as table:
        table.drop_column("source_sha256")
    op.execute(
        "UPDATE import_job SET state = 'cancelled', ended_at = updated_at, version = version + 1, turn = turn + 1,"
        " waits_org = NULL, waits_role = NULL, waits_until = NULL"
        " WHERE kind = 'zip' AND state NOT IN ('done', 'failed', 'cancelled')"
    )
    op.execute("UPDATE import_job SET kind = 'csv' WHERE kind = 'zip'")
    with op.batch_alter_table("import_job") as table:
        table.drop_constraint(op.f(KIND), type_="check")
        table.create_check_constraint(op.f(KIND), "kind IN ('csv', 'xlsx', 'xml')")
        table.drop_constraint(op.f("ck_import_job_file_bytes"), type_="check")
        table.drop_column("file_bytes")
