"""Payout: everything payable to a supplier in one currency, by two people of settlement, to the account it named."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts import standing
from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import at_sight, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money, now
from app.kernel.work import current, note
from app.ledger.models import Entry, EntryLine, LedgerAccount
from app.ledger.posting import balance, cover, hold, post
from app.payments import codes
from app.payments.books import refunds_due
from app.payments.lifecycles import PAYOUT, SETTLEMENT
from app.payments.models import Payout, PayoutLine
from app.payments.schemas import BankReferenceInput, PayoutInput

PAYOUT_MEMOS = ("payout", "payout_back")
"""Entries of payouts themselves: no earnings, so no payout lists them."""

NO_SUCH_SUPPLIER = refusal("payout_supplier", INVALID, N_("There is no such supplier."))
NOTHING_PAYABLE = refusal("nothing_payable", CONFLICT, N_("Nothing is payable to this supplier in this currency."))
PAYOUT_RUNS = refusal("payout_runs", CONFLICT, N_("A payout to this supplier in this currency is under way already."))
PAYOUTS_HELD = refusal(
    "payouts_held", CONFLICT,
    N_("The bank account was changed: payouts to this supplier wait until %(until)s."),
)  # fmt: skip
PAYOUTS_STOPPED = refusal("payouts_stopped", CONFLICT, N_("Payouts to this organisation are suspended."))
NO_BANK_ACCOUNT = refusal(
    "no_bank_account", CONFLICT, N_("The supplier has no bank account that was named and checked.")
)
ANOTHER_SIGNS = refusal("payout_another", CONFLICT, N_("Whoever proposed it does not approve it: somebody else does."))
PAYABLE_FELL = refusal(
    "payable_fell", CONFLICT, N_("By now only %(there)s is payable, because money was taken back. Propose it anew.")
)
OTHERS_MONEY = refusal(
    "payout_uncovered", CONFLICT,
    N_("Bank and gateway hold %(missing)s less than belongs to others. Put the operator's money in first."),
)  # fmt: skip


def impartial(payout: Payout, actor: Actor) -> None:
    """Whoever decides on money does not belong to the supplier."""
    if payout.supplier_id in actor.org_ids:
        raise OWN_DEALING()


@at_sight
def by_another(payout: Payout, actor: Actor) -> None:
    """Whoever proposed it does not approve it."""
    if payout.creator_id == actor.person_id:
        raise ANOTHER_SIGNS()


def not_stopped(payout: Payout, actor: Actor) -> None:
    """Payouts to the supplier are not stopped, nor held back because its account was changed."""
    del actor
    _receiving(db.session.get_one(Organisation, payout.supplier_id))


def still_payable(payout: Payout, actor: Actor) -> None:
    """What is to be paid out is still payable."""
    del actor
    there = -balance(codes.payable(payout.supplier_id), payout.currency)
    if there < payout.amount:
        raise PAYABLE_FELL(there=Money(max(0, there.minor), payout.currency))


def covered(payout: Payout, actor: Actor) -> None:
    """Bank and gateway hold what belongs to others; nobody is paid from somebody else's money."""
    del actor
    rest = cover(payout.currency, refunds_due=refunds_due(payout.currency))
    if rest.minor < 0:
        raise OTHERS_MONEY(missing=-rest)


def _receiving(supplier: Organisation) -> None:
    if supplier.state != "admitted" or standing.barred_from(supplier.id, "payout"):
        raise PAYOUTS_STOPPED()
    account = standing.bank_account_of(supplier.id)
    if account is not None and account.held_until is not None and account.held_until > now():
        raise PAYOUTS_HELD(until=account.held_until)


@ORGANISATION.action(
    "admitted -> =", by=who("settlement", "self"), takes=PayoutInput, makes=PAYOUT, title=N_("Propose a payout")
)
def propose_payout(operator: Organisation, actor: Actor, *, supplier: str, currency: str) -> Payout:
    """Settlement proposes to pay a supplier everything that is payable in one currency."""
    del operator
    payee = db.session.get(Organisation, supplier)
    if payee is None or not payee.may_have_sold:
        raise NO_SUCH_SUPPLIER(fields={"supplier": [NO_SUCH_SUPPLIER.words]})
    if payee.id in actor.org_ids:
        raise OWN_DEALING()
    _receiving(payee)
    account = standing.bank_account_of(payee.id)
    if account is None:
        raise NO_BANK_ACCOUNT()
    payable = -hold(codes.payable(payee.id), currency)
    if _runs(payee.id, currency):
        raise PAYOUT_RUNS()
    if payable.minor <= 0:
        raise NOTHING_PAYABLE()
    payout = fresh(
        Payout, supplier_id=payee.id, currency=currency, amount_minor=payable.minor, bank_name=account.bank_name,
        bank_account=account.account_no, creator_id=actor.person_id, attempts=0,
        lines=_unpaid(payee.id, currency),
    )  # fmt: skip
    if sum(line.amount_minor for line in payout.lines) != payable.minor:
        raise RuntimeError(f"{payee.id} {currency}: unpaid movements do not sum to what is payable")
    current().number("PT", payout)
    note(supplier=payee.id, lines=len(payout.lines))
    return payout


