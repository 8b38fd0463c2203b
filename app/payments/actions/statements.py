"""Statement: a supplier's account over a period, frozen line by line when it is issued, then agreed or disputed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import current, note
from app.ledger.posting import hold, opening
from app.payments import codes
from app.payments.lifecycles import PAYEE, SETTLEMENT, STATEMENT
from app.payments.models import Statement
from app.payments.movements import lines_between
from app.payments.schemas import StatementInput

AGREE_WITHIN: Final = timedelta(days=15)
"""Without a word from the supplier by then a statement counts as agreed."""
PARK_OFFSET: Final = timedelta(hours=8)
"""A period begins and ends with days on the park's wall."""

NOT_A_SUPPLIER = refusal("statement_supplier", INVALID, N_("There is no such supplier."))
PERIOD_RUNS = refusal("period_runs", CONFLICT, N_("The period ends on %(end)s: issue it after that."))
PERIOD_COVERED = refusal("period_covered", INVALID, N_("Statements cover the time up to %(end)s already."))
STATEMENT_OPEN = refusal("statement_open", CONFLICT, N_("Issue the open statement of this supplier first."))


def impartial(statement: Statement, actor: Actor) -> None:
    """Whoever speaks for the operator does not belong to the supplier."""
    if statement.supplier_id in actor.org_ids:
        raise OWN_DEALING()


def period_over(statement: Statement, actor: Actor) -> None:
    """The period has ended."""
    del actor
    if statement.period_to > now():
        raise PERIOD_RUNS(end=statement.period_to)


@ORGANISATION.action(
    "admitted -> =", by=who("settlement", "self"), takes=StatementInput, makes=STATEMENT, title=N_("Open a statement")
)
def open_statement(operator: Organisation, actor: Actor, *, supplier: str, currency: str, until: date) -> Statement:
    """Settlement opens a supplier's next statement; it begins where the one before ended."""
    del operator, actor
    payee = db.session.get(Organisation, supplier)
    if payee is None or not payee.may_have_sold:
        raise NOT_A_SUPPLIER(fields={"supplier": [NOT_A_SUPPLIER.words]})
    last = _last(payee.id, currency)
    if last is not None and last.state == "open":
        raise STATEMENT_OPEN()
    begin = last.period_to if last is not None else payee.created_at
    end = datetime.combine(until + timedelta(days=1), time(), UTC) - PARK_OFFSET
    if end <= begin:
        raise PERIOD_COVERED(end=begin, fields={"until": [PERIOD_COVERED(end=begin)]})
    return fresh(
        Statement, supplier_id=payee.id, currency=currency, period_from=begin, period_to=end, opening_minor=0,
        closing_minor=0, lines=[],
    )  # fmt: skip


def _last(supplier_id: str, currency: str) -> Statement | None:
    return db.session.scalars(
        sa.select(Statement)
        .where(Statement.supplier_id == supplier_id, Statement.currency == currency)
        .order_by(Statement.period_from.desc())
        .limit(1)
    ).first()


@STATEMENT.action("open -> issued", by=SETTLEMENT, needs=[impartial, period_over], title=N_("Issue"), primary=True)
def issue(statement: Statement, actor: Actor) -> None:
    """Settlement issues the statement: its lines are frozen and it gets its number."""
    del actor
    account = codes.payable(statement.supplier_id)
    hold(account, statement.currency)  # whoever is posting to it right now finishes first
    statement.lines = lines_between(statement)
    statement.opening_minor = -opening(account, statement.currency, statement.period_from).minor
    statement.closing_minor = statement.opening_minor + sum(line.amount_minor for line in statement.lines)
    statement.issued_at, statement.agree_by = now(), now() + AGREE_WITHIN
    current().number("ST", statement)
    note(lines=len(statement.lines))


@STATEMENT.action("issued -> agreed", by=PAYEE, title=N_("Agree"), primary=True)
def agree(statement: Statement, actor: Actor) -> None:
    """The supplier's finance agrees with the statement."""
    del actor
    statement.agree_by = None


@STATEMENT.action("issued -> agreed", by=SYSTEM, after="agree_by", title=N_("Agree by silence"))
def agree_by_silence(statement: Statement, actor: Actor) -> None:
    """Nobody has disputed it in time: it counts as agreed."""
    del actor
    statement.agree_by = None


@STATEMENT.action("issued -> disputed", by=PAYEE, takes=ReasonInput, title=N_("Dispute"))
def dispute(statement: Statement, actor: Actor, *, reason: str) -> None:
    """The supplier's finance says what does not fit."""
    del actor
    say(reason)
    statement.agree_by = None


@STATEMENT.action(
    "disputed -> issued", by=SETTLEMENT, needs=[impartial], takes=ReasonInput, title=N_("Answer"), primary=True
)
def answer(statement: Statement, actor: Actor, *, reason: str) -> None:
    """Settlement answers; what has to be put right goes into the next statement."""
    del actor
    say(reason)
    statement.agree_by = now() + AGREE_WITHIN
