"""From a listing to the card that the search engine keeps, and that a result row is drawn from."""

from __future__ import annotations

from typing import Any, Final

from app.accounts.models import Organisation
from app.catalogue import facets, specs
from app.catalogue.brands.book import book
from app.catalogue.engine import Card
from app.catalogue.engine.text import cas_numbers
from app.catalogue.media.showing import pictures
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import stored_terms, terms_of
from app.catalogue.taxonomy.tree import tree
from app.catalogue.taxonomy.values import plain

SHOWN_SPECS: Final = 4
"""Properties on a result row, besides the parameters of its category."""


def card_of(listing: Listing, supplier: Organisation) -> Card:
    """The card of a listing that is on offer."""
    today = tree()
    stated = specs.typed(today, listing.category, listing.specs)
    return Card(
        id=listing.id,
        version=listing.version,
        kind=listing.kind,
        names={"zh": listing.name_zh, "en": listing.name_en},
        brand=book().key(listing.brand_id, listing.brand),
        model=listing.model,
        part_no=listing.part_no,
        brand_aliases=book().other_names(listing.brand_id, listing.brand),
        summary={"zh": listing.summary_zh, "en": listing.summary_en, "specs": _spec_words(listing)},
        category=today.path(listing.category),
        category_names=today.path_names(listing.category),
        supplier_id=supplier.id,
        supplier_name=" ".join(filter(None, (supplier.name_zh, supplier.name_en))),
        currency=listing.currency,
        price_minor=listing.price_minor,
        lead_time_days=listing.lead_time_days,
        attributes=specs.for_engine(stated.values()) | facets.of_listing(listing),
        stored=stored_of(listing, supplier),
        codes=tuple(cas_numbers(_spec_words(listing))),
    )


def stored_of(listing: Listing, supplier: Organisation) -> dict[str, Any]:
    """What a result row shows, in both languages, as plain JSON."""
    return {
        "kind": listing.kind,
        "category": tree().place(listing.category),
        "name_zh": listing.name_zh,
        "name_en": listing.name_en,
        "brand": book().key(listing.brand_id, listing.brand),
        "brand_zh": listing.brand_zh,
        "brand_en": listing.brand_en,
        "model": listing.model,
        "part_no": listing.part_no,
        "supplier": supplier.id,
        "supplier_zh": supplier.name_zh,
        "supplier_en": supplier.name_en,
        "currency": listing.currency,
        "price_minor": listing.price_minor,
        "price_basis_micro": listing.price_basis_micro,
        "unit": listing.unit,
        "vat_bp": listing.vat_bp,
        "lead_time_days": listing.lead_time_days,
        "warranty_months": listing.warranty_months,
        **stored_terms(terms_of(listing)),
        "specs": listing.specs[:SHOWN_SPECS],
        "picture": next((entry["id"] for entry in pictures(listing.media)), None),
        "parameters": {
            code: plain(one.value) for code, one in specs.typed(tree(), listing.category, listing.specs).items()
        },
    }


def _spec_words(listing: Listing) -> str:
    """Properties in words, so that "fixed angle" or "角转子" is found too."""
    return " ".join(f"{spec['key']} {spec['value']}{spec['unit']}" for spec in listing.specs)
