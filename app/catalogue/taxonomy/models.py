"""Nouns of the taxonomy: categories in a tree, their codes in other catalogues, attributes, and its edition."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.taxonomy.definitions import GROUPS, MAX_PRECISION, TYPES, Definition, Option
from app.kernel.db import IdType, Json, Model, Record, one_of, ref, words
from app.kernel.reading import public_when

CODE_CHARS: Final = 60
NAME_CHARS: Final = 80
MAPPED_CHARS: Final = 20
DIMENSION_CHARS: Final = 30
UNIT_CHARS: Final = 20
BOUND_CHARS: Final = 40
EDITION_CHARS: Final = 20
MAX_LEVEL: Final = 5
"""Levels of the tree, the roots being level 1."""
MAX_POSITION: Final = 9_999

KINDS: Final = ("goods", "service", "any")
SYSTEMS: Final[dict[str, tuple[str, str]]] = {
    "cn_gov_2022": (
        "政府采购品目分类目录（2022 年版，财库〔2022〕31 号）",
        "Chinese government procurement catalogue, 2022 (Cai Ku [2022] No. 31)",
    ),
    "cpv_2008": (
        "欧盟采购通用词汇 CPV 2008（欧盟委员会条例 213/2008）",
        "Common Procurement Vocabulary 2008 (Regulation (EC) No 213/2008)",
    ),
    "hs_2022": (
        "商品名称及编码协调制度 HS 2022（世界海关组织）",
        "Harmonized System 2022 (World Customs Organization)",
    ),
}
"""Other people's catalogues that categories are mapped to: code -> names of the source."""


class Category(Record):
    """One node of the tree. Its code stays when it is renamed or moved: listings and links refer to it.

    `level` is one more than the parent's, and the parent is referred to together with its level: a cycle cannot be
    stored. `as_supplied` is true as long as it is what this project's edition says and no operator changed it.
    """

    __tablename__ = "category"
    __prefix__ = "cat"
    __states__ = "draft active retired"
    __constraints__ = (
        one_of("kind", KINDS),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("id", "level"),
        sa.ForeignKeyConstraint(["parent_id", "parent_level"], ["category.id", "category.level"]),
        sa.CheckConstraint("(parent_id IS NULL) = (parent_level IS NULL)", name="parent_whole"),
        sa.CheckConstraint("level = coalesce(parent_level, 0) + 1", name="level_below_parent"),
        sa.CheckConstraint(f"level BETWEEN 1 AND {MAX_LEVEL}", name="level_in_range"),
        sa.CheckConstraint("length(code) > 0 AND length(name_zh) > 0 AND length(name_en) > 0", name="named"),
        sa.CheckConstraint(f"position BETWEEN 0 AND {MAX_POSITION}", name="position_in_range"),
        sa.CheckConstraint("heir_id IS NULL OR state = 'retired'", name="successor_when_retired"),
        sa.CheckConstraint("heir_id IS NULL OR heir_id <> id", name="successor_is_another"),
        sa.Index("ix_category_parent_id_parent_level", "parent_id", "parent_level"),
    )

    code: Mapped[str] = mapped_column(sa.String(CODE_CHARS), nullable=False)
    parent_id: Mapped[str | None] = mapped_column(IdType)
    level: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    parent_level: Mapped[int | None] = mapped_column(sa.Integer)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    kind: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    heir_id: Mapped[str | None] = ref("category.id", nullable=True)
    as_supplied: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)

    mappings: Mapped[list[CategoryMapping]] = relationship(
        lazy="selectin", order_by="CategoryMapping.system, CategoryMapping.code", cascade="all, delete-orphan"
    )

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.name_zh if language.startswith("zh") else self.name_en

    label = name


class CategoryMapping(Model):
    """A fact: this category is called so in another catalogue."""

    __tablename__ = "category_mapping"
    __table_args__ = (one_of("system", SYSTEMS), sa.CheckConstraint("length(code) > 0", name="code_said"))

    category_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("category.id", ondelete="RESTRICT"), primary_key=True
    )
    system: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(MAPPED_CHARS), primary_key=True)


