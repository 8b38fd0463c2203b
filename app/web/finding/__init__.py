"""Pages of what a person keeps of the catalogue: saved searches, lists of listings, what was looked at last."""

from app.web.finding import lists, searches
from app.web.finding.blueprint import pages

__all__ = ["lists", "pages", "searches"]
