"""Pages of the catalogue: search, one listing, the supplier's own listings, the operator's review, the basket."""

from app.web.catalogue import (
    baskets,
    changes,
    choices,
    comparing,
    filters,
    forms,
    importing,
    listing,
    managed,
    media,
    products,
    results,
    review,
    taxonomy,
)
from app.web.catalogue.blueprint import pages

__all__ = [
    "baskets",
    "changes",
    "choices",
    "comparing",
    "filters",
    "forms",
    "importing",
    "listing",
    "managed",
    "media",
    "pages",
    "products",
    "results",
    "review",
    "taxonomy",
]
