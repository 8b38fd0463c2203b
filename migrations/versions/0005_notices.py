"""Notices, what people chose to hear, and when the worker's chores are due.

The reader of the chain begins where the chain stands: nobody is told what happened before there were notices.

Revision: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANNELS = "channel IN ('mail', 'sms', 'wechat')"
TOPICS = (
    "topic IN ('approvals', 'catalogue', 'claims', 'deadlines', 'deliveries', 'money', 'orders', 'organisation', "
    "'requests')"
)


def upgrade() -> None:
    op.create_table(
        "chore",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chore")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=30), nullable=False),
        sa.Column("event_id", sa.String(length=30), nullable=True),
        sa.Column("key", sa.String(length=90), nullable=False),
        sa.Column("turn", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_notice_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notice_person_id_key")),
    )
    op.create_index("ix_notice_inbox", "notice", ["person_id", "org_id", "id"], unique=False)
    op.create_index(
        "ix_notice_unread", "notice", ["person_id", "org_id"], unique=False,
        sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_notice_read", "notice", ["read_at"], unique=False)
    op.create_index("ix_notice_event", "notice", ["event_id"], unique=False)
    op.create_table(
        "notice_sending",
        sa.Column("notice_id", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(CHANNELS, name=op.f("ck_notice_sending_channel_known")),
        sa.CheckConstraint(
            "state IN ('dropped', 'handed', 'sent', 'waiting')", name=op.f("ck_notice_sending_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_sending_notice_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_sending_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("notice_id", "channel", name=op.f("pk_notice_sending")),
    )
    op.create_index("ix_notice_sending_due", "notice_sending", ["state", "due_at"], unique=False)
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.CheckConstraint(TOPICS, name=op.f("ck_notice_preference_topic_known")),
        sa.CheckConstraint(CHANNELS, name=op.f("ck_notice_preference_channel_known")),
        sa.CheckConstraint(
            "pace IN ('daily', 'hourly', 'now', 'off')", name=op.f("ck_notice_preference_pace_known")
        ),
        sa.CheckConstraint(
            "NOT (topic = 'approvals' AND channel = 'mail' AND pace = 'off')",
            name=op.f("ck_notice_preference_approvals_heard"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", "channel", name=op.f("pk_notice_preference")),
    )
    op.create_table(
        "notice_contact",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("telephone", sa.String(length=20), nullable=False),
        sa.Column("wechat", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_contact_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_contact")),
    )
    op.create_table(
        "reminded",
        sa.Column("object_id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("object_id", "state", "until", "name", name=op.f("pk_reminded")),
    )
    op.create_index("ix_reminded_until", "reminded", ["until"], unique=False)
    op.execute("INSERT INTO cursor (reader, seq) SELECT 'notices', seq FROM chain_head WHERE id = 1")


def downgrade() -> None:
    op.execute("DELETE FROM cursor WHERE reader = 'notices'")
    for table in ("reminded", "notice_contact", "notice_preference", "notice_sending", "notice", "chore"):
        op.drop_table(table)
