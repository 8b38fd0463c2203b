"""What is told of documents and indicators: nearly nothing, for whoever asks for them looks at them."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {
    "paper.give_up": Text(
        N_("A document could not be made"), N_("Its page says why; it can be tried again."), "organisation", to="self",
        roles="",
    ),
}  # fmt: skip

SILENT: Final = (
    "indicator.create indicator.edit indicator.retire indicator.set_target organisation.measure_indicators "
    "paper.create paper.keep paper.retry"
)
