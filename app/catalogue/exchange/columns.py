"""The columns of a table of listings: those of the listing's form, those of its category, and what people call them.

They are derived from `ListingInput` and the tree, so that a new field of the form is a new column by itself.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from marshmallow import fields

from app import i18n
from app.catalogue.schemas import ListingInput
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import KEPT_TREES, Tree
from app.kernel.shapes import CurrencyCode, MoneyField
from app.kernel.values import N_

SKU: Final = "supplier_sku"
CATEGORY: Final = "category"
KIND: Final = "kind"
SPECS: Final = "specs"
SPEC: Final = "spec."
"""Before the code of an attribute; the column holds its value alone."""
PROPERTY: Final = "property"
"""A further property whose name is the heading."""
CURRENCY_OF: Final = "_currency"
WHAT: Final = N_("What is wrong")
"""The column that a marked copy adds."""

SPECS_TITLE: Final = N_("Further properties")
PROPERTY_TITLE: Final = N_("A property called like the heading")

_FIRST: Final = (SKU, KIND, CATEGORY)
_ALSO: Final[dict[str, str]] = {
    "supplier_sku": "sku, number, own number, item number, article number, catalogue number, catalog number, "
                    "编号, 商品编号, 产品编号, 商品货号, 供应商货号, 物料编号, 自有编号",
    "kind": "type, 类型, 种类",
    "category": "category code, 分类, 品类, 类目, 商品分类, 类别, 品目",
    "name_zh": "name, chinese name, product name, 名称, 品名, 商品名称, 产品名称, 中文品名, 中文名称",
    "name_en": "english name, 英文名, 英文品名, 英文名称",
    "brand": "manufacturer, maker, 厂家, 厂商, 生产厂家, 制造商",
    "model": "model number, type number, 规格型号, 产品型号",
    "part_no": "part number, manufacturer part number, mpn, order number, 部件号, 订货号, 厂家货号, 原厂货号, 零件号",
    "summary_zh": "description, summary, 描述, 简介, 说明, 商品描述, 产品描述, 中文描述",
    "summary_en": "english description, 英文描述, 英文说明",
    "price": "unit price, gross price, list price, 价格, 单价, 含税单价, 含税价, 售价, 报价",
    "price_currency": "currency, 币种, 货币",
    "price_basis": "per, pack size, price unit, 价格数量, 计价数量, 包装数量",
    "unit": "uom, unit of measure, 计量单位, 销售单位",
    "vat_rate": "vat, tax rate, 税率, 增值税率, 增值税",
    "lead_time_days": "lead time, delivery time, 货期, 交期, 交货期, 供货周期",
    "warranty_months": "warranty, 质保, 保修, 质保期, 保修期",
    "specs": "specifications, properties, parameters, 参数, 规格参数, 技术参数, 其他参数, 规格",
}  # fmt: skip
"""Column -> what suppliers call it in their own tables; facts of the trade."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, its title (a source text, or none for an attribute), and what stands behind it."""

    code: str
    title: str = ""
    needed: bool = False
    hint: str = ""
    field: fields.Field[Any] | None = None
    definition: Definition | None = None


@cache
def own_columns() -> dict[str, Column]:
    """The columns that every listing has, by code and in their order; what no single cell holds has none."""
    found: dict[str, Column] = {}
    schema = ListingInput()
    names = [*_FIRST, *(name for name in schema.load_fields if name not in _FIRST)]
    for name in names:
        field = schema.load_fields[name]
        if isinstance(field, (fields.List, fields.Nested)):
            continue
        title, hint = field.metadata.get("title", ""), field.metadata.get("hint", "")
        needed = field.required or name == SKU
        found[name] = Column(name, title, needed, hint, field)
        if isinstance(field, MoneyField):
            code = f"{name}{CURRENCY_OF}"
            found[code] = Column(code, N_("Currency"), field=CurrencyCode())
    found[SPECS] = Column(SPECS, SPECS_TITLE, hint=N_("Such as: speed=15000 rpm; rotor=fixed angle."))
    return found


