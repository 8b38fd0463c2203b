"""How soon a person wants one kind of event, where it differs from what they want of its topic.

Revision: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_kind_preference",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'sms', 'wechat')", name=op.f("ck_notice_kind_preference_channel_known")),
        sa.CheckConstraint(
            "pace IN ('daily', 'hourly', 'now', 'off')", name=op.f("ck_notice_kind_preference_pace_known")
        ),
        sa.CheckConstraint(
            "topic IN ('approvals', 'catalogue', 'claims', 'deadlines', 'deliveries', 'money', 'orders', "
            "'organisation', 'requests')",
            name=op.f("ck_notice_kind_preference_topic_known"),
        ),
        sa.CheckConstraint(
            "NOT (topic = 'approvals' AND channel = 'mail' AND pace = 'off')",
            name=op.f("ck_notice_kind_preference_approvals_heard"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_kind_preference_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", "channel", name=op.f("pk_notice_kind_preference")),
    )


def downgrade() -> None:
    op.drop_table("notice_kind_preference")
