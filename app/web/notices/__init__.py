"""Pages of notices: the inbox, one notice, and what a person wants to hear."""

from __future__ import annotations

from app.web.notices import messages, settings
from app.web.notices.blueprint import pages

__all__ = ["messages", "pages", "settings"]
