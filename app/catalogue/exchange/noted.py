"""What the reader of a catalogue in XML finds wrong with a product, in words; the codes are those of exchange/feeds."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_

NOTED: Final = {
    "deletion": N_("An import takes nothing out of the catalogue. Withdraw the listing on its own page."),
    "punchout": N_("This is bought in a shop of your own (PunchOut) and is no listing: give it with its price."),
    "tax_factor": N_("The tax is a factor below 1, such as 0.13."),
    "net_untaxed": N_("Prices here include tax. Give the tax of this net price, or a price with tax (gross_list)."),
    "basis_unit": N_("The price is for a quantity in another unit than the item's."),
}
