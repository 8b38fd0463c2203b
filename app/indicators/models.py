"""Nouns of the indicators: what is measured against which target, and what came out, period by period."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import IdType, Json, Model, Record, UtcDateTime, one_of, ref
from app.kernel.periods import MONTHS, Period, period_named
from app.kernel.values import now

UNITS: Final = ("percent", "days", "each", "number", "yuan")
"""What a value is counted in: a share, mean days, a mean per record, a count, or a sum of CNY."""

DIRECTIONS: Final = ("up", "down")
"""Whether more or less is better."""

CODE_CHARS: Final = 12
TITLE_CHARS: Final = 80
SOURCE_CHARS: Final = 40
LABEL_CHARS: Final = 7
TARGET_MOST_MICRO: Final = 10**18


class Indicator(Record):
    """One performance indicator: what it says, its target, and the named question that computes it."""

    __tablename__ = "indicator"
    __prefix__ = "idc"
    __states__ = "active retired"
    __parties__ = {}
    __constraints__ = (
        sa.UniqueConstraint("code"),
        one_of("unit", UNITS, name="unit_known"),
        one_of("direction", DIRECTIONS, name="direction_known"),
        one_of("span", MONTHS, name="span_known"),
        sa.CheckConstraint(
            f"target_micro IS NULL OR (target_micro >= 0 AND target_micro <= {TARGET_MOST_MICRO})", name="target"
        ),
        sa.CheckConstraint("target_micro IS NULL OR direction = 'down' OR target_micro > 0", name="target_reachable"),
        sa.CheckConstraint("length(code) > 0 AND length(title_zh) > 0", name="named"),
    )

    code: Mapped[str] = mapped_column(sa.String(CODE_CHARS), nullable=False)
    title_zh: Mapped[str] = mapped_column(sa.String(TITLE_CHARS), nullable=False)
    title_en: Mapped[str] = mapped_column(sa.String(TITLE_CHARS), nullable=False, default="")
    definition_zh: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    definition_en: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    source: Mapped[str] = mapped_column(sa.String(SOURCE_CHARS), nullable=False)
    parameters: Mapped[dict[str, int]] = mapped_column(Json, nullable=False, default=dict)
    unit: Mapped[str] = mapped_column(sa.String(7), nullable=False)
    direction: Mapped[str] = mapped_column(sa.String(4), nullable=False)
    span: Mapped[str] = mapped_column(sa.String(7), nullable=False)
    target_micro: Mapped[int | None] = mapped_column(sa.BigInteger)
    proposer_id: Mapped[str | None] = ref("person.id", nullable=True)

    values: Mapped[list[IndicatorValue]] = relationship(
        order_by="IndicatorValue.since.desc()", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> str:
        """How people call it."""
        return self.code

    def title_in(self, language: str) -> str:
        """Its title in a language, or in the other one where there is none."""
        return (self.title_zh or self.title_en) if language == "zh" else (self.title_en or self.title_zh)

    def definition_in(self, language: str) -> str:
        """Its definition in a language, or in the other one where there is none."""
        own, other = self.definition_zh, self.definition_en
        return (own or other) if language == "zh" else (other or own)

    @property
    def latest(self) -> IndicatorValue | None:
        """The value of the newest period that was measured."""
        return self.values[0] if self.values else None

    @property
    def telling(self) -> IndicatorValue | None:
        """The value to hold against the target: of the period that ended last, for a running one says little yet;
        of the running one where nothing was counted before it."""
        over = [value for value in self.values if value.period.until <= now()]
        return over[0] if any(value.row_count for value in over) else self.latest

    @property
    def recent(self) -> list[IndicatorValue]:
        """The values of the newest periods, newest first."""
        return self.values[:RECENT]


RECENT: Final = 12
"""Periods of a trend."""


class IndicatorValue(Model):
    """What an indicator was in one period, with the target that held when it was measured; without rows, no value."""

    __tablename__ = "indicator_value"
    __table_args__ = (
        sa.CheckConstraint("denominator >= 0 AND row_count >= 0", name="not_negative"),
        sa.CheckConstraint("value_micro IS NOT NULL OR denominator = 0", name="value_where_counted"),
    )

    indicator_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("indicator.id", ondelete="RESTRICT"), primary_key=True
    )
    label: Mapped[str] = mapped_column(sa.String(LABEL_CHARS), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    numerator: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    denominator: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    row_count: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    value_micro: Mapped[int | None] = mapped_column(sa.BigInteger)
    target_micro: Mapped[int | None] = mapped_column(sa.BigInteger)
    direction: Mapped[str] = mapped_column(sa.String(4), nullable=False)
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def period(self) -> Period:
        """The period that its label names."""
        named = period_named(self.label)
        assert named is not None
        return named

    @property
    def completion_bp(self) -> int | None:
        """How far the target was reached, in basis points; None without a target or a value."""
        return completion(self.value_micro, self.target_micro, self.direction)


WHOLE_BP: Final = 10_000


def completion(value: int | None, target: int | None, direction: str) -> int | None:
    """value / target where more is better; where less is better all of it at or below the target, else target / value.

    Rounded down, so that 100 % is said only where the target is met.
    """
    if value is None or target is None:
        return None
    if direction == "up":
        return max(value, 0) * WHOLE_BP // target
    return WHOLE_BP if value <= target else target * WHOLE_BP // value
