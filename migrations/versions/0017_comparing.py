"""Listings kept side by side; the category by which a request's demands are read; instruments shared in the park.

Revision: 0017
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "compared_listing",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 6", name=op.f("ck_compared_listing_place_in_range")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_compared_listing_listing_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_compared_listing_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "place", name=op.f("pk_compared_listing")),
        sa.UniqueConstraint("person_id", "listing_id", name=op.f("uq_compared_listing_person_id_listing_id")),
    )
    op.create_index(op.f("ix_compared_listing_listing_id"), "compared_listing", ["listing_id"])


    with op.batch_alter_table("rfq_line") as table:
        table.add_column(sa.Column("category", sa.String(length=60), nullable=True))
        table.create_foreign_key(
            op.f("fk_rfq_line_category"), "category", ["category"], ["code"], ondelete="RESTRICT"
        )
        table.create_index(op.f("ix_rfq_line_category"), ["category"])


    _create_shared_instrument()
    for name in ("requisition", "rfq"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("why", sa.String(length=12), nullable=False, server_default=""))
            table.add_column(sa.Column("explanation", sa.String(length=500), nullable=False, server_default=""))
            table.create_check_constraint(
                op.f(f"ck_{name}_reason_whole"), "(length(why) > 0) = (length(explanation) > 0)"
            )
        with op.batch_alter_table(name) as table:
            table.alter_column("why", server_default=None)
            table.alter_column("explanation", server_default=None)


def _create_shared_instrument() -> None:
    op.create_table(
        "shared_instrument",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=120), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=True),
        sa.Column("shared_with", sa.String(length=10), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'paused', 'retired')", name=op.f("ck_shared_instrument_state_known")
        ),
        sa.CheckConstraint("shared_with IN ('named', 'park')", name=op.f("ck_shared_instrument_shared_with_known")),
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name=op.f("ck_shared_instrument_named")),
        sa.CheckConstraint("length(contact) > 0 OR listing_id IS NOT NULL", name=op.f("ck_shared_instrument_bookable")),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_shared_instrument_placed")),
        sa.ForeignKeyConstraint(
            ["category"], ["category.code"], name=op.f("fk_shared_instrument_category"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_shared_instrument_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "listing_id"], ["listing.supplier_id", "listing.id"],
            name=op.f("fk_shared_instrument_org_id_listing_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_instrument")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_shared_instrument_org_id_id")),
    )  # fmt: skip
    op.create_index("ix_shared_instrument_waits", "shared_instrument", ["waits_org", "waits_role", "waits_until"])
    op.create_index(op.f("ix_shared_instrument_org_id"), "shared_instrument", ["org_id"])
    op.create_index("ix_shared_instrument_org_id_listing_id", "shared_instrument", ["org_id", "listing_id"])
    op.create_index("ix_shared_instrument_category_state", "shared_instrument", ["category", "state", "id"])
    op.create_table(
        "shared_instrument_user",
        sa.Column("instrument_id", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "instrument_id"], ["shared_instrument.org_id", "shared_instrument.id"],
            name=op.f("fk_shared_instrument_user_org_id_instrument_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["organisation.id"], name=op.f("fk_shared_instrument_user_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("instrument_id", "user_id", name=op.f("pk_shared_instrument_user")),
    )  # fmt: skip
    op.create_index(op.f("ix_shared_instrument_user_user_id"), "shared_instrument_user", ["user_id"])


def downgrade() -> None:
    for name in ("requisition", "rfq"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_reason_whole"), type_="check")
            table.drop_column("explanation")
            table.drop_column("why")
    op.drop_table("shared_instrument_user")
    op.drop_table("shared_instrument")
    with op.batch_alter_table("rfq_line") as table:
        table.drop_index(op.f("ix_rfq_line_category"))
        table.drop_constraint(op.f("fk_rfq_line_category"), type_="foreignkey")
        table.drop_column("category")
    op.drop_table("compared_listing")
