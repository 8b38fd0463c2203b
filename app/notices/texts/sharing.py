"""What is told of shared instruments: nothing by itself; who looks for one finds it, and who buys one is shown it."""

from __future__ import annotations

from typing import Final

from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {}

SILENT: Final = (
    "shared_instrument.create shared_instrument.edit shared_instrument.offer shared_instrument.pause "
    "shared_instrument.retire requisition.justify rfq.justify"
)
