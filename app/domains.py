"""Every module that declares lifecycles, reactions or couriers, so that one import makes the registries complete."""

from __future__ import annotations

import importlib
from typing import Final

MODULES: Final = (
    "app.kernel.chain_checks",
    "app.notices.mail",
    "app.notices.telling",
    "app.notices.digests",
    "app.notices.reminders",
    "app.notices.delivering",
    "app.notices.retention",
    "app.accounts.retention",
    "app.accounts.actions.organisations",
    "app.accounts.actions.memberships",
    "app.accounts.actions.keys",
    "app.catalogue.actions.listings",
    "app.ledger.posting",
    "app.ledger.verification",
    "app.approvals.actions.rules",
    "app.approvals.actions.steps",
    "app.sourcing.actions.rfqs",
    "app.sourcing.actions.attachments",
    "app.sourcing.actions.quotes",
    "app.sourcing.actions.awards",
    "app.booking.actions.reports",
    "app.booking.actions.appointments",
    "app.booking.actions.visits",
    "app.ordering.actions.rules",
    "app.ordering.actions.requisitions",
    "app.ordering.actions.orders",
    "app.ordering.actions.placing",
    "app.ordering.actions.shipments",
    "app.ordering.actions.acceptances",
    "app.ordering.actions.claims",
    "app.ordering.actions.rejections",
    "app.ordering.actions.receipts",
    "app.ordering.actions.services",
    "app.ordering.actions.answers",
    "app.ordering.actions.attachments",
    "app.ordering.actions.confirming",
    "app.ordering.reactions",
    "app.payments.actions.commission_rates",
    "app.payments.actions.instalments",
    "app.payments.actions.returns",
    "app.payments.actions.bank_entries",
    "app.payments.actions.payments",
    "app.payments.actions.cards",
    "app.payments.actions.refunds",
    "app.payments.actions.payouts",
    "app.payments.actions.statements",
    "app.payments.reactions",
    "app.indicators.actions.indicators",
    "app.indicators.measuring",
    "app.papers.actions",
    "app.papers.making",
    "app.payments.gateway.couriers",
    "app.payments.gateway.inbox",
)


def load() -> None:
    """Import them; importing declares."""
    for module in MODULES:
        importlib.import_module(module)
