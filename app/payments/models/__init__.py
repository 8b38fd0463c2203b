"""Nouns of payments: money of orders in `incoming`, of suppliers and of the bank in `outgoing`, cards in `gateway`."""

from app.payments.models.gateway import (
    GATEWAYS,
    MODES,
    CardPayment,
    CardRefund,
    GatewayEvent,
    LocalCharge,
    LocalRefund,
)
from app.payments.models.incoming import (
    CAUSES,
    METHODS,
    MOMENTS,
    Allocation,
    CommissionRate,
    Instalment,
    Payment,
    Refund,
    RefundLine,
)
from app.payments.models.outgoing import BANK_KINDS, LINE_KINDS, BankEntry, Payout, PayoutLine, Statement, StatementLine

__all__ = [
    "BANK_KINDS",
    "CAUSES",
    "GATEWAYS",
    "LINE_KINDS",
    "METHODS",
    "MODES",
    "MOMENTS",
    "Allocation",
    "BankEntry",
    "CardPayment",
    "CardRefund",
    "CommissionRate",
    "GatewayEvent",
    "Instalment",
    "LocalCharge",
    "LocalRefund",
    "Payment",
    "Payout",
    "PayoutLine",
    "Refund",
    "RefundLine",
    "Statement",
    "StatementLine",
]
