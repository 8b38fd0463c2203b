"""The words of an offer's terms: delivery, origin, regulation, tax, and what goes with it."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale

from app.kernel.values import N_

INCOTERMS: Final = {
    "EXW": N_("EXW, ex works"),
    "FCA": N_("FCA, free carrier"),
    "CPT": N_("CPT, carriage paid to"),
    "CIP": N_("CIP, carriage and insurance paid to"),
    "DAP": N_("DAP, delivered at place"),
    "DPU": N_("DPU, delivered at place unloaded"),
    "DDP": N_("DDP, delivered duty paid"),
    "FAS": N_("FAS, free alongside ship"),
    "FOB": N_("FOB, free on board"),
    "CFR": N_("CFR, cost and freight"),
    "CIF": N_("CIF, cost, insurance and freight"),
}
"""The eleven rules of Incoterms 2020 (ICC publication 723E): those for any mode of transport first."""

REGULATED: Final = {
    "hazardous": N_("Hazardous goods"),
    "radiation": N_("Radiation source or device"),
    "metrology": N_("Measuring instrument under legal control"),
    "medical": N_("Medical device"),
}

TAX_CLASSES: Final = {
    "standard": N_("Standard rate"),
    "reduced": N_("Lower rate"),
    "simplified": N_("Simplified levy"),
    "zero": N_("Zero rate"),
    "exempt": N_("Exempt"),
}
STANDARD_VAT_BP: Final = 1_300
UNTAXED: Final = frozenset({"zero", "exempt"})

LINKS: Final = {
    "accessory": N_("Accessory"),
    "configuration": N_("Another configuration"),
    "consumable": N_("Consumable for it"),
    "installation": N_("Installation"),
    "training": N_("Training"),
    "calibration": N_("Calibration"),
    "maintenance": N_("Maintenance"),
}
SERVICE_LINKS: Final = frozenset({"installation", "training", "calibration", "maintenance"})

_NO_COUNTRY: Final = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]
)
"""Two letters in the CLDR that are not officially assigned in ISO 3166-1."""


@cache
def countries() -> dict[str, tuple[str, str]]:
    """ISO 3166-1 alpha-2 code -> names in Chinese and English, as the CLDR has them."""
    chinese, english = (
        {str(code): str(name) for code, name in Locale(spoken).territories.items()} for spoken in ("zh", "en")
    )
    codes = (code for code in english if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY)
    return {code: (chinese.get(code, english[code]), english[code]) for code in sorted(codes)}


def tax_class_of(vat_bp: int) -> str:
    """The class that a rate usually belongs to."""
    if vat_bp == 0:
        return "exempt"
    return "standard" if vat_bp >= STANDARD_VAT_BP else "reduced"
