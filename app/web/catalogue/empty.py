"""A search that found nothing: what to drop, what may have been meant, where to look, and how to ask instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from flask_babel import gettext as _

from app import i18n
from app.catalogue import basket, hints, index, measures
from app.catalogue.engine import Search
from app.catalogue.engine.text import miswritten_cas, pieces
from app.catalogue.taxonomy.tree import Tree, tree
from app.kernel.actors import Actor
from app.web.catalogue.address import Address
from app.web.catalogue.filters import Chip

SUGGESTED_DROPS: Final = 6
"""Filters whose removal is counted."""
SUGGESTED_CATEGORIES: Final = 6
MIN_APPLIED: Final = 2
SHORTEST_WORD: Final = 2


def helped(search: Search, applied: list[Chip], address: Address, asking: Actor) -> dict[str, Any]:
    """What the page of nothing offers. Every count is a search; there are at most nine."""
    return {
        "drops": _drops(search, applied, address, asking),
        "cas": miswritten_cas(search.text),
        "meant": _meant(search, address, asking),
        "categories": _categories(tree(), search),
        "quote": _quote(search) if basket.may_buy(asking) else None,
    }


def _drops(search: Search, applied: list[Chip], address: Address, asking: Actor) -> list[dict[str, Any]]:
    """Each filter whose removal shows something; where none does alone, all of them at once."""
    if len(applied) < MIN_APPLIED:
        return []
    counted = [(chip, _total(chip.wider, asking)) for chip in applied[:SUGGESTED_DROPS]]
    drops = [
        {"label": search.text if chip.name == "q" else chip.label, "href": chip.href, "count": total}
        for chip, total in counted
        if total
    ]
    if drops or not search.text:
        return drops
    total = _total(_only_words(search), asking)
    words = address.href((name, value) for name, value in address.pairs if name == "q")
    return [{"label": _("all filters"), "href": words, "count": total}] if total else []


def _only_words(search: Search) -> Search:
    return Search(text=search.text, words=search.words, measures=search.measures)


def _total(search: Search, asking: Actor) -> int:
    return index.search(replace(search, after=None, limit=1), asking).total


def _meant(search: Search, address: Address, asking: Actor) -> dict[str, Any] | None:
    """The nearest spelling, with what it finds under the same filters."""
    text = hints.nearest(search.text) if search.text else None
    if text is None:
        return None
    words, quantities = measures.read(text, tree())
    meant = replace(search, text=text, words=words, measures=quantities)
    for asked, href in ((meant, address.put("q", text)), (_only_words(meant), address.href([("q", text)]))):
        total = _total(asked, asking)
        if total:
            return {"label": text, "href": href, "count": total}
    return None


def _categories(today: Tree, search: Search) -> list[tuple[str, str]]:
    """(name, address) of categories whose names say a word of the question."""
    typed = (search.words if search.words is not None else search.text).casefold()
    words = [piece.text for piece in pieces(typed) if len(piece.text) >= SHORTEST_WORD]
    said = {code: f"{node.zh} {node.en}".casefold() for code, node in today.open.items()}
    fitting = {code: sum(_says(name, word) for word in words) for code, name in said.items()}
    best = sorted((code for code, count in fitting.items() if count), key=lambda code: (-fitting[code], len(code)))
    named = [(today.name(code, i18n.language()), f"/catalogue?category={code}") for code in best[:SUGGESTED_CATEGORIES]]
    return list(dict.fromkeys(named))


def _says(name: str, word: str) -> bool:
    """Whether a name says a word, or in Chinese any two characters of it."""
    return word in name if word.isascii() else any(word[at : at + 2] in name for at in range(len(word) - 1))


def _quote(search: Search) -> str:
    """The form of a request for quotes, with what was looked for as its first line."""
    return "/rfqs/new?" + urlencode({"wanted": search.text}) if search.text else "/rfqs/new"
