"""Nouns of notices: what a person was told, what of it goes out by which channel, and what they chose.

Personal state, not records (states.md, The law): written here, without Actions and without a line in the chain.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.privacy.held import belongs_to_person
from app.kernel.db import IdType, Model, UtcDateTime, id_column, one_of, ref, words
from app.kernel.values import now
from app.notices.topics import ALWAYS, CHANNELS, PACES, TOPICS

KEY_MOST_CHARS: Final = 90
TELEPHONE_MOST_CHARS: Final = 20
WECHAT_MOST_CHARS: Final = 64
SENDING_STATES: Final = ("waiting", "handed", "sent", "dropped")


class Notice(Model):
    """One thing that one person was told, for the organisation in which it concerns them."""

    __tablename__ = "notice"

    id: Mapped[str] = id_column()
    person_id: Mapped[str] = ref("person.id", index=False)
    org_id: Mapped[str] = ref("organisation.id", index=False)
    name: Mapped[str] = mapped_column(sa.String(60), nullable=False)  # of the event, or of the reminder
    object_id: Mapped[str] = mapped_column(IdType, nullable=False)
    event_id: Mapped[str | None] = mapped_column(IdType, sa.ForeignKey("event.id", ondelete="RESTRICT"))
    # The event's id, or record, state and deadline of a reminder: nobody is told the same twice.
    key: Mapped[str] = mapped_column(sa.String(KEY_MOST_CHARS), nullable=False)
    turn: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)  # it waited for this person
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("person_id", "key"),
        sa.Index("ix_notice_inbox", "person_id", "org_id", "id"),
        sa.Index(
            "ix_notice_unread", "person_id", "org_id",
            sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index("ix_notice_read", "read_at"),
        sa.Index("ix_notice_event", "event_id"),
    )  # fmt: skip


class NoticeSending(Model):
    """A notice on its way by one channel: waiting for its moment, handed to a delivery, then sent or dropped."""

    __tablename__ = "notice_sending"

    notice_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("notice.id", ondelete="RESTRICT"), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    person_id: Mapped[str] = ref("person.id", index=False)
    state: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        one_of("channel", CHANNELS, name="channel_known"),
        one_of("state", SENDING_STATES, name="state_known"),
        sa.Index("ix_notice_sending_due", "state", "due_at"),
    )


def _chosen_well() -> tuple[sa.CheckConstraint, ...]:
    """Words that are known, and no silence about approvals."""
    return (
        one_of("topic", TOPICS, name="topic_known"),
        one_of("channel", CHANNELS, name="channel_known"),
        one_of("pace", PACES, name="pace_known"),
        sa.CheckConstraint(
            f"NOT (topic = '{ALWAYS[0]}' AND channel = '{ALWAYS[1]}' AND pace = 'off')", name="approvals_heard"
        ),
    )


class NoticePreference(Model):
    """How soon a person wants a topic by a channel, where it differs from what is usual."""

    __tablename__ = "notice_preference"

    person_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    pace: Mapped[str] = mapped_column(sa.String(10), nullable=False)

    __table_args__ = _chosen_well()


class NoticeKindPreference(Model):
    """How soon a person wants one kind of event by a channel, where it differs from what they want of its topic.

    The topic stands with it so that approvals stay heard; a row counts while the kind belongs to that topic.
    """

    __tablename__ = "notice_kind_preference"

    person_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(20), nullable=False)
    pace: Mapped[str] = mapped_column(sa.String(10), nullable=False)

    __table_args__ = _chosen_well()


class NoticeContact(Model):
    """Where a person is reached beside their e-mail; both are theirs to give and to take back."""

    __tablename__ = "notice_contact"

    person_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    telephone: Mapped[str] = words(TELEPHONE_MOST_CHARS)
    wechat: Mapped[str] = words(WECHAT_MOST_CHARS)


belongs_to_person(NoticeSending, Notice, NoticePreference, NoticeKindPreference, NoticeContact)


class Reminded(Model):
    """A deadline of which its people were reminded: once before and once after, for each state and each moment."""

    __tablename__ = "reminded"

    object_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)

    __table_args__ = (sa.Index("ix_reminded_until", "until"),)
