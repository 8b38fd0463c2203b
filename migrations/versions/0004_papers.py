"""Documents as PDF, quotas of files, and offline entry with its confirmation.

Revision: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "file_usage",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used_bytes >= 0", name=op.f("ck_file_usage_used")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_file_usage_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_file_usage")),
    )
    op.create_table(
        "paper",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.String(length=30), nullable=False),
        sa.Column("object_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=20), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('acceptance', 'comparison', 'delivery', 'order', 'rfq', 'statement')",
            name=op.f("ck_paper_kind_known"),
        ),
        sa.CheckConstraint("state IN ('failed', 'queued', 'ready')", name=op.f("ck_paper_state_known")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_paper_attempts")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_paper_digest_whole")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_paper_org_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_digest"), "paper", ["digest"], unique=False)
    op.create_index(op.f("ix_paper_object_id"), "paper", ["object_id"], unique=False)
    op.create_index("ix_paper_org_state", "paper", ["org_id", "state"], unique=False)
    op.create_index("ix_paper_waits", "paper", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "offline_entry",
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("entered_by", sa.String(length=30), nullable=False),
        sa.Column("came_in_on", sa.Date(), nullable=False),
        sa.Column("backdated_days", sa.Integer(), nullable=False),
        sa.Column("duplicates", Json, nullable=False),
        sa.Column("form_id", sa.String(length=30), nullable=True),
        sa.Column("form_by", sa.String(length=30), nullable=True),
        sa.Column("checked_by", sa.String(length=30), nullable=True),
        sa.Column("signer_id", sa.String(length=30), nullable=True),
        sa.Column("way", sa.String(length=9), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("way IN ('code', 'form', 'purchaser')", name=op.f("ck_offline_entry_way_known")),
        sa.CheckConstraint("(form_id IS NULL) = (form_by IS NULL)", name=op.f("ck_offline_entry_form_by_somebody")),
        sa.CheckConstraint("backdated_days BETWEEN 0 AND 14", name=op.f("ck_offline_entry_backdated")),
        sa.CheckConstraint("checked_by <> form_by", name=op.f("ck_offline_entry_four_eyes")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_offline_entry_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["person.id"], name=op.f("fk_offline_entry_checked_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name=op.f("fk_offline_entry_entered_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["form_by"], ["person.id"], name=op.f("fk_offline_entry_form_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["form_id"], ["stored_file.id"], name=op.f("fk_offline_entry_form_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["person.id"], name=op.f("fk_offline_entry_signer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_offline_entry")),
    )
    op.create_table(
        "order_code",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(code_hash) = 64", name=op.f("ck_order_code_hashed")),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_order_code_tries")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_order_code_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_order_code_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_code")),
    )
    op.create_index(op.f("ix_order_code_order_id"), "order_code", ["order_id"], unique=False)
    op.create_index(
        "uq_order_code_live",
        "order_code",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.add_column("stored_file", sa.Column("part_id", sa.String(length=30), nullable=True))
    # What is stored already counts, too.
    op.execute(
        "INSERT INTO file_usage (org_id, used_bytes) SELECT org_id, sum(size_bytes) FROM stored_file GROUP BY org_id"
    )


def downgrade() -> None:
    op.drop_column("stored_file", "part_id")
    op.drop_index(
        "uq_order_code_live", table_name="order_code", sqlite_where=sa.text("live"), postgresql_where=sa.text("live")
    )
    op.drop_index(op.f("ix_order_code_order_id"), table_name="order_code")
    op.drop_table("order_code")
    op.drop_table("offline_entry")
    op.drop_index("ix_paper_waits", table_name="paper")
    op.drop_index("ix_paper_org_state", table_name="paper")
    op.drop_index(op.f("ix_paper_object_id"), table_name="paper")
    op.drop_index(op.f("ix_paper_digest"), table_name="paper")
    op.drop_table("paper")
    op.drop_table("file_usage")
