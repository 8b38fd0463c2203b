"""What the operator asks of organisations before they take part, and before they offer goods of a category."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Record, UtcDateTime, one_of, words
from app.kernel.reading import public_when

ASKED_KINDS: Final = ("lab", "supplier", "service")
FORMS: Final = ("document", "attestation", "field", "review")
"""A file, a statement that is affirmed, an answer in words, or what the operator itself looks at."""

CODE_CHARS: Final = 30
TITLE_CHARS: Final = 80
CATEGORY_CHARS: Final = 60


class Requirement(Record):
    """One thing that is asked of a kind of organisation, perhaps only of those that offer in a category."""

    __tablename__ = "requirement"
    __prefix__ = "rqm"
    __states__ = "announced active retired"
    __parties__ = {}
    __constraints__ = (
        sa.UniqueConstraint("code"),
        one_of("kind", ASKED_KINDS),
        one_of("form", FORMS),
        sa.CheckConstraint("length(code) > 0 AND length(title_zh) > 0", name="named"),
        sa.CheckConstraint("category = '' OR kind <> 'lab'", name="offers_have_categories"),
    )

    code: Mapped[str] = mapped_column(sa.String(CODE_CHARS), nullable=False)
    title_zh: Mapped[str] = words(TITLE_CHARS)
    title_en: Mapped[str] = words(TITLE_CHARS)
    guidance_zh: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    guidance_en: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    kind: Mapped[str] = mapped_column(sa.String(8), nullable=False)
    # Empty: of every organisation of the kind. Else of those that offer in this category or below it.
    category: Mapped[str] = words(CATEGORY_CHARS)
    form: Mapped[str] = mapped_column(sa.String(11), nullable=False)
    expires: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    mandatory: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    def label(self, language: str) -> str:
        """Its title in a language, or in the other one where there is none."""
        return (self.title_zh or self.title_en) if language == "zh" else (self.title_en or self.title_zh)

    def guidance(self, language: str) -> str:
        """What to hand in, in a language, or in the other one where there is nothing."""
        own, other = self.guidance_zh, self.guidance_en
        return (own or other) if language == "zh" else (other or own)


# What is asked at the gate is no secret: who thinks of applying reads it first.
public_when(Requirement, lambda _actor: sa.true())
