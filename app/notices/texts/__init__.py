"""One text per event, as data: names of events and of roles, and no domain's code.

A new action has either a text or a place in its module's SILENT; `tests/house/test_notices.py` names those without.
"""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts import accounts, booking, catalogue, ordering, papers, payments, sourcing
from app.notices.texts.text import Text

_PARTS: Final = (accounts, catalogue, sourcing, booking, ordering, payments, papers)

TEXTS: Final[dict[str, Text]] = {name: text for part in _PARTS for name, text in part.TEXTS.items()}
SILENT: Final[frozenset[str]] = frozenset(name for part in _PARTS for name in part.SILENT.split())

SOON: Final = "reminder.soon"
PASSED: Final = "reminder.passed"
REMINDERS: Final[dict[str, Text]] = {
    SOON: Text(N_("A deadline is near"), N_("Less than 24 hours are left."), "deadlines"),
    PASSED: Text(N_("A deadline has passed"), N_("The time has passed and it still waits for you."), "deadlines"),
}


def text_of(name: str) -> Text | None:
    """The text of an event or reminder; None for one whose text was taken out of the program since."""
    return TEXTS.get(name) or REMINDERS.get(name)
