"""Changes of published listings, reasons beside fields, price rules, documents and pictures of listings.

Revision: 0014
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("state IN ('draft', 'submitted')")
PAPERS = ("rfq", "comparison", "order", "delivery", "acceptance", "statement")
ACTIVE = sa.text("state = 'active'")


def record_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
    ]


def upgrade() -> None:
    with op.batch_alter_table("listing") as batch:
        batch.add_column(sa.Column("review_notes", Json, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("media", Json, nullable=False, server_default="[]"))
    with op.batch_alter_table("listing") as batch:
        batch.alter_column("review_notes", existing_type=Json, existing_nullable=False, server_default=None)
        batch.alter_column("media", existing_type=Json, existing_nullable=False, server_default=None)
    _changes()
    _media()
    _kinds_of_paper((*PAPERS, "data_sheet", "label"))
    _price_rules()


def _changes() -> None:
    op.create_table(
        "listing_change",
        *record_columns(),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("base", Json, nullable=False),
        sa.Column("proposed", Json, nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("review_notes", Json, nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'declined', 'draft', 'submitted', 'withdrawn')",
            name=op.f("ck_listing_change_state_known"),
        ),
        sa.CheckConstraint("origin IN ('operator', 'supplier')", name=op.f("ck_listing_change_origin_known")),
        sa.CheckConstraint(
            "(state = 'applied') = (applied_at IS NOT NULL)", name=op.f("ck_listing_change_applied_when")
        ),
        sa.CheckConstraint(
            "origin = 'supplier' OR (state = 'applied' AND length(remark) > 0)",
            name=op.f("ck_listing_change_operator_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_listing_change_supplier_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "listing_id"], ["listing.supplier_id", "listing.id"],
            name=op.f("fk_listing_change_supplier_id_listing_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_change")),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_listing_change_supplier_id_id")),
    )  # fmt: skip
    op.create_index("ix_listing_change_waits", "listing_change", ["waits_org", "waits_role", "waits_until"])
    op.create_index("ix_listing_change_listing", "listing_change", ["listing_id", "applied_at"])
    op.create_index("ix_listing_change_supplier_state", "listing_change", ["supplier_id", "state", "id"])
    op.create_index(
        "uq_listing_change_open", "listing_change", ["listing_id"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip


def _media() -> None:
    op.create_table(
        "listing_medium",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.Column("change_id", sa.String(length=30), nullable=True),
        sa.Column("kind", sa.String(length=17), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("series_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('certificate', 'data_sheet', 'manual', 'picture', 'safety_data_sheet')",
            name=op.f("ck_listing_medium_kind_known"),
        ),
        sa.CheckConstraint("number > 0 AND (number = 1) = (series_id = id)", name=op.f("ck_listing_medium_first")),
        sa.CheckConstraint(
            "ended_at IS NULL OR (shown_at IS NOT NULL AND ended_at >= shown_at)",
            name=op.f("ck_listing_medium_shown_first"),
        ),
        sa.CheckConstraint("(width IS NULL) = (media_type = 'application/pdf')", name=op.f("ck_listing_medium_pixels")),
        sa.CheckConstraint(
            "kind <> 'picture' OR media_type = 'image/jpeg'", name=op.f("ck_listing_medium_picture_drawn")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "listing_id"], ["listing.supplier_id", "listing.id"],
            name=op.f("fk_listing_medium_supplier_id_listing_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "change_id"], ["listing_change.supplier_id", "listing_change.id"],
            name=op.f("fk_listing_medium_supplier_id_change_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_medium")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_listing_medium_series_id_number")),
    )  # fmt: skip
    op.create_index("ix_listing_medium_listing", "listing_medium", ["listing_id", "shown_at"])
    op.create_index("ix_listing_medium_change", "listing_medium", ["change_id"])


def _kinds_of_paper(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    with op.batch_alter_table("paper") as batch:
        batch.drop_constraint(op.f("ck_paper_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_paper_kind_known"), f"kind IN ({listed})")


def _price_rules() -> None:
    op.create_table(
        "price_rule",
        *record_columns(),
        sa.Column("rise_bp", sa.Integer(), nullable=False),
        sa.Column("fall_bp", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.CheckConstraint("state IN ('active', 'retired')", name=op.f("ck_price_rule_state_known")),
        sa.CheckConstraint(
            "rise_bp BETWEEN 0 AND 10000 AND fall_bp BETWEEN 0 AND 10000", name=op.f("ck_price_rule_bounds")
        ),
        sa.CheckConstraint("window_days BETWEEN 1 AND 366", name=op.f("ck_price_rule_window")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_price_rule_reasoned")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_price_rule_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
    )
    op.create_index("ix_price_rule_waits", "price_rule", ["waits_org", "waits_role", "waits_until"])
    op.create_index(op.f("ix_price_rule_person_id"), "price_rule", ["person_id"])
    op.create_index(
        "uq_price_rule_active", "price_rule", ["state"], unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )


def downgrade() -> None:
    op.execute("DELETE FROM paper WHERE kind IN ('data_sheet', 'label')")
    _kinds_of_paper(PAPERS)
    op.drop_table("price_rule")
    op.drop_table("listing_medium")
    op.drop_table("listing_change")
    with op.batch_alter_table("listing") as batch:
        batch.drop_column("media")
        batch.drop_column("review_notes")
