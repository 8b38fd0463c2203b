"""The local end of the port: a stand-in where no keys are set. It remembers in tables of its own; no money moves.

It keeps to the manners of a real gateway: one payment per key, refunds within what was paid, words that do not change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import owe
from app.kernel.values import Money, new_id
from app.kernel.work import reading, unit_of_work
from app.payments.gateway.port import (
    FAILED,
    OPEN,
    SUCCEEDED,
    Asked,
    Declined,
    Mismatch,
    NotDone,
    RefundAsked,
    RefundWord,
    Word,
)
from app.payments.models import LocalCharge, LocalRefund

MOVES = {"open": ("paid", "failed"), "paid": ("reversed",)}
"""What the payer may let happen on the stand-in's page."""

PATH = "/stand-in/"


class LocalGateway:
    """The stand-in. Its payments are paid, or not, on a page of ours."""

    def begin(self, asked: Asked) -> Word:
        """Open a payment, once for its key."""
        told = {"payment": asked.payment_id, "minor": asked.amount.minor, "currency": asked.amount.currency}
        with unit_of_work():
            found = db.session.scalar(sa.select(LocalCharge).where(LocalCharge.key == asked.key).with_for_update())
            if found is None:
                found = LocalCharge(
                    id=new_id("lgw", ordered=False), key=asked.key, asked=told, payment_id=asked.payment_id,
                    currency=asked.amount.currency, amount_minor=asked.amount.minor, status=OPEN, back=asked.back,
                )  # fmt: skip
                db.session.add(found)
            elif found.asked != told:
                raise Mismatch("the key was used for another request")
            return _word(found)

    def word(self, reference: str) -> Word:
        """What the payer chose."""
        with reading():
            return _word(_charge(reference))

    def call_off(self, reference: str) -> Word:
        """Let nobody pay it any more."""
        with unit_of_work():
            found = _charge(reference, lock=True)
            if found.status == OPEN:
                found.status = FAILED
            return _word(found)

    def refund(self, asked: RefundAsked) -> RefundWord:
        """Give back, at once, what was paid and not given back before."""
        with unit_of_work():
            charge = _charge(asked.intent, lock=True)
            found = db.session.scalar(sa.select(LocalRefund).where(LocalRefund.key == asked.key))
            if found is None:
                back = db.session.scalar(
                    sa.select(sa.func.coalesce(sa.func.sum(LocalRefund.amount_minor), 0)).where(
                        LocalRefund.charge_id == charge.id
                    )
                )
                if charge.status != "paid" or int(back or 0) + asked.amount.minor > charge.amount_minor:
                    raise Declined("More than was paid cannot go back.")
                found = LocalRefund(
                    id=new_id("lgr"), key=asked.key, charge_id=charge.id, refund_id=asked.refund_id,
                    amount_minor=asked.amount.minor,
                )  # fmt: skip
                db.session.add(found)
            return _refund_word(found, charge)

    def find_refund(self, asked: RefundAsked) -> RefundWord | None:
        """The refund of this key, if there is one."""
        with reading():
            found = db.session.scalar(sa.select(LocalRefund).where(LocalRefund.key == asked.key))
            return _refund_word(found, _charge(found.charge_id)) if found is not None else None

    def refund_word(self, reference: str) -> RefundWord:
        """What has become of a refund."""
        with reading():
            found = db.session.get(LocalRefund, reference)
            if found is None:
                raise NotDone("no such refund")
            return _refund_word(found, _charge(found.charge_id))

    def told_since(self, moment: datetime) -> Iterable[dict[str, Any]]:
        """It sends no messages: what is chosen on its page is looked at right away."""
        del moment
        return ()


def charge_of(reference: str) -> LocalCharge | None:
    """A payment at the stand-in, for its page."""
    return db.session.get(LocalCharge, reference)


def choose(reference: str, status: str) -> bool:
    """The payer lets it be paid, fail or be taken back; like a real gateway, it then tells LabPark to look.

    In the running unit of work. False where it cannot come to that any more.
    """
    found = _charge(reference, lock=True)
    if status not in MOVES.get(found.status, ()):
        return False
    found.status = status
    owe(db.session(), "gateway.payment", {"payment": found.payment_id})
    return True


def _charge(reference: str, *, lock: bool = False) -> LocalCharge:
    found = db.session.get(LocalCharge, reference, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise NotDone("no such payment")
    return found


def _word(charge: LocalCharge) -> Word:
    return Word(
        reference=charge.id,
        status=charge.status,
        payment_id=charge.payment_id,
        amount=Money(charge.amount_minor, charge.currency),
        intent=charge.id,
        url=f"{PATH}{charge.id}",
        secret=charge.id,
        fee=Money(0, charge.currency) if charge.status == "paid" else None,
    )


def _refund_word(refund: LocalRefund, charge: LocalCharge) -> RefundWord:
    return RefundWord(
        reference=refund.id, status=SUCCEEDED, key=refund.key, intent=charge.id,
        amount=Money(refund.amount_minor, charge.currency),
    )  # fmt: skip
