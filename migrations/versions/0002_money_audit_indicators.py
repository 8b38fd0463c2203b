"""Verifications of the chain, indexes for the audit search, indicators and their values.

Revision: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
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
    op.create_table(
        "indicator",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("definition_zh", sa.Text(), nullable=False),
        sa.Column("definition_en", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("unit", sa.String(length=7), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("span", sa.String(length=7), nullable=False),
        sa.Column("target_micro", sa.BigInteger(), nullable=True),
        sa.Column("proposer_id", sa.String(length=30), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'retired')", name=op.f("ck_indicator_state_known")),
        sa.CheckConstraint(
            "unit IN ('days', 'each', 'number', 'percent', 'yuan')", name=op.f("ck_indicator_unit_known")
        ),
        sa.CheckConstraint("direction IN ('down', 'up')", name=op.f("ck_indicator_direction_known")),
        sa.CheckConstraint("span IN ('month', 'quarter', 'year')", name=op.f("ck_indicator_span_known")),
        sa.CheckConstraint(
            "target_micro IS NULL OR (target_micro >= 0 AND target_micro <= 1000000000000000000)",
            name=op.f("ck_indicator_target"),
        ),
        sa.CheckConstraint(
            "target_micro IS NULL OR direction = 'down' OR target_micro > 0", name=op.f("ck_indicator_target_reachable")
        ),
        sa.CheckConstraint("length(code) > 0 AND length(title_zh) > 0", name=op.f("ck_indicator_named")),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["person.id"], name=op.f("fk_indicator_proposer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_code")),
    )
    op.create_index(op.f("ix_indicator_proposer_id"), "indicator", ["proposer_id"], unique=False)
    op.create_index("ix_indicator_waits", "indicator", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "indicator_value",
        sa.Column("indicator_id", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=7), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("value_micro", sa.BigInteger(), nullable=True),
        sa.Column("target_micro", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("denominator >= 0 AND row_count >= 0", name=op.f("ck_indicator_value_not_negative")),
        sa.CheckConstraint(
            "value_micro IS NOT NULL OR denominator = 0", name=op.f("ck_indicator_value_value_where_counted")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_value_indicator_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("indicator_id", "label", name=op.f("pk_indicator_value")),
    )


def downgrade() -> None:
    op.drop_table("indicator_value")
    op.drop_table("indicator")
    op.drop_table("chain_check")
    for name in SEARCHED:
        op.drop_index(name, table_name="event")
