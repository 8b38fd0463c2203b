"""One text per event, as data: names of events and of roles, and no domain's code.

A new action has either a text or a place in its module's SILENT; `tests/house/test_notices.py` names those without.
"""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts import (
    accounts,
    booking,
    catalogue,
    ordering,
    papers,
    payments,
    people,
    sharing,
    signin,
    sourcing,
    standing,
)
from app.notices.texts.text import Text

_PARTS: Final = (
    accounts, people, signin, catalogue, sharing, sourcing, booking, ordering, payments, papers, standing,
)  # fmt: skip

TEXTS: Final[dict[str, Text]] = {name: text for part in _PARTS for name, text in part.TEXTS.items()}
SILENT: Final[frozenset[str]] = frozenset(name for part in _PARTS for name in part.SILENT.split())

SOON: Final = "reminder.soon"
PASSED: Final = "reminder.passed"
FITS: Final = "saved_search.fits"
EXPIRIES: Final = {60: "reminder.expires_60", 30: "reminder.expires_30", 7: "reminder.expires_7"}
"""Days before a qualification expires -> name of the reminder."""
REMINDERS: Final[dict[str, Text]] = {
    SOON: Text(N_("A deadline is near"), N_("Less than 24 hours are left."), "deadlines"),
    PASSED: Text(N_("A deadline has passed"), N_("The time has passed and it still waits for you."), "deadlines"),
    EXPIRIES[60]: Text(
        N_("A qualification expires in 60 days"), N_("Hand in a new one in good time; the old one counts meanwhile."),
        "deadlines",
    ),
    EXPIRIES[30]: Text(
        N_("A qualification expires in 30 days"), N_("After that nothing new is quoted, and what needs it is hidden."),
        "deadlines",
    ),
    EXPIRIES[7]: Text(
        N_("A qualification expires in 7 days"), N_("After that nothing new is quoted, and what needs it is hidden."),
        "deadlines",
    ),
    FITS: Text(
        N_("Something new fits a search of yours"), N_("It is in the catalogue now, and you may see more that is new."),
        "catalogue",
    ),
}  # fmt: skip


def text_of(name: str) -> Text | None:
    """The text of an event or reminder; None for one whose text was taken out of the program since."""
    return TEXTS.get(name) or REMINDERS.get(name)
