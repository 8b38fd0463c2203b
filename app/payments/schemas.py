"""Shapes of the payments domain: what its actions take, and what is read of its records."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.kernel.actors import platform, who
from app.kernel.shapes import (
    LONG_TEXT,
    Choice,
    CurrencyCode,
    Id,
    Input,
    Moment,
    MoneyField,
    Percent,
    RecordOut,
    Text,
)
from app.kernel.values import N_

REFERENCE_CHARS = 80

PAYS = who("finance", "buyer")

BUYER_READS = who("member|purchaser|approver|receiver|finance|org_admin", "buyer")
SUPPLIER_READS = who("catalogue|sales|fulfilment|finance|expert|org_admin", "supplier")
SUPPLIER_MONEY = who("finance|org_admin", "supplier")
STAFF_READS = (
    platform("transaction_approver|settlement|support|system_admin|security_admin|audit_admin", "operator")
    | platform("owner", "owner")
    | platform("auditor", "auditor")
)
NOT_THE_BUYER = SUPPLIER_READS | STAFF_READS

MOMENT_WORDS = {
    "confirmed": N_("on confirmation"),
    "shipped": N_("on dispatch"),
    "accepted": N_("on acceptance"),
    "warranty_end": N_("at the end of the warranty"),
    "date": N_("on a date"),
}
MODE_WORDS = {"page": N_("on the gateway's page"), "program": N_("in a program of one's own")}
WAY_WORDS = {"same": N_("the way it came"), "transfer": N_("by bank transfer")}
GATEWAY_WORDS = {"stripe": N_("Stripe"), "local": N_("local stand-in, no money moves")}
METHOD_WORDS = {"transfer": N_("bank transfer"), "gateway": N_("card or wallet")}
CAUSE_WORDS = {
    "excess": N_("More was paid than the order costs now"),
    "prepaid": N_("It was paid before it was due"),
}
BANK_KIND_WORDS = {
    "unmatched": N_("Transfer that names no order"),
    "float_in": N_("The operator puts its own money in"),
    "float_out": N_("The operator takes its own money out"),
    "repayment": N_("A supplier pays back"),
    "shares_out": N_("Revenue shares and VAT are paid out"),
    "gateway_payout": N_("The payment gateway pays out, less its fee"),
}
LINE_WORDS = {
    "release": N_("Release"),
    "clawback": N_("Taken back"),
    "payout": N_("Payout"),
    "payout_back": N_("Payout that came back"),
    "repayment": N_("Paid back by you"),
    "other": N_("Other"),
}
_ORDER = {"title": N_("Order")}
_AMOUNT = {"title": N_("Amount")}
_METHOD = {"title": N_("How"), "words": METHOD_WORDS}
_STATEMENT_LINE = {"title": N_("Line on our bank statement"), "hint": N_("Date and number of the line.")}


class RateInput(Input):
    """A commission rate for orders made from a moment on."""

    rate = Percent(required=True, metadata={"title": N_("Commission, VAT included (%)")})
    vat = Percent(load_default=600, metadata={"title": N_("VAT on the commission (%)")})
    owner_share = Percent(required=True, metadata={"title": N_("The owner's share of the net commission (%)")})
    valid_from = Moment(required=True, metadata={"title": N_("Valid from")})
    reason = Text(required=True, most=500, multiline=True, metadata={"title": N_("Reason")})


class RateOut(RecordOut):
    """A commission rate."""

    rate = Percent(attribute="rate_bp", dump_only=True, metadata={"title": N_("Commission, VAT included (%)")})
    vat = Percent(attribute="vat_bp", dump_only=True, metadata={"title": N_("VAT on the commission (%)")})
    owner_share = Percent(
        attribute="owner_share_bp",
        dump_only=True,
        metadata={"title": N_("The owner's share of the net commission (%)")},
    )
    valid_from = Moment()
    ends_at = Moment(allow_none=True, metadata={"title": N_("Valid until")})
    proposer = fields.String(attribute="proposer_id", metadata={"title": N_("Proposed by")})
    reason = fields.String()


def _money(figure: str, title: str) -> fields.Function:
    """One figure of an instalment."""
    return fields.Function(
        lambda row: MoneyField()._serialize(row.money(figure), None, None), metadata={"type": "object", "title": title}
    )


class InstalmentOut(RecordOut):
    """One part of an order's payment plan; paid = what arrived and stayed."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id", metadata=_ORDER)
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    position = fields.Integer(metadata={"title": N_("Place in the plan")})
    title = fields.Function(lambda row: row.title, metadata={"type": "string", "say": True})
    share = Percent(attribute="share_bp", dump_only=True, metadata={"title": N_("Share")})
    due_on = fields.String(metadata={"title": N_("Falls due"), "words": MOMENT_WORDS})
    release_on = fields.String(metadata={"title": N_("Goes to the supplier"), "words": MOMENT_WORDS})
    currency = fields.String()
    amount = _money("amount", N_("Amount"))
    due = _money("due", N_("Fallen due"))
    paid = _money("received", N_("Paid"))
    open = _money("open", N_("Still to be paid"))
    held = _money("held", N_("Held"))
    released = _money("released", N_("Released"))
    refunded = _money("refunded", N_("Refunded"))
    owed = _money("owed", N_("Owed after a failed payment"))
    due_by = Moment(allow_none=True, metadata={"title": N_("To be paid by")})


