"""Nouns of the brands: a brand, and the spellings by which it is known."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import IdType, Model, Record, ref, words
from app.kernel.reading import public_when

NAME_CHARS: Final = 120
SPELLING_CHARS: Final = 360
"""Of a spelling without what writers differ in: NFKC may make three characters of one."""


def squeezed(text: str) -> str:
    """A name or model without what writers differ in: width, case, spaces, hyphens and other marks."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


class Brand(Record):
    """A make of goods under its names in both languages. `as_supplied`: as this project's edition says it."""

    __tablename__ = "brand"
    __prefix__ = "brd"
    __states__ = "proposed active merged declined"
    __constraints__ = (
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name="named"),
        sa.CheckConstraint("(state = 'merged') = (heir_id IS NOT NULL)", name="merged_into"),
        sa.CheckConstraint("heir_id IS NULL OR heir_id <> id", name="heir_is_another"),
    )

    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    heir_id: Mapped[str | None] = ref("brand.id", nullable=True)
    as_supplied: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)

    spellings: Mapped[list[BrandSpelling]] = relationship(
        lazy="selectin", order_by="BrandSpelling.spelling", cascade="all, delete-orphan"
    )

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)

    label = name

    @property
    def aliases(self) -> list[str]:
        """Its other names, as they were written."""
        own = {squeezed(self.name_zh), squeezed(self.name_en)}
        return [one.written for one in self.spellings if one.spelling not in own]


class BrandSpelling(Model):
    """One way to write a brand; the squeezed text belongs to one brand only, by construction."""

    __tablename__ = "brand_spelling"
    __table_args__ = (sa.CheckConstraint("length(spelling) > 0 AND length(written) > 0", name="said"),)

    spelling: Mapped[str] = mapped_column(sa.String(SPELLING_CHARS), primary_key=True)
    brand_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("brand.id", ondelete="RESTRICT"), index=True)
    written: Mapped[str] = words(NAME_CHARS)


def _known(_actor: Any) -> sa.ColumnElement[bool]:
    return Brand.state.in_(("active", "merged"))


public_when(Brand, _known)
