"""How a buyer gives its word for an order that staff entered: by a code, or by a signed form that two people have seen.

The third way, affirming online, is `orders.affirm`. All three end in `orders.bind`: from there it is an order like any
other, under the buyer's own approval rules and the platform's.
"""

from __future__ import annotations

from typing import Final

from app.accounts import files
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import say
from app.kernel.security import SecurityNote
from app.kernel.shapes import ReasonInput, Upload
from app.kernel.values import N_, new_id
from app.kernel.work import act_for, note, refuse_at_end
from app.ordering import codes
from app.ordering.actions.orders import bind, requisition_approved
from app.ordering.lifecycles import ORDER, PURCHASER
from app.ordering.models import Order
from app.ordering.offline import SUPPORT, purchaser_of, staff_apart
from app.ordering.offline_models import OfflineEntry
from app.ordering.pointing import at_field
from app.ordering.schemas import CodeInput, PurchaserInput, SignedFormInput

WRONG_CODE = refusal("wrong_code", INVALID, N_("This is not the code that was sent. Tries left: %(left)s."))
FORM_WAITS = refusal("form_waits", CONFLICT, N_("A signed form waits to be checked. Check it or refuse it first."))
NO_FORM = refusal("no_form", CONFLICT, N_("No signed form was uploaded."))
SECOND_PERSON = refusal("second_person", CONFLICT, N_("Not the person who uploaded the form: somebody else checks it."))
CODE_FAILED: Final = "order_code_failed"


def _entry(order: Order) -> OfflineEntry:
    assert order.entry is not None, "only what was entered waits for the buyer's word"
    return order.entry


def form_there(order: Order, actor: Actor) -> None:
    """A signed form waits to be checked."""
    del actor
    if _entry(order).form_id is None:
        raise NO_FORM()


def no_form_yet(order: Order, actor: Actor) -> None:
    """No signed form waits to be checked."""
    del actor
    if _entry(order).form_id is not None:
        raise FORM_WAITS()


def by_second_person(order: Order, actor: Actor) -> None:
    """Two people see a signed form: one uploads it, another one checks it."""
    if _entry(order).form_by == actor.person_id:
        raise SECOND_PERSON()


@ORDER.action(
    "awaiting_buyer -> =", by=SUPPORT, needs=[staff_apart, codes.may_send], takes=PurchaserInput,
    title=N_("Send the buyer a code"),
)  # fmt: skip
def send_code(order: Order, actor: Actor, *, purchaser: str | None = None) -> None:
    """Staff have a six-digit code mailed to the buyer's purchaser, who reads it out or enters it."""
    del actor
    act_for(order.buyer_id)
    person = purchaser_of(order, purchaser)
    codes.send(order, person)
    note(purchaser=person.id)


@ORDER.action(
    "awaiting_buyer -> =", by=SUPPORT | PURCHASER, needs=[staff_apart, requisition_approved, codes.code_waits],
    takes=CodeInput, touches=False, title=N_("Confirm by code"),
)  # fmt: skip
def confirm_by_code(order: Order, actor: Actor, *, code: str) -> None:
    """Staff or the buyer enter the code that the purchaser received; the order binds from then on."""
    act_for(order.buyer_id)
    person_id, left = codes.spend(order, code)
    if person_id is None:
        refused = {"order": order.id}
        failed = SecurityNote(id=new_id("sec"), kind=CODE_FAILED, person_id=actor.person_id, detail=refused)
        db.session.add(failed)
        refuse_at_end(at_field(WRONG_CODE, "code", left=str(left)))
        return
    bind(order, person_id, "code")


@ORDER.action(
    "awaiting_buyer -> =", by=SUPPORT, needs=[staff_apart, no_form_yet], takes=SignedFormInput,
    title=N_("Upload the signed form"),
)  # fmt: skip
def upload_form(order: Order, actor: Actor, *, file: Upload, purchaser: str | None = None) -> None:
    """Staff upload the order form that the buyer's purchaser has signed; a second person checks it."""
    act_for(order.buyer_id)
    person, entry = purchaser_of(order, purchaser), _entry(order)
    stored = files.attach(file, org_id=str(actor.org_id), object_id=order.id)
    db.session.flush()
    entry.form_id, entry.form_by, entry.signer_id = stored.id, actor.person_id, person.id
    note(signer=person.id)


@ORDER.action(
    "awaiting_buyer -> =", by=SUPPORT, needs=[form_there, by_second_person, staff_apart, requisition_approved],
    title=N_("Confirm the signed form"), primary=True,
)  # fmt: skip
def check_form(order: Order, actor: Actor) -> None:
    """A second person of the staff finds that form and order say the same and that it is signed; the order binds."""
    act_for(order.buyer_id)
    entry = _entry(order)
    entry.checked_by = actor.person_id
    bind(order, entry.signer_id, "form")


@ORDER.action(
    "awaiting_buyer -> =", by=SUPPORT, needs=[form_there, staff_apart], takes=ReasonInput,
    title=N_("Refuse the signed form"),
)  # fmt: skip
def refuse_form(order: Order, actor: Actor, *, reason: str) -> None:
    """The signed form does not say what the order says; another one may be uploaded, or another way be taken."""
    del actor
    say(reason)
    act_for(order.buyer_id)
    entry = _entry(order)
    note(form=entry.form_id)
    entry.form_id = entry.form_by = entry.signer_id = None
