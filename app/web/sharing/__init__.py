"""Pages of sharing: the instruments of the park that can be booked, and the hint before one of their kind is bought."""

from app.web.sharing import forms, listing
from app.web.sharing.blueprint import pages

__all__ = ["forms", "listing", "pages"]