class TransferInput(Input):
    """A bank transfer that was sent for an order."""

    amount = MoneyField(required=True, metadata=_AMOUNT)
    bank_reference = Text(
        required=True, most=REFERENCE_CHARS,
        metadata={"title": N_("Reference of the transfer"), "hint": N_("As it stands on your bank's receipt.")},
    )  # fmt: skip
    paid_on = fields.Date(required=True, metadata={"title": N_("Day of the transfer"), "kind": "date"})


class PartTransferInput(Input):
    """The same of one instalment, whose amount is known."""

    bank_reference = Text(
        required=True, most=REFERENCE_CHARS,
        metadata={"title": N_("Reference of the transfer"), "hint": N_("As it stands on your bank's receipt.")},
    )  # fmt: skip
    paid_on = fields.Date(required=True, metadata={"title": N_("Day of the transfer"), "kind": "date"})


class PaymentInput(TransferInput):
    """The same, naming the order."""

    order = Id("ord", required=True, metadata=_ORDER)


class CardInput(Input):
    """How much to pay by card or wallet, and where."""

    amount = MoneyField(required=True, metadata=_AMOUNT)
    mode = Choice(MODE_WORDS, load_default="page", metadata={"title": N_("Where it is paid"), "kind": "hidden"})


class CardModeInput(Input):
    """Where it is paid."""

    mode = Choice(MODE_WORDS, load_default="page", metadata={"title": N_("Where it is paid"), "kind": "hidden"})


class ArrivalInput(Input):
    """What really arrived."""

    amount = MoneyField(required=True, metadata={**_AMOUNT, "hint": N_("What really arrived.")})
    statement_reference = Text(load_default="", most=REFERENCE_CHARS, metadata=_STATEMENT_LINE)
    unmatched = Id(
        "bke", load_default=None, allow_none=True,
        metadata={"title": N_("Unmatched transfer"), "hint": N_("If it was booked as naming no order.")},
    )  # fmt: skip


class PaymentOut(RecordOut):
    """A payment for an order."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id", metadata=_ORDER)
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    method = fields.String(metadata=_METHOD)
    told = MoneyField(dump_only=True, metadata={"title": N_("Told")})
    amount = MoneyField(dump_only=True, metadata={"title": N_("Amount that arrived")})
    bank_reference = fields.String(
        metadata={"for": BUYER_READS | STAFF_READS, "title": N_("Reference of the transfer")}
    )
    paid_on = fields.Date(allow_none=True, metadata={"title": N_("Day of the transfer")})
    statement_reference = fields.String(metadata={"for": STAFF_READS, "title": N_("Line on our bank statement")})
    recorder = fields.String(
        attribute="recorder_id",
        allow_none=True,
        metadata={"for": BUYER_READS | STAFF_READS, "title": N_("Recorded by")},
    )
    confirmer = fields.String(
        attribute="confirmer_id", allow_none=True, metadata={"for": STAFF_READS, "title": N_("Confirmed by")}
    )
    gateway = fields.String(
        attribute="card.gateway",
        dump_default=None,
        allow_none=True,
        metadata={"title": N_("Payment gateway"), "words": GATEWAY_WORDS},
    )
    gateway_reference = fields.String(
        allow_none=True, metadata={"for": PAYS | STAFF_READS, "title": N_("Reference at the gateway")}
    )
    pay_at = fields.String(allow_none=True, metadata={"for": PAYS, "title": N_("Page to pay on")})
    client_secret = fields.String(
        allow_none=True, metadata={"for": PAYS, "title": N_("Secret for the payer's own program")}
    )
    fee = MoneyField(dump_only=True, allow_none=True, metadata={"for": STAFF_READS, "title": N_("The gateway's fee")})


class RefundInput(Input):
    """Money back to the buyer."""

    cause = Choice(CAUSE_WORDS, required=True, metadata={"title": N_("Why")})
    amount = MoneyField(required=True, metadata=_AMOUNT)
    way = Choice(WAY_WORDS, load_default="same", metadata={"title": N_("How it goes back")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class RefundOut(RecordOut):
    """A refund."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id", metadata=_ORDER)
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    method = fields.String(metadata=_METHOD)
    cause = fields.String(metadata={"title": N_("Why"), "words": CAUSE_WORDS})
    amount = MoneyField(dump_only=True, metadata=_AMOUNT)
    taken_back = fields.Function(
        lambda row: MoneyField()._serialize(row.taken_back, None, None),
        metadata={"type": "object", "for": NOT_THE_BUYER, "title": N_("Of it, taken back from the supplier")},
    )
    payment = fields.String(
        attribute="card.payment_id", dump_default=None, allow_none=True,
        metadata={"title": N_("Card payment that it goes back to")},
    )  # fmt: skip
    covered = fields.Boolean(metadata={"for": STAFF_READS, "title": N_("The money for it is there")})
    bank_reference = fields.String(metadata={"for": BUYER_READS | STAFF_READS, "title": N_("Reference at the bank")})


