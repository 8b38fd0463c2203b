"""Pages of services: work orders with appointment, visit and conversation, reports, and what an order shows of them."""

from app.web.booking import forms, panel, reports, works
from app.web.booking.blueprint import pages

__all__ = ["forms", "pages", "panel", "reports", "works"]
