"""Reasons kept so that every reader gets them in their own language, and given back for `i18n.speak`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kernel.errors import Refusal
from app.kernel.shapes import Trouble
from app.kernel.values import Bilingual


def pack(why: object) -> dict[str, Any]:
    """A reason as JSON."""
    if isinstance(why, Refusal):
        return {"say": why.words, "with": {name: _packed(value) for name, value in why.params.items()}}
    params = why.params if isinstance(why, Trouble) else {}
    return {"say": str(why), "with": {name: _packed(value) for name, value in params.items()}}


def _packed(value: object) -> Any:
    if isinstance(value, Bilingual):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, (Trouble, Refusal)):
        return pack(value)
    if isinstance(value, (list, tuple)):
        return [_packed(one) for one in value]
    return value if isinstance(value, (int, str)) else str(value)


def unpack(kept: Any) -> Any:
    """The reason again, for `i18n.speak`."""
    if isinstance(kept, Mapping):
        if "say" in kept:
            return Trouble(kept["say"], {name: unpack(value) for name, value in kept["with"].items()})
        return Bilingual(kept["zh"], kept["en"])
    return [unpack(one) for one in kept] if isinstance(kept, list) else kept