class PayoutInput(Input):
    """Which supplier to pay out, and in which currency."""

    supplier = Id("org", required=True, metadata={"title": N_("Supplier")})
    currency = CurrencyCode(required=True, metadata={"title": N_("Currency")})


class BankReferenceInput(Input):
    """The bank's own reference."""

    bank_reference = Text(required=True, most=REFERENCE_CHARS, metadata={"title": N_("Reference at the bank")})


class PayoutLineOut(Schema):
    """A movement that the payout pays."""

    entry = fields.String(attribute="entry_id", metadata={"title": N_("Entry in the ledger")})
    amount_minor = fields.Integer(metadata={"title": N_("Amount in minor units")})


class PayoutOut(RecordOut):
    """A payout to a supplier."""

    number = fields.String(allow_none=True)
    supplier = fields.String(attribute="supplier_id")
    amount = MoneyField(dump_only=True, metadata=_AMOUNT)
    bank_name = fields.String(metadata={"for": SUPPLIER_MONEY | STAFF_READS})
    bank_account = fields.String(metadata={"for": SUPPLIER_MONEY | STAFF_READS})
    bank_reference = fields.String(metadata={"title": N_("Reference at the bank")})
    lines = fields.List(fields.Nested(PayoutLineOut))


class StatementInput(Input):
    """Whose account, in which currency, up to and with which day."""

    supplier = Id("org", required=True, metadata={"title": N_("Supplier")})
    currency = CurrencyCode(required=True, metadata={"title": N_("Currency")})
    until = fields.Date(required=True, metadata={"title": N_("Up to and with"), "kind": "date"})


class StatementLineOut(Schema):
    """One movement; amounts are in minor units, credit positive."""

    position = fields.Integer()
    at = Moment()
    kind = fields.String()
    order = fields.String(attribute="order_id", allow_none=True)
    reference = fields.String()
    entry = fields.String(attribute="entry_id")
    gross_minor = fields.Integer()
    commission_minor = fields.Integer()
    vat_minor = fields.Integer()
    amount_minor = fields.Integer()


class StatementOut(RecordOut):
    """A supplier's statement."""

    number = fields.String(allow_none=True)
    supplier = fields.String(attribute="supplier_id")
    currency = fields.String()
    period_from = Moment(metadata={"title": N_("Period from")})
    period_to = Moment(metadata={"title": N_("Period to")})
    opening = MoneyField(dump_only=True, metadata={"title": N_("Opening balance")})
    closing = MoneyField(dump_only=True, metadata={"title": N_("Closing balance")})
    issued_at = Moment(allow_none=True, metadata={"title": N_("Issued on")})
    agree_by = Moment(allow_none=True, metadata={"title": N_("To be answered by")})
    lines = fields.List(fields.Nested(StatementLineOut))


class BankEntryInput(Input):
    """A line of the bank statement that no payment, refund or payout explains."""

    kind = Choice(BANK_KIND_WORDS, required=True, metadata={"title": N_("What it is")})
    amount = MoneyField(
        required=True,
        metadata={"title": N_("Amount"), "hint": N_("From a gateway: before its fee. Of revenue shares: all of them.")},
    )
    fee = MoneyField(zero=True, load_default=None, allow_none=True, metadata={"title": N_("The gateway's fee")})
    supplier = Id("org", load_default=None, allow_none=True, metadata={"title": N_("Supplier that pays back")})
    payer = Text(load_default="", most=120, metadata={"title": N_("Payer as the bank names it")})
    statement_reference = Text(required=True, most=REFERENCE_CHARS, metadata=_STATEMENT_LINE)


class BankEntryOut(RecordOut):
    """A line of the bank statement, booked by two people."""

    number = fields.String(allow_none=True)
    kind = fields.String(metadata={"title": N_("What it is"), "words": BANK_KIND_WORDS})
    amount = MoneyField(dump_only=True, metadata=_AMOUNT)
    fee_minor = fields.Integer(metadata={"title": N_("Fee in minor units")})
    supplier = fields.String(attribute="supplier_id", allow_none=True)
    payer = fields.String(metadata={"for": STAFF_READS})
    statement_reference = fields.String(metadata={"for": STAFF_READS})
