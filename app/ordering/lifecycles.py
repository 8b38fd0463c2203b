"""The lifecycles of ordering: states, whom each waits for, and who is who. The verbs stand in `actions/`."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

from app.approvals.schemas import SIGNING_ROLES
from app.kernel.actors import platform, who
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_
from app.ordering.models import Acceptance, Claim, Order, Receipt, Requisition, Shipment, TransactionRule
from app.ordering.representations import (
    AcceptanceOut,
    ClaimOut,
    OrderOut,
    ReceiptOut,
    RequisitionOut,
    ShipmentOut,
    TransactionRuleOut,
)

REQUESTER = who("member|purchaser", "buyer")
PURCHASER = who("purchaser", "buyer")
SIGNATORY = who("|".join(SIGNING_ROLES), "buyer")
RECEIVER = who("receiver", "buyer")
ACCEPTOR = who("receiver|purchaser", "buyer")
SELLER = who("sales|fulfilment", "supplier")
FULFILMENT = who("fulfilment", "supplier")
APPROVER = platform("transaction_approver", "operator")
OWNER = platform("owner", "owner")
RULER = platform("support|transaction_approver", "operator") | OWNER

OPERATOR_DAYS: Final = timedelta(days=2)
"""How long a transaction should wait for the operator."""
OWNER_DAYS: Final = timedelta(days=3)
"""How long a transaction should wait for the owner."""
DISPUTE_DAYS: Final = timedelta(days=5)
"""How long a disputed claim should wait for the operator's ruling."""


def _delivery_day(order: Order) -> datetime | None:
    return datetime.combine(order.deliver_by, time(15, 59), UTC) if order.deliver_by else None


REQUISITION = Lifecycle(
    "requisition",
    Requisition,
    [
        State("draft", N_("draft"), "draft", N_("The requester completes and submits it."), REQUESTER),
        State("awaiting_approval", N_("awaiting approval"), "waiting",
              N_("Your organisation's approvers sign in turn."), SIGNATORY, "price_hold_until", step=N_("approval")),
        State("approved", N_("approved"), "waiting", N_("The purchaser orders it, or asks for quotes."), PURCHASER,
              "price_hold_until"),
        State("sourcing", N_("out for quotes"), "active", N_("Suppliers quote; the award makes the orders.")),
        State("ordered", N_("ordered"), "good", N_("The orders are on their way."), final=True),
        State("returned", N_("returned"), "waiting", N_("The requester corrects and submits it again."), REQUESTER),
        State("rejected", N_("rejected"), "stop", final=True),
        State("lapsed", N_("lapsed"), "draft", N_("The prices are no longer held; it can be rebuilt with today's."),
              final=True),
        State("cancelled", N_("cancelled"), "draft", final=True),
    ],
    title=N_("Requisition"),
    collection="requisitions",
    main_path="draft awaiting_approval approved ordered",
    shape=RequisitionOut,
)  # fmt: skip

ORDER = Lifecycle(
    "order",
    Order,
    [
        State("awaiting_buyer", N_("awaiting the buyer's word"), "waiting",
              N_("The buyer's purchaser affirms what was entered for them."), PURCHASER, OPERATOR_DAYS),
        State("awaiting_operator", N_("awaiting the operator"), "waiting", N_("The operator approves the transaction."),
              APPROVER, OPERATOR_DAYS, step=N_("operator's approval")),
        State("awaiting_owner", N_("awaiting the owner"), "waiting", N_("The owner approves the transaction."), OWNER,
              OWNER_DAYS),
        State("returned", N_("returned"), "waiting", N_("The purchaser corrects and submits it again."), PURCHASER),
        State("awaiting_supplier", N_("awaiting the supplier"), "waiting",
              N_("The supplier confirms or refuses; without a word it lapses."), SELLER, "confirm_by",
              step=N_("supplier's confirmation")),
        State("confirmed", N_("confirmed"), "active", N_("The supplier delivers."), FULFILMENT, _delivery_day),
        State("delivered", N_("delivered"), "active", N_("The buyer accepts or rejects what arrived."), ACCEPTOR),
        State("accepted", N_("accepted"), "good", N_("What is still owed is settled; the warranty runs.")),
        State("closed", N_("completed"), "good", final=True),
        State("refused", N_("refused"), "stop", final=True),
        State("lapsed", N_("lapsed"), "stop", final=True),
        State("cancelled", N_("cancelled"), "stop", final=True),
    ],
    title=N_("Order"),
    collection="orders",
    main_path="awaiting_operator awaiting_supplier confirmed delivered accepted closed",
    shape=OrderOut,
)  # fmt: skip

