"""What an attribute is: the shape of its values, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from app.catalogue.taxonomy import units

TYPES: Final = ("number", "range", "choice", "flag", "text")
MEASURED: Final = frozenset({"number", "range"})
MAX_PRECISION: Final = 12
"""Decimals of a value in its canonical unit."""


class Option(NamedTuple):
    """One of the choices of an attribute."""

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Definition:
    """One attribute as a category asks it: names, what its values look like, and what it is used for.

    Aliases that begin with "<" name the low end of a range, those that begin with ">" its high end.
    """

    code: str
    type: str
    zh: str
    en: str
    dimension: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()
    precision: int = 0
    choices: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()
    group: str = "general"
    position: int = 0
    least: Decimal | None = None
    most: Decimal | None = None
    filters: bool = False
    compares: bool = False
    mandatory: bool = False
    id: str = ""
    category: str = ""

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.zh if language.startswith("zh") else self.en

    def unit_label(self, language: str) -> str:
        """The symbol of its canonical unit; nothing for what is only counted."""
        if not self.dimension or self.dimension in units.PURE:
            return ""
        return units.DIMENSIONS[self.dimension].units[self.unit].label(language)

    def unit_labels(self, language: str) -> list[str]:
        """The symbols of the units that its values may be given in."""
        return units.labels(self.dimension, self.units, language) if self.dimension else []


GROUPS: Final[dict[str, tuple[str, str]]] = {
    "performance": ("性能", "Performance"),
    "range": ("范围与容量", "Ranges and capacity"),
    "accuracy": ("准确度", "Accuracy"),
    "configuration": ("配置", "Configuration"),
    "material": ("材质与纯度", "Material and purity"),
    "general": ("一般", "General"),
    "site": ("场地与供电", "Site and power"),
    "compliance": ("合规与认证", "Compliance"),
    "packing": ("包装与储存", "Packing and storage"),
    "terms": ("服务条件", "Terms of service"),
}
"""Where attributes stand together on a page, in this order: code -> names."""
