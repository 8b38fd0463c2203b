"""Data sheet and label of a listing: what it is in both languages, as buyers read it, and the code that leads to it."""

from __future__ import annotations

from typing import Any, Final

from app import i18n
from app.accounts.models import Organisation
from app.catalogue import specs
from app.catalogue.media.models import KIND_TITLES as MEDIA_TITLES
from app.catalogue.media.showing import documents, file_of, pictures
from app.catalogue.models import Listing
from app.catalogue.schemas import KIND_TITLES
from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.definitions import GROUPS, MEASURED
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.values import MICRO
from app.papers.contents.common import head
from app.papers.words import Pair, breakable, day, pair, party

PICTURE_SIDE: Final = "480"
SHORT_SUM_CHARS: Final = 12
NUMBER_CHARS: Final = 40


def data_sheet_content(listing: Listing, asking: Actor) -> dict[str, Any]:
    """What stands on the printed data sheet: everything that buyers read, and the main picture."""
    del asking  # the caller has found the listing for this reader
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    return {
        **_head(listing, {"zh": "产品数据表" if listing.kind == "goods" else "服务说明", "en": "DATA SHEET"}),
        "name": {"zh": listing.name_zh, "en": listing.name_en},
        "brand": listing.brand,
        "model": breakable(listing.model),
        "part_no": breakable(listing.part_no),
        "kind": pair(KIND_TITLES[listing.kind]),
        "category": _path(listing),
        "as_of": day(listing.updated_at),
        "price": _price(listing),
        "lead_time": _counted(listing.lead_time_days, "天", "days"),
        "warranty": _counted(listing.warranty_months, "个月", "months"),
        "summary": {"zh": listing.summary_zh, "en": listing.summary_en},
        "groups": _groups(listing),
        "documents": [_document(entry) for entry in documents(listing.media)],
        "supplier": party(supplier),
        "picture": _picture(listing),
    }


def label_content(listing: Listing, asking: Actor) -> dict[str, Any]:
    """What stands on the label: enough to know the thing by, and the code."""
    del asking
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    return {
        **_head(listing, {"zh": "商品标签", "en": "LABEL"}),
        "name": {"zh": listing.name_zh, "en": listing.name_en},
        "brand": listing.brand,
        "model": breakable(listing.model),
        "part_no": breakable(listing.part_no),
        "supplier": party(supplier)["name"],
    }


def _head(listing: Listing, title: Pair) -> dict[str, Any]:
    """A listing has no number of its own: its model stands there, else the end of its id; never what only its supplier
    knows it by."""
    return {**head(listing, title), "number": (listing.model or listing.id[-8:].upper())[:NUMBER_CHARS]}


def _path(listing: Listing) -> Pair:
    path, today = tree().path(listing.category), tree()
    return {spoken: " / ".join(today.name(code, spoken) for code in path) for spoken in ("zh", "en")}


def _price(listing: Listing) -> dict[str, str] | None:
    if listing.price is None:
        return None
    basis = "" if listing.price_basis_micro == MICRO else f"{i18n.quantity(listing.price_basis_micro)} "
    return {
        "amount": f"{listing.currency} {i18n.amount(listing.price)}",
        "per": f"{basis}{listing.unit}",
        "vat": i18n.percent(listing.vat_bp),
    }


def _counted(number: int | None, zh: str, en: str) -> Pair:
    return {"zh": "", "en": ""} if number is None else {"zh": f"{number} {zh}", "en": f"{number} {en}"}


def _groups(listing: Listing) -> list[dict[str, Any]]:
    """The properties in groups: those that the category asks for in both languages, the rest as it was written."""
    stated = specs.typed(tree(), listing.category, listing.specs)
    told = {place for one in stated.values() for place in one.places}
    found = [
        {
            "title": dict(zip(("zh", "en"), GROUPS[code], strict=True)),
            "rows": [_row(one) for one in stated.values() if one.definition.group == code],
        }
        for code in GROUPS
    ]
    rest = [
        {"name": _same(spec["key"]), "value": _same(specs.text_of(spec))}
        for at, spec in enumerate(listing.specs)
        if at not in told
    ]
    found.append({"title": {"zh": "供应商所述", "en": "As the supplier writes"}, "rows": rest})
    return [group for group in found if group["rows"]]


def _row(one: specs.Typed) -> dict[str, Pair]:
    return {
        "name": {"zh": one.definition.name("zh"), "en": one.definition.name("en")},
        "value": {spoken: _figures(one, spoken) for spoken in ("zh", "en")},
    }


def _figures(one: specs.Typed, spoken: str) -> str:
    unit = one.definition.unit_label(spoken) if one.definition.type in MEASURED else ""
    return breakable(f"{values.figures(one.definition, one.value, spoken)} {unit}".strip())


def _same(text: Any) -> Pair:
    return {"zh": breakable(str(text)), "en": breakable(str(text))}


def _document(entry: Any) -> dict[str, Any]:
    return {
        "kind": pair(MEDIA_TITLES[entry["kind"]]),
        "title": breakable(entry["title"] or entry["name"]),
        "version": str(entry["number"]),
        "sum": entry["sha256"][:SHORT_SUM_CHARS],
    }


def _picture(listing: Listing) -> list[int] | None:
    """The main picture's bytes as numbers, which a template can read; none where its file is gone."""
    main = next(iter(pictures(listing.media)), None)
    if main is None:
        return None
    try:
        _stored, path = file_of(main["id"], PICTURE_SIDE)
        return list(path.read_bytes())
    except (Refusal, OSError):
        return None
