"""Bank entry: a bank line that no payment, refund or payout explains; one person enters it, another books it."""

from __future__ import annotations

from typing import Final

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import at_sight, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money
from app.kernel.work import current
from app.ledger.posting import balance, cover, hold, post
from app.payments import codes
from app.payments.books import refunds_due
from app.payments.lifecycles import BANK_ENTRY, SETTLEMENT
from app.payments.models import BankEntry
from app.payments.schemas import BankEntryInput

SHARES: Final = (codes.OPERATOR, codes.OWNER, codes.VAT)
"""Accounts that a payment of revenue shares and VAT empties."""

SUPPLIER_NEEDED = refusal("repaid_by_whom", INVALID, N_("Name the supplier that pays back."))
NO_SUPPLIER = refusal("no_such_supplier", INVALID, N_("There is no such supplier."))
FEE_OF_GATEWAY = refusal(
    "fee_of_gateway", INVALID, N_("Only a gateway keeps a fee, in the same currency and less than all.")
)
SHARES_DIFFER = refusal("shares_differ", INVALID, N_("Revenue shares and VAT stand at %(there)s, not %(told)s."))
ANOTHER_BOOKS = refusal("another_books", CONFLICT, N_("Whoever entered it does not book it: somebody else does."))
NOT_COVERED = refusal(
    "money_of_others", CONFLICT, N_("It would leave %(missing)s too little for what belongs to others.")
)


@at_sight
def by_another(entry: BankEntry, actor: Actor) -> None:
    """Whoever entered it does not book it, nor does anybody of the supplier that paid back."""
    if entry.proposer_id == actor.person_id:
        raise ANOTHER_BOOKS()
    if entry.supplier_id is not None and entry.supplier_id in actor.org_ids:
        raise OWN_DEALING()


def covered(entry: BankEntry, actor: Actor) -> None:
    """Money that leaves does not belong to others."""
    del actor
    if entry.kind in ("float_out", "shares_out"):
        rest = cover(entry.currency, refunds_due=refunds_due(entry.currency)) - entry.amount
        if rest.minor < 0:
            raise NOT_COVERED(missing=-rest)


@ORGANISATION.action(
    "admitted -> =", by=who("settlement", "self"), takes=BankEntryInput, makes=BANK_ENTRY, title=N_("Enter a bank line")
)
def enter_bank_line(
    operator: Organisation, actor: Actor, *, kind: str, amount: Money, statement_reference: str,
    fee: Money | None = None, supplier: str | None = None, payer: str = "",
) -> BankEntry:  # fmt: skip
    """Settlement enters a line of the bank statement that no payment, refund or payout explains."""
    del operator
    if kind == "repayment" and supplier is None:
        raise SUPPLIER_NEEDED(fields={"supplier": [SUPPLIER_NEEDED.words]})
    if fee is not None and fee.minor and (kind != "gateway_payout" or fee.currency != amount.currency or amount <= fee):
        raise FEE_OF_GATEWAY(fields={"fee": [FEE_OF_GATEWAY.words]})
    entry = fresh(
        BankEntry, kind=kind, supplier_id=_supplier(supplier) if kind == "repayment" else None,
        currency=amount.currency, amount_minor=amount.minor, fee_minor=fee.minor if fee else 0,
        parts=_shares(amount) if kind == "shares_out" else {}, statement_reference=statement_reference, payer=payer,
        proposer_id=actor.person_id,
    )  # fmt: skip
    current().number("BE", entry)
    return entry


def _supplier(org_id: str | None) -> str:
    organisation = db.session.get(Organisation, org_id)
    if organisation is None or not organisation.may_have_sold:
        raise NO_SUPPLIER(fields={"supplier": [NO_SUPPLIER.words]})
    return organisation.id


def _shares(amount: Money) -> dict[str, int]:
    """What each account gives; the sum is what stands on them, for shares are paid out whole."""
    parts = {code: -balance(code, amount.currency).minor for code in SHARES}
    there = Money(sum(parts.values()), amount.currency)
    if there != amount or min(parts.values()) < 0:
        raise SHARES_DIFFER(there=there, told=amount, fields={"amount": [SHARES_DIFFER(there=there, told=amount)]})
    return {code: part for code, part in parts.items() if part}


@BANK_ENTRY.action("proposed -> booked", by=SETTLEMENT, needs=[by_another, covered], title=N_("Book"), primary=True)
def book(entry: BankEntry, actor: Actor) -> None:
    """Somebody else of settlement has seen the line on the bank statement and books it."""
    hold(codes.BANK, entry.currency)
    covered(entry, actor)
    entry.booker_id = actor.person_id
    post(f"bank:{entry.id}", entry.kind, _lines(entry))


def _lines(entry: BankEntry) -> list[tuple[str, Money]]:
    amount, fee = entry.amount, Money(entry.fee_minor, entry.currency)
    if entry.kind == "unmatched":
        return [(codes.BANK, amount), (codes.UNALLOCATED, -amount)]
    if entry.kind == "float_in":
        return [(codes.BANK, amount), (codes.FLOAT, -amount)]
    if entry.kind == "float_out":
        return [(codes.FLOAT, amount), (codes.BANK, -amount)]
    if entry.kind == "repayment":
        return [(codes.BANK, amount), (codes.payable(str(entry.supplier_id)), -amount)]
    if entry.kind == "gateway_payout":
        return [(codes.BANK, amount - fee), (codes.GATEWAY_FEES, fee), (codes.GATEWAY, -amount)]
    shares = [(code, Money(part, entry.currency)) for code, part in sorted(entry.parts.items())]
    return [*shares, (codes.BANK, -amount)]


@BANK_ENTRY.action("proposed -> declined", by=SETTLEMENT, takes=ReasonInput, title=N_("Decline"))
def decline(entry: BankEntry, actor: Actor, *, reason: str) -> None:
    """The line is not on the bank statement, or something explains it already."""
    del entry, actor
    say(reason)


@BANK_ENTRY.action("booked -> matched", by=SYSTEM, title=N_("Match with a payment"))
def match(entry: BankEntry, actor: Actor) -> None:
    """The transfer was found to be the payment of an order; the payment takes it out of what is unallocated."""
    del entry, actor
