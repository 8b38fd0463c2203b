"""Nouns of the products: what several listings are offers of."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.brands.models import squeezed
from app.kernel.db import Record, words
from app.kernel.reading import public_when

NAME_CHARS: Final = 200
MODEL_CHARS: Final = 250
KEY_CHARS: Final = 750


class Product(Record):
    """A make and model, perhaps in one configuration. Its brand and category are those of its listings."""

    __tablename__ = "product"
    __prefix__ = "prd"
    __states__ = "active dissolved"
    __constraints__ = (
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name="named"),
        sa.CheckConstraint("length(model) > 0", name="model_said"),
    )

    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    model: Mapped[str] = mapped_column(sa.String(MODEL_CHARS), nullable=False)

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)

    label = name


def product_key(model: str, configuration: str) -> str:
    """What two listings of one brand share when they offer the same; empty where no model is said."""
    key = squeezed(model)
    return f"{key}+{squeezed(configuration)}" if key and squeezed(configuration) else key


def _active(_actor: Any) -> sa.ColumnElement[bool]:
    return Product.state == "active"


public_when(Product, _active)
