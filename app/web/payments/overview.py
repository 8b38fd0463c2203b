"""Money at a glance, for owner, operator and auditor: per currency what is held, owed, earned, and what covers it."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.http import signed_in
from app.kernel.errors import NOT_THERE
from app.kernel.values import N_, Money
from app.payments.queries import Overview, overview
from app.web.ordering.shown import unit_of
from app.web.payments import periods
from app.web.payments.blueprint import pages

TILES: Final = (
    ("held", N_("Held for orders")),
    ("payable", N_("Payable to suppliers")),
    ("refund_due", N_("Refunds due")),
    ("commission_operator", N_("Commission of the operator")),
    ("commission_owner", N_("Commission of the owner")),
)
BOOKS: Final = (
    ("bank", N_("Money at the bank")),
    ("gateway", N_("Payment gateway")),
    ("held", N_("Held for orders")),
    ("payable", N_("Payable to suppliers")),
    ("receivable", N_("Owed by suppliers")),
    ("in_transit", N_("On its way to suppliers")),
    ("refund_due", N_("Refunds due")),
    ("due_from", N_("Owed by buyers")),
    ("unallocated", N_("Transfers that name no order")),
    ("commission_operator", N_("Commission of the operator")),
    ("commission_owner", N_("Commission of the owner")),
    ("vat", N_("VAT on the commission")),
    ("float", N_("The operator's own money")),
    ("gateway_fees", N_("Fees of the gateway")),
    ("rounding", N_("Rounding")),
)


@pages.get("/money")
def money() -> str:
    """The books of the platform, currency by currency."""
    if not signed_in().is_staff:
        raise NOT_THERE()
    found = overview()
    return render_template(
        "payments/money.html",
        currencies=[_currency(one) for one in found],
        periods=periods.context([one.currency for one in found]),
    )


def _currency(one: Overview) -> dict[str, Any]:
    nothing, unit = Money(0, one.currency), unit_of(one.currency)
    return {
        "code": one.currency,
        "unit": unit,
        "tiles": [
            {
                "label": i18n.say(title),
                "value": i18n.amount(one.kinds.get(kind, nothing)),
                "unit": unit,
            }
            for kind, title in TILES
        ]
        + [
            {
                "label": _("Released to suppliers so far"),
                "value": i18n.amount(one.released),
                "unit": unit,
            },
            {
                "label": _("Left after everybody else's money"),
                "value": i18n.amount(one.cover),
                "unit": unit,
                "tone": "stop" if one.cover.minor < 0 else "good",
                "note": _("Money of others is missing.") if one.cover.minor < 0 else _("Everybody's money is there."),
            },
        ],
        "rows": [[i18n.say(title), i18n.amount(one.kinds[kind])] for kind, title in BOOKS if kind in one.kinds],
    }
