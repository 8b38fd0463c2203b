"""Verifications of the chain, indexes for the audit search, indicators and their values.

Revision: owner
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "owner"
down_revision = "0001"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SEARCHED = {
    "ix_event_name": ["name", "seq"],
    "ix_event_person": ["person_id", "seq"],
    "ix_event_org": ["org_id", "seq"],
    "ix_event_at": ["at"],
}


def upgrade() -> None:
    for name, columns in SEARCHED.items():
        op.create_index(name, "event", columns, unique=False)
    op.create_table(
        "chain_check",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scope", sa.String(length=5), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.CheckConstraint("scope IN ('added', 'whole')", name=op.f("ck_chain_check_scope_known")),
        sa.CheckConstraint("from_seq >= 0 AND seq >= from_seq", name=op.f("ck_chain_check_forward")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_chain_check_hash_whole")),
        sa.CheckConstraint("finding_count >= 0", name=op.f("ck_chain_check_findings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_check")),
    )
    op.create_index("ix_chain_check_at", "chain_check", ["at"], unique=False)
    op.create_index("ix_chain_check_scope", "chain_check", ["scope", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("chain_check")
    for name in SEARCHED:
        op.drop_index(name, table_name="event")
