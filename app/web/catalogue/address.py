"""The address of a search: its parameters, and links that change one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.catalogue.question import MAX_TEXT_CHARS, NAMES, attribute_names
from app.catalogue.taxonomy.tree import tree

PATH: Final = "/catalogue"

Pairs = list[tuple[str, str]]


class Address:
    """The parameters of a search, to make links that change one of them. Paging starts anew with every change."""

    def __init__(self, args: MultiDict[str, str]) -> None:
        listed = ((name, value) for name, values in args.lists() for value in values)
        known = (NAMES | attribute_names(tree())) - {"after", "limit"}
        self.pairs: Pairs = [(name, value[:MAX_TEXT_CHARS]) for name, value in listed if name in known and value]

    def href(self, pairs: Iterable[tuple[str, str]]) -> str:
        """A link with exactly these parameters."""
        query = urlencode(list(pairs))
        return f"{PATH}?{query}" if query else PATH

    def without(self, *names: str, value: str | None = None) -> str:
        """A link without some parameters, or without one value of one."""
        return self.href((n, v) for n, v in self.pairs if n not in names or (value is not None and v != value))

    def put(self, name: str, value: str) -> str:
        """A link with one parameter set."""
        return self.href([*((n, v) for n, v in self.pairs if n != name), (name, value)])

    def but(self, *names: str) -> Pairs:
        """The parameters that a form carries unseen: all but those that it asks itself."""
        return [(name, value) for name, value in self.pairs if name not in names]
