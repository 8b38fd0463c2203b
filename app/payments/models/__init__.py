"""Nouns of payments: money of orders in `incoming`, money of suppliers and of the bank in `outgoing`."""

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
    "LINE_KINDS",
    "METHODS",
    "MOMENTS",
    "Allocation",
    "BankEntry",
    "CommissionRate",
    "Instalment",
    "Payment",
    "Payout",
    "PayoutLine",
    "Refund",
    "RefundLine",
    "Statement",
    "StatementLine",
]
