"""What a text is: the words of an event and whom of the organisations in its audience it is for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A title and one sentence, both English source texts. Whoever the record waits for afterwards is told as well.

    topic: what people choose the pace of (topics.py); to: the parties ("buyer supplier", "invited") whose people are
    told; roles: which of their roles, or None for those that may do something to such a record, or "" for nobody but
    the person who began it; at: the states of the record after the event in which it is told, or "" for any;
    begun: whether the person who began it, or whom it is about, is told.
    """

    title: str
    sentence: str
    topic: str
    to: str = ""
    roles: str | None = None
    at: str = ""
    begun: bool = True
