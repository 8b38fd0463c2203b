"""Pages of the catalogue: search, one listing, the supplier's own listings, the operator's review, the basket."""

from app.web.catalogue import baskets, filters, forms, listing, managed, results, review
from app.web.catalogue.blueprint import pages

__all__ = ["baskets", "filters", "forms", "listing", "managed", "pages", "results", "review"]