DEAD: Final = ("refused", "lapsed", "cancelled")
"""States in which an order came to nothing."""

SHIPMENT = Lifecycle(
    "shipment",
    Shipment,
    [
        State("prepared", N_("packed"), "active", N_("The supplier hands it to the carrier."), FULFILMENT),
        State("shipped", N_("on its way"), "active", N_("The receiver counts what arrives."), RECEIVER),
        State("arrived", N_("arrived"), "good", final=True),
        State("lost", N_("lost"), "stop", N_("The supplier ships again, or finds it."), final=True),
        State("cancelled", N_("unpacked"), "draft", final=True),
    ],
    title=N_("Shipment"),
    collection="shipments",
    main_path="prepared shipped arrived",
    shape=ShipmentOut,
)

RECEIPT = Lifecycle(
    "receipt",
    Receipt,
    [
        State("open", N_("being counted"), "waiting", N_("The receiver finishes counting and records it."), RECEIVER),
        State("recorded", N_("recorded"), "good", N_("Somebody else accepts what is good."), final=True),
        State("void", N_("void"), "draft", final=True),
    ],
    title=N_("Goods receipt"),
    collection="receipts",
    main_path="open recorded",
    shape=ReceiptOut,
)

ACCEPTANCE = Lifecycle(
    "acceptance",
    Acceptance,
    [
        State("pending", N_("to be accepted"), "waiting", N_("Somebody other than the receiver accepts or rejects it."),
              ACCEPTOR, "silent_at"),
        State("conditional", N_("accepted on a condition"), "waiting",
              N_("Once the condition is met it is accepted; after the date it counts as rejected."), ACCEPTOR,
              "condition_until"),
        State("accepted", N_("accepted"), "good", final=True),
        State("rejected", N_("rejected as bad"), "stop", N_("The claim settles what is done about it."), final=True),
        State("void", N_("void"), "draft", N_("Its receipt was voided."), final=True),
    ],
    title=N_("Acceptance"),
    collection="acceptances",
    main_path="pending accepted",
    shape=AcceptanceOut,
)  # fmt: skip

CLAIM = Lifecycle(
    "claim",
    Claim,
    [
        State("open", N_("raised"), "waiting", N_("The supplier agrees, or disputes it."), SELLER, "due_at"),
        State("agreed", N_("remedy agreed"), "active", N_("The supplier does what was agreed."), SELLER, "due_at"),
        State("disputed", N_("disputed"), "waiting", N_("The operator hears both sides and rules."), RULER,
              DISPUTE_DAYS),
        State("done", N_("settled"), "good", final=True),
        State("refused", N_("dismissed"), "stop", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Claim"),
    collection="claims",
    main_path="open agreed done",
    shape=ClaimOut,
)  # fmt: skip

LIVE_CLAIM: Final = ("open", "agreed", "disputed")

RULE = Lifecycle(
    "transaction_rule",
    TransactionRule,
    [
        State("proposed", N_("proposed"), "waiting", N_("The owner approves or declines it."), OWNER),
        State("active", N_("in force"), "good"),
        State("declined", N_("declined"), "stop", final=True),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Transaction rule"),
    collection="transaction-rules",
    main_path="proposed active",
    shape=TransactionRuleOut,
)
