"""Pages of the audit: the search over the chain of events, its badge, and what is taken away for verification."""

from app.web.audit import badge, search
from app.web.audit.blueprint import pages

__all__ = ["badge", "pages", "search"]
