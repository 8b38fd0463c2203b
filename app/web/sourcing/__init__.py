"""Pages of sourcing: requests and the inbox of suppliers, the comparison, the quote builder, quotes and awards."""

from app.web.sourcing import comparing, quoting, records, request_forms, requests
from app.web.sourcing.blueprint import pages

__all__ = ["comparing", "pages", "quoting", "records", "request_forms", "requests"]
