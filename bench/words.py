"""What the control searches by: Latin words and numbers as they are, Chinese as pairs of characters.

The ordinary way to search Chinese with a database alone: SQLite's and PostgreSQL's own tokenisers see one word in a
whole Chinese name. It knows no pinyin, no synonyms and no typing mistakes, which LabPark's search does.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RUN: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def stored(text: str) -> str:
    """The tokens of a text, a blank between them; single characters too, so that one typed character finds."""
    tokens = [token for run in _runs(text) for token in ((*run, *_pairs(run)) if _is_han(run) else (run,))]
    return " ".join(dict.fromkeys(tokens))


def asked(text: str) -> list[str]:
    """The tokens that a search has to find, all of them."""
    tokens = [token for run in _runs(text) for token in (_pairs(run) or [run] if _is_han(run) else [run])]
    return list(dict.fromkeys(tokens))


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def _is_han(run: str) -> bool:
    return run[0] >= "\u3400"


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
