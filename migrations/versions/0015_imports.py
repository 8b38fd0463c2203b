"""Imports of listings: a file on its way into the catalogue, what is wrong in it, what headings meant last time.

Revision: 0015
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

STATES = ("cancelled", "checked", "checking", "done", "failed", "mapping", "running", "uploaded")
NUMBERS = ("total_rows", "done_rows", "created_rows", "changed_rows", "unchanged_rows", "refused_rows", "problem_count")


def upgrade() -> None:
    op.create_table(
        "import_job",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=True),
        sa.Column("mode", sa.String(length=7), nullable=False),
        sa.Column("submits", sa.Boolean(), nullable=False),
        sa.Column("headings", Json, nullable=False),
        sa.Column("columns", Json, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("at_byte", sa.BigInteger(), nullable=False),
        sa.Column("promised", Json, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=20), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"state IN ({', '.join(repr(one) for one in STATES)})", name=op.f("ck_import_job_state_known")
        ),
        sa.CheckConstraint("mode IN ('partial', 'whole')", name=op.f("ck_import_job_mode_known")),
        sa.CheckConstraint("kind IN ('csv', 'xlsx')", name=op.f("ck_import_job_kind_known")),
        sa.CheckConstraint(
            "created_rows + changed_rows + unchanged_rows + refused_rows = done_rows",
            name=op.f("ck_import_job_rows_counted"),
        ),
        sa.CheckConstraint(
            "created_rows >= 0 AND changed_rows >= 0 AND unchanged_rows >= 0 AND refused_rows >= 0",
            name=op.f("ck_import_job_counts"),
        ),
        sa.CheckConstraint("done_rows BETWEEN 0 AND total_rows AND at_byte >= 0", name=op.f("ck_import_job_within")),
        sa.CheckConstraint("state <> 'done' OR done_rows = total_rows", name=op.f("ck_import_job_done_whole")),
        sa.CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name=op.f("ck_import_job_failed_why")),
        sa.CheckConstraint("problem_count >= 0", name=op.f("ck_import_job_problems")),
        sa.ForeignKeyConstraint(
            ["category"], ["category.code"], name=op.f("fk_import_job_category"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_import_job_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_import_job_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_import_job_supplier_id_id")),
    )
    op.create_index("ix_import_job_supplier_state", "import_job", ["supplier_id", "state", "id"], unique=False)
    op.create_index("ix_import_job_waits", "import_job", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "import_problem",
        sa.Column("job_id", sa.String(length=30), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("column_place", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("reason", Json, nullable=False),
        sa.CheckConstraint(
            "place >= 0 AND row_number >= 0 AND column_place >= -1", name=op.f("ck_import_problem_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "job_id"],
            ["import_job.supplier_id", "import_job.id"],
            name=op.f("fk_import_problem_supplier_id_job_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("job_id", "place", name=op.f("pk_import_problem")),
    )
    op.create_index("ix_import_problem_owner", "import_problem", ["supplier_id", "job_id"], unique=False)
    op.create_table(
        "import_mapping",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_import_mapping_digest_whole")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_import_mapping_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("supplier_id", "digest", name=op.f("pk_import_mapping")),
    )


def downgrade() -> None:
    op.drop_table("import_mapping")
    op.drop_index("ix_import_problem_owner", table_name="import_problem")
    op.drop_table("import_problem")
    op.drop_index("ix_import_job_waits", table_name="import_job")
    op.drop_index("ix_import_job_supplier_state", table_name="import_job")
    op.drop_table("import_job")