def asked_columns(tree: Tree, category: str | None) -> dict[str, Column]:
    """A column for each attribute that a category asks; without a category, for every attribute that there is."""
    return _everywhere(tree) if category is None else _columns(tree.asked(category), needed=True)


@lru_cache(maxsize=KEPT_TREES)
def _everywhere(tree: Tree) -> dict[str, Column]:
    return _columns((one for node in tree.all_below() for one in tree.own(node.code)), needed=False)


def _columns(asked: Iterable[Definition], *, needed: bool) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for one in asked:
        code = f"{SPEC}{one.code}"
        found.setdefault(code, Column(code, needed=one.mandatory and needed, definition=one))
    return found


def column_of(code: str, tree: Tree, category: str | None) -> Column | None:
    """The column of a code; None for one that there is not."""
    if code == PROPERTY:
        return Column(PROPERTY, PROPERTY_TITLE)
    if not code.startswith(SPEC):
        return own_columns().get(code)
    return (asked_columns(tree, category) if category else {}).get(code) or asked_columns(tree, None).get(code)


# What headings mean ---------------------------------------------------------------------------------------------------

_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]")
_CODED = re.compile(r"\[([a-z0-9_.]+)\]\s*$")
_SIGNS = re.compile(r"[\s_\-*＊.:：/]+")


def spelled(heading: str) -> str:
    """A heading without what writers differ in: marks of what is needed, units in brackets, case and blanks."""
    text = unicodedata.normalize("NFKC", heading)
    bare = _SIGNS.sub("", _ASIDE.sub("", text)).casefold()
    return bare or _SIGNS.sub("", text).casefold()


def meaningless(heading: str) -> bool:
    """Whether a column needs no meaning: it has no heading, or is what a marked copy says of each row."""
    return spelled(heading) in {spelled(name) for name in ("", WHAT, i18n.catalogue("zh").gettext(WHAT))}


def digest_of(headings: Sequence[str]) -> str:
    """What a set of headings is remembered by."""
    return hashlib.sha256("\n".join(spelled(one) for one in headings).encode()).hexdigest()


def guess(headings: Sequence[str], tree: Tree, category: str | None) -> list[str]:
    """The meaning of each heading, "" where it is not known; none is meant twice."""
    known = _known()
    attributes = _attributes(tree, category)
    found: list[str] = []
    for heading in headings:
        key, coded = spelled(heading), _CODED.search(heading)
        code = known.get(key) or attributes.get(key, "")
        if coded is not None and (coded[1] in known.values() or coded[1] in attributes.values()):
            code = coded[1]
        found.append(code if code not in found else "")
    return found


@cache
def _known() -> dict[str, str]:
    """Spellings of the own columns in both languages."""
    chinese = i18n.catalogue("zh").gettext
    found: dict[str, str] = {}
    for code, column in own_columns().items():
        for name in (code, column.title, chinese(column.title)):
            found.setdefault(spelled(name), code)
    for code, names in _ALSO.items():
        for name in names.split(", "):
            found.setdefault(spelled(name), code)
    return found


def _attributes(tree: Tree, category: str | None) -> Mapping[str, str]:
    """Spellings of attributes; those of the category come before those of others."""
    near = _spellings(asked_columns(tree, category)) if category else {}
    return ChainMap(near, _spelled_everywhere(tree))


@lru_cache(maxsize=KEPT_TREES)
def _spelled_everywhere(tree: Tree) -> dict[str, str]:
    return _spellings(_everywhere(tree))


def _spellings(columns: Mapping[str, Column]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, column in columns.items():
        one = column.definition
        assert one is not None
        for name in (code, one.code, one.zh, one.en, *(alias for alias in one.aliases if alias[0] not in "<>")):
            found.setdefault(spelled(name), code)
    return found


def lacking(columns: Sequence[str]) -> list[Column]:
    """The columns without which no row can be taken and that no heading means."""
    own, given = own_columns(), set(columns)
    names = [] if given & {"name_zh", "name_en"} else [own["name_zh"]]
    return ([] if SKU in given else [own[SKU]]) + names
