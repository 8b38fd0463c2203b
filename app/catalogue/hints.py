"""What a search may become: suggestions while it is typed, and the nearest spelling of what finds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.catalogue.brands.book import book
from app.catalogue.engine import IndexDamaged
from app.catalogue.engine import suggest as engine
from app.catalogue.index import reader
from app.catalogue.taxonomy.tree import tree


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the typed beginning may become: a category (value: its code), a brand, or the words of a listing."""

    text: str
    kind: str
    value: str


def suggestions(prefix: str, language: str, *, limit: int = 8) -> list[Suggestion]:
    """What the typed beginning may become, brands as the language calls them; nothing while there is no index."""
    try:
        found = reader().suggestions(prefix, limit=limit)
    except IndexDamaged:
        return []
    codes = tree().by_name
    return [_said(one, codes, language) for one in found]


def _said(one: engine.Suggestion, codes: Mapping[str, str], language: str) -> Suggestion:
    if one.vocabulary and one.text in codes:
        return Suggestion(one.text, "category", codes[one.text])
    if one.vocabulary:
        return Suggestion(book().say(one.text, language), "brand", one.text)
    return Suggestion(one.text, "listing", one.text)


def nearest(typed: str) -> str | None:
    """What words that find nothing may have meant; nothing while there is no index."""
    try:
        return reader().nearest(typed)
    except IndexDamaged:
        return None
