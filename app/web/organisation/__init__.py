"""Pages of the inside of an organisation: its people, machines and lent signatures, its units and their places."""

from __future__ import annotations

from app.web.organisation import choices, inside, membership
from app.web.organisation.blueprint import pages

__all__ = ["choices", "inside", "membership", "pages"]