class AttributeCode(Model):
    """What a code means wherever it is asked: type, dimension and canonical unit. Two meanings cannot be stored."""

    __tablename__ = "attribute_code"
    __table_args__ = (
        one_of("type", TYPES),
        sa.UniqueConstraint("code", "type", "dimension", "unit"),
        sa.CheckConstraint("(type IN ('number', 'range')) = (length(dimension) > 0)", name="measured_has_dimension"),
        sa.CheckConstraint("(length(dimension) > 0) = (length(unit) > 0)", name="dimension_has_unit"),
    )

    code: Mapped[str] = mapped_column(sa.String(CODE_CHARS), primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    dimension: Mapped[str] = words(DIMENSION_CHARS)
    unit: Mapped[str] = words(UNIT_CHARS)


class Attribute(Record):
    """What a category asks of its listings; the categories below ask it too, unless they ask it more narrowly."""

    __tablename__ = "attribute"
    __prefix__ = "atr"
    __states__ = "active retired"
    __constraints__ = (
        one_of("section", GROUPS, name="section_known"),
        sa.UniqueConstraint("category_id", "code"),
        sa.ForeignKeyConstraint(
            ["code", "type", "dimension", "unit"],
            ["attribute_code.code", "attribute_code.type", "attribute_code.dimension", "attribute_code.unit"],
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint("length(name_zh) > 0 AND length(name_en) > 0", name="named"),
        sa.CheckConstraint(f"places BETWEEN 0 AND {MAX_PRECISION}", name="places_in_range"),
        sa.CheckConstraint(f"position BETWEEN 0 AND {MAX_POSITION}", name="position_in_range"),
        sa.Index("ix_attribute_code_meaning", "code", "type", "dimension", "unit"),
    )

    category_id: Mapped[str] = ref("category.id", index=False)
    code: Mapped[str] = mapped_column(sa.String(CODE_CHARS), nullable=False)
    type: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    dimension: Mapped[str] = words(DIMENSION_CHARS)
    unit: Mapped[str] = words(UNIT_CHARS)
    units: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    aliases: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(Json, nullable=False, default=list)
    section: Mapped[str] = mapped_column(sa.String(20), nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    places: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # Decimal text in the canonical unit; empty is "no bound".
    least: Mapped[str] = words(BOUND_CHARS)
    most: Mapped[str] = words(BOUND_CHARS)
    filters: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    compares: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    mandatory: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    as_supplied: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)

    category: Mapped[Category] = relationship(lazy="raise")

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.name_zh if language.startswith("zh") else self.name_en

    label = name

    def definition(self, category_code: str) -> Definition:
        """It as the shape of values, asked by a category."""
        return Definition(
            code=self.code, type=self.type, zh=self.name_zh, en=self.name_en, dimension=self.dimension, unit=self.unit,
            units=tuple(self.units), precision=self.places, choices=tuple(_option(one) for one in self.choices),
            aliases=tuple(self.aliases), group=self.section, position=self.position,
            least=Decimal(self.least) if self.least else None, most=Decimal(self.most) if self.most else None,
            filters=self.filters, compares=self.compares, mandatory=self.mandatory, id=self.id, category=category_code,
        )  # fmt: skip


def _option(stored: dict[str, Any]) -> Option:
    return Option(stored["code"], stored["zh"], stored["en"], tuple(stored.get("also", ())))


class CategoryReach(Model):
    """What stands below what today: a category with itself and all above it, a retired one by way of its successor.

    Derived from the tree, for questions that rows answer by themselves; written with every change of the tree.
    """

    __tablename__ = "category_reach"

    code: Mapped[str] = mapped_column(
        sa.String(CODE_CHARS), sa.ForeignKey("category.code", ondelete="RESTRICT"), primary_key=True
    )
    above: Mapped[str] = mapped_column(
        sa.String(CODE_CHARS), sa.ForeignKey("category.code", ondelete="RESTRICT"), primary_key=True
    )


class TaxonomyMark(Model):
    """One row: a token that every change of the tree replaces, so that a process knows whether its copy is of today.

    It is locked by whoever changes the tree, so that two changes never judge by the same old tree.
    """

    __tablename__ = "taxonomy_mark"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    token: Mapped[str] = words(IdType.length or 30)
    edition: Mapped[str] = words(EDITION_CHARS)
    # The edition of the brands; they have no token of their own (brands/book.py).
    brands: Mapped[str] = words(EDITION_CHARS)


def _not_a_draft(_actor: Any) -> sa.ColumnElement[bool]:
    return Category.state != "draft"


def _of_no_draft(_actor: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(Category.id == Attribute.category_id, Category.state != "draft").correlate(Attribute)


public_when(Category, _not_a_draft)
public_when(Attribute, _of_no_draft)
