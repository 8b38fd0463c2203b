"""Heads: what a name is a name of. Both languages put the thing last, behind what tells it from others."""

from __future__ import annotations

import re
from functools import lru_cache

from . import text
from .words import SYNONYMS

_ASIDE = re.compile(r"\([^()]*\)|（[^（）]*）")
_HEAD_ENDS = re.compile(r"[,;:\[\]{}/，；：、]")
_QUALIFIED = re.compile(  # what stands behind a name: "50 ml", "c18 4.6 250", "s 码", "12 孔", "分析纯", "梯度级"
    r"[\s\W]+(?:(?:[a-z]{0,2}\d[^\u3400-\u9fff]*|[smlx]{1,3}\s?)(?:孔|位|码|路|通道|加仑|次|升|号|型)?"
    r"|[\u3400-\u9fff]{1,5}(?:纯|级|型|版|装))$|\d[^\u3400-\u9fff]*$"
)
MAX_QUALIFIERS = 3
MAX_HEAD_CHARS = 12  # of a Chinese head; an English one has as many words as a window


@lru_cache(maxsize=text.REMEMBERED)
def heads(name: str) -> frozenset[str]:
    """What a name is a name of, from every place on: its last words, since both languages put the thing last.

    "台式冷冻离心机" is a 离心机, "Angle rotor 6 x 50 mL" a rotor; "离心机校准" is none of the first. With pinyin, and
    with the other words for it.
    """
    core = _HEAD_ENDS.split(_ASIDE.sub("", text.normalise(name[: text.MAX_FIELD_CHARS])), maxsplit=1)[0]
    for _qualifier in range(MAX_QUALIFIERS):
        core = _QUALIFIED.sub("", core).strip() or core
    found = _ends(core)
    table, _pattern = text.groups()
    groups = {number for end in found for number in table.get(end, ())}
    return frozenset(found | {text.normalise(word) for number in groups for word in SYNONYMS[number]})


def _ends(core: str) -> set[str]:
    """The ends of the last Chinese run, and of the Latin words at the end."""
    parts = list(text.pieces(core))
    at = max((place for place, part in enumerate(parts) if part.han), default=-1)
    latin = [part.text for part in parts[at + 1 :]][-text.MAX_WINDOW :]
    found = {" ".join(latin[start:]) for start in range(len(latin))}
    if at >= 0:
        run = parts[at].text[-MAX_HEAD_CHARS:]
        found |= {run[start:] for start in range(len(run) - 1)} | _spoken_ends(run)
        found |= {parts[at - 1].text + run} if at and not parts[at - 1].han else set()  # "PCR 仪"
    return found


def _spoken_ends(run: str) -> set[str]:
    spoken = text.spoken(run)
    tails = [spoken[at:] for at in range(len(spoken) - 1)]
    return {"".join(tail) for tail in tails} | {"".join(s[0] for s in tail) for tail in tails}
