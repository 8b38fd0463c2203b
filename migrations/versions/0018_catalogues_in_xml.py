"""Imports of listings from catalogues in XML: BMEcat and cXML.

Revision: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BEFORE = ("csv", "xlsx")
UNFINISHED = ("uploaded", "mapping", "checking", "checked", "running")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("import_job") as table:
        table.drop_constraint(op.f("ck_import_job_kind_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_import_job_kind_known"), f"kind IN ({', '.join(repr(one) for one in kinds)})"
        )


def upgrade() -> None:
    _allow((*BEFORE, "xml"))
    # Catalogues that the way down has called tables; a table is never called so.
    op.execute("UPDATE import_job SET kind = 'xml' WHERE kind = 'csv' AND lower(file_name) LIKE '%.xml'")


def downgrade() -> None:
    """A program before this one cannot read the file: what is not at its end is cancelled, as somebody might have done,
    and what remains is a record of what was done, kept as that of a text. The listings themselves stay."""
    job = sa.table(
        "import_job", sa.column("kind", sa.String), sa.column("state", sa.String), sa.column("turn", sa.Integer),
        sa.column("ended_at", sa.DateTime(timezone=True)), sa.column("waits_org", sa.String),
        sa.column("waits_role", sa.String), sa.column("waits_until", sa.DateTime(timezone=True)),
    )  # fmt: skip
    op.execute(
        job.update()
        .where(job.c.kind == "xml", job.c.state.in_(UNFINISHED))
        .values(
            state="cancelled", turn=job.c.turn + 1, ended_at=sa.func.current_timestamp(), waits_org=None,
            waits_role=None, waits_until=None,
        )
    )
    op.execute(job.update().where(job.c.kind == "xml").values(kind="csv"))
    _allow(BEFORE)
