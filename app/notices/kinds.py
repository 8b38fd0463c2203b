"""Kinds of events that a person may choose apart from their topic: what is told in the same words is one kind."""

from __future__ import annotations

from typing import Final

from app.notices.texts import REMINDERS, TEXTS
from app.notices.texts.text import Text
from app.notices.topics import TOPICS


def _told_alike() -> dict[str, list[str]]:
    alike: dict[tuple[str, str], list[str]] = {}
    for name, text in (TEXTS | REMINDERS).items():
        alike.setdefault((text.topic, text.title), []).append(name)
    return {names[0]: names for names in alike.values()}


_ALIKE: Final = _told_alike()

KINDS: Final[dict[str, Text]] = {kind: (TEXTS | REMINDERS)[kind] for kind in _ALIKE}
"""Kind -> its text; a kind is called by the first of its events."""

TITLES: Final[dict[str, str]] = {kind: text.title for kind, text in KINDS.items()}

BY_TOPIC: Final[dict[str, list[str]]] = {
    topic: [kind for kind, text in KINDS.items() if text.topic == topic] for topic in TOPICS
}

KIND_OF: Final[dict[str, str]] = {name: kind for kind, names in _ALIKE.items() for name in names}
"""Event or reminder -> its kind."""