def _runs(supplier_id: str, currency: str) -> bool:
    live = sa.select(Payout.id).where(
        Payout.supplier_id == supplier_id, Payout.currency == currency,
        Payout.state.not_in(("succeeded", "cancelled")),
    )  # fmt: skip
    return db.session.scalar(live.limit(1)) is not None


def _unpaid(supplier_id: str, currency: str) -> list[PayoutLine]:
    """Movements on the supplier's account that no payout lists yet."""
    listed = (
        sa.select(PayoutLine.entry_id)
        .join(Payout, Payout.id == PayoutLine.payout_id)
        .where(PayoutLine.entry_id == Entry.id, Payout.currency == currency, Payout.state != "cancelled")
    )
    rows = db.session.execute(
        sa.select(Entry.id, EntryLine.amount_minor)
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .join(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(
            LedgerAccount.code == codes.payable(supplier_id), LedgerAccount.currency == currency,
            Entry.memo.not_in(PAYOUT_MEMOS), ~listed.exists(),
        )
        .order_by(Entry.id)
    )  # fmt: skip
    return [PayoutLine(supplier_id=supplier_id, entry_id=entry, amount_minor=-amount) for entry, amount in rows]


@PAYOUT.action(
    "created -> approved", by=SETTLEMENT, needs=[impartial, by_another, not_stopped, still_payable],
    title=N_("Approve"), primary=True,
)  # fmt: skip
def approve(payout: Payout, actor: Actor) -> None:
    """Somebody else of settlement approves the payout."""
    payout.approver_id = actor.person_id


@PAYOUT.action(
    "approved -> submitted", by=SETTLEMENT, needs=[impartial, not_stopped, still_payable, covered],
    title=N_("Order at the bank"), primary=True,
)  # fmt: skip
def submit(payout: Payout, actor: Actor) -> None:
    """Settlement orders the transfer to the supplier at the bank."""
    _order(payout, actor)


def _order(payout: Payout, actor: Actor) -> None:
    hold(codes.BANK, payout.currency)
    hold(codes.payable(payout.supplier_id), payout.currency)
    covered(payout, actor)
    still_payable(payout, actor)
    payout.attempts += 1
    post(
        f"payout:{payout.id}:{payout.attempts}", "payout",
        [(codes.payable(payout.supplier_id), payout.amount), (codes.in_transit(payout.supplier_id), -payout.amount)],
    )  # fmt: skip


@PAYOUT.action("submitted -> unknown", by=SETTLEMENT | SYSTEM, needs=[impartial], title=N_("Lose sight of it"))
def lose_sight(payout: Payout, actor: Actor) -> None:
    """The bank has not answered: until it does, nobody pays again."""
    del payout, actor


@PAYOUT.action(
    "submitted|unknown -> succeeded", by=SETTLEMENT | SYSTEM, needs=[impartial], takes=BankReferenceInput,
    title=N_("Confirm that it was paid"), primary=True,
)  # fmt: skip
def succeed(payout: Payout, actor: Actor, *, bank_reference: str) -> None:
    """The bank has paid the supplier."""
    del actor
    payout.bank_reference = bank_reference
    post(
        f"payout:{payout.id}:{payout.attempts}:paid", "payout_paid",
        [(codes.in_transit(payout.supplier_id), payout.amount), (codes.BANK, -payout.amount)],
    )  # fmt: skip


@PAYOUT.action(
    "submitted|unknown|succeeded -> failed", by=SETTLEMENT | SYSTEM, needs=[impartial], takes=ReasonInput,
    title=N_("Note that it failed"),
)  # fmt: skip
def fail(payout: Payout, actor: Actor, *, reason: str) -> None:
    """The bank did not pay, or the money came back: it is payable again."""
    del actor
    say(reason)
    lies = codes.BANK if payout.state == "succeeded" else codes.in_transit(payout.supplier_id)
    post(
        f"payout:{payout.id}:{payout.attempts}:back", "payout_back",
        [(lies, payout.amount), (codes.payable(payout.supplier_id), -payout.amount)],
    )  # fmt: skip


@PAYOUT.action(
    "failed -> submitted", by=SETTLEMENT, needs=[impartial, not_stopped, still_payable, covered],
    title=N_("Order again"), primary=True,
)  # fmt: skip
def retry(payout: Payout, actor: Actor) -> None:
    """Settlement orders the transfer once more."""
    _order(payout, actor)


@PAYOUT.action(
    "created|approved|failed -> cancelled", by=SETTLEMENT, needs=[impartial], takes=ReasonInput, title=N_("Cancel"),
    dangerous=True,
)  # fmt: skip
def cancel(payout: Payout, actor: Actor, *, reason: str) -> None:
    """Settlement cancels the payout: what it listed stays payable."""
    del payout, actor
    say(reason)
