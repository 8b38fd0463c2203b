"""Pages of the indicators: all of them at a glance, and one with its definition, its trend and the rows behind."""

from app.web.indicators import listing, one
from app.web.indicators.blueprint import pages

__all__ = ["listing", "one", "pages"]
