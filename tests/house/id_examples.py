"""What a good input of each action that takes an id looks like: who sends it, about which record, with which body."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from app.kernel.values import now
from tests.house.callers import Park
from tests.house.kept import REASON
from tests.worlds.catalogue import given
from tests.worlds.media import image

LATER: Final = timedelta(days=20)


class Lab:
    """The park as this test asks it: single values by SQL."""

    def __init__(self, park: Park) -> None:
        self.park = park

    def __call__(self, statement: str, **given: str) -> str:
        """The first value that a SELECT finds."""
        named = dict(self.park.world.organisations)
        row = self.park.kept.execute(statement, named | given).fetchone()
        assert row is not None, f"nothing there: {statement}"
        return str(row[0])


@dataclass(frozen=True)
class Example:
    """Whom an action lets in, on which record (SQL for its id), with which body."""

    by: str
    record: str
    body: Callable[[Lab, str], dict[str, Any]]
    in_person: bool = False
    """No program may do it: it is sent as the form of a page."""
    foreign: tuple[str, ...] = ()
    """Organisations that are not the caller's to name here, where the usual ones (FOREIGN) may be."""


def _in_state(table: str, state: str, more: str = "") -> str:
    return f"SELECT id FROM {table} WHERE state = '{state}' {more} ORDER BY id LIMIT 1"


LISTING: Final = "SELECT id FROM listing WHERE state = 'published' AND supplier_id = :supplier LIMIT 1"
ALONE: Final = f"{LISTING.removesuffix('LIMIT 1')}AND product_id IS NULL LIMIT 1"
UNMATCHED: Final = "SELECT {} FROM bank_entry WHERE kind = 'unmatched' AND state = 'booked' ORDER BY id LIMIT 1"
OWN: Final = {
    "lab": "SELECT :lab",
    "operator": "SELECT :operator",
    "supplier": "SELECT :supplier",
    "service": "SELECT :service",
}
THE_LABS: Final = "SELECT id FROM {} WHERE state = 'active' AND org_id = :lab ORDER BY id LIMIT 1"
MEMBER: Final = "SELECT id FROM membership WHERE state = 'active' AND person_id = :person AND org_id = :lab"
NEVER_ADMITTED: Final = tuple(_in_state("organisation", state) for state in ("applied", "rejected"))
GONE: Final = _in_state("organisation", "terminated")
STAFF: Final = ("SELECT :operator", "SELECT :owner", "SELECT :auditor")
AMOUNT: Final = {"amount": "1.00", "currency": "CNY"}


def _lines(lab: Lab, _: str) -> dict[str, Any]:
    return {"lines": [{"listing": lab(LISTING), "quantity": "1"}]}


def _where_for(lab: Lab, _: str) -> dict[str, Any]:
    kinds = {"unit": "unit", "address": "delivery_address", "cost_centre": "cost_centre"}
    return {field: lab(THE_LABS.format(table)) for field, table in kinds.items()}


def _wanted(lab: Lab, record: str) -> dict[str, Any]:
    return _lines(lab, record) | _where_for(lab, record)


def _inside(lab: Lab, _: str) -> dict[str, Any]:
    return {"unit": lab(THE_LABS.format("unit"))}


def _asked(lab: Lab, _: str) -> dict[str, Any]:
    line = {"title": "离心机", "quantity": "1", "unit": "台", "listing": lab(LISTING)}
    return {"title": "离心机", "deadline": _moment(LATER), "lines": [line]}


def _amended(lab: Lab, record: str) -> dict[str, Any]:
    line = _asked(lab, record)["lines"][0] | {"line": lab("SELECT id FROM rfq_line WHERE rfq_id = :id", id=record)}
    return {"reason": REASON, "deadline": _moment(LATER), "lines": [line]}


def _moment(ahead: timedelta) -> str:
    return (now() + ahead).isoformat()


def _first(table: str, column: str) -> str:
    return f"SELECT id FROM {table} WHERE {column} = :id ORDER BY id LIMIT 1"


def _counted(lab: Lab, record: str) -> dict[str, Any]:
    line = lab("SELECT order_line_id FROM shipment_line WHERE shipment_id = :id", id=record)
    return {"lines": [{"order_line": line, "received": "1"}]}


def _recounted(lab: Lab, record: str) -> dict[str, Any]:
    line = lab("SELECT order_line_id FROM receipt_line WHERE receipt_id = :id", id=record)
    return {"lines": [{"order_line": line, "received": "1"}]}


def _colleague(lab: Lab, _: str) -> dict[str, Any]:
    return {"person": lab.park.world.people["guan"]}


def _member(lab: Lab, name: str) -> str:
    return lab(MEMBER, person=lab.park.world.people[name])


def _purchaser(lab: Lab, _: str) -> dict[str, Any]:
    return {"purchaser": _member(lab, "pu")}


def _lent(lab: Lab, _: str) -> dict[str, Any]:
    between = {"starts_at": _moment(timedelta(0)), "ends_at": _moment(LATER)}
    return {"role": "approver", "deputy": _member(lab, "mei"), "ceiling": AMOUNT, **between}


def _held_for_a_unit(lab: Lab, record: str) -> dict[str, Any]:
    held = "SELECT {} FROM unit_role WHERE membership_id = :id"
    return {name: lab(held.format(column), id=record) for name, column in (("unit", "unit_id"), ("role", "role"))}


def _asked_of_suppliers(form: str) -> str:
    return _in_state("requirement", "active", f"AND kind = 'supplier' AND form = '{form}'")


def _signed(lab: Lab, record: str) -> dict[str, Any]:
    return _purchaser(lab, record) | {"file": (io.BytesIO(b"%PDF-1.7 signed"), "form.pdf")}


def _appointment(lab: Lab, record: str) -> dict[str, Any]:
    line = lab("SELECT id FROM order_line WHERE order_id = :id AND kind = 'service'", id=record)
    times = {"starts_at": _moment(LATER), "ends_at": _moment(LATER + timedelta(hours=2))}
    return {"order_line": line, "quantity": "1", "place": "204", **times}


def _pictured(state: str) -> str:
    """A listing of the supplier that shows a picture, and of which no change is open."""
    return (
        "SELECT listing.id FROM listing JOIN listing_medium ON listing_medium.listing_id = listing.id "
        f"WHERE state = '{state}' AND listing.supplier_id = :supplier AND listing.id NOT IN "
        "(SELECT listing_id FROM listing_change WHERE state IN ('draft', 'submitted')) ORDER BY listing.id LIMIT 1"
    )


CHANGING: Final = (
    "SELECT listing_change.id FROM listing_change JOIN listing_medium USING (listing_id) "
    "WHERE listing_change.state = 'draft' AND listing_change.supplier_id = :supplier ORDER BY 1 LIMIT 1"
)
OF_CHANGE: Final = (
    "SELECT listing_medium.id FROM listing_medium JOIN listing_change USING (listing_id) WHERE listing_change.id = :id"
)


def _picture(lab: Lab, record: str) -> dict[str, Any]:
    of = OF_CHANGE if record.startswith("lch_") else _first("listing_medium", "listing_id")
    return {"kind": "picture", "replaces": lab(of, id=record), "file": (io.BytesIO(image()), "front.png")}


def _medium(lab: Lab, record: str) -> dict[str, Any]:
    return {"medium": lab(_first("listing_medium", "listing_id"), id=record)}


def _shared(lab: Lab, _: str) -> dict[str, Any]:
    own = lab("SELECT id FROM listing WHERE kind = 'service' AND supplier_id = :service LIMIT 1")
    return {"category": "cold_storage.ultra_low", "name_zh": "超低温冰箱", "place": "B2", "listing": own,
            "shared_with": "named", "users": [lab("SELECT :lab")]}  # fmt: skip


UNCHANGED: Final = (
    "SELECT id FROM listing WHERE state = 'published' AND supplier_id = :supplier AND supplier_sku IS NULL "
    "AND id NOT IN (SELECT listing_id FROM listing_change WHERE state IN ('draft', 'submitted')) ORDER BY id LIMIT 1"
)


def _listed(lab: Lab, one: str) -> dict[str, Any]:
    other = lab(f"{LISTING.removesuffix('LIMIT 1')}AND id <> :one ORDER BY id DESC LIMIT 1", one=one)
    return given(goes_with=[{"kind": "accessory", "listing": other}])


def _agreed_price(lab: Lab, _: str) -> dict[str, Any]:
    days = {"valid_from": now().date().isoformat(), "valid_until": (now() + LATER).date().isoformat()}
    return {"buyer": lab("SELECT :lab"), "price": AMOUNT, **days}


def _brand(state: str) -> str:
    return _in_state("brand", state)


EXAMPLES: Final[Mapping[str, Example]] = {
    "organisation.draft_listing": Example("supplier.catalogue", "SELECT :supplier", _listed),
    "listing.edit": Example(
        "supplier.catalogue", _in_state("listing", "draft", "AND supplier_id = :supplier"), _listed
    ),
    "listing.change": Example("supplier.catalogue", UNCHANGED, _listed),
    "listing.correct": Example(
        "operator.reviewer", UNCHANGED, lambda lab, one: _listed(lab, one) | {"remark": REASON}
    ),
    "listing_change.edit": Example("supplier.catalogue", CHANGING, _listed),
    "listing.propose_price": Example(
        "supplier.sales", LISTING, _agreed_price,  # whoever buys here may be offered a price; these do not
        foreign=("SELECT :service", "SELECT :supplier", "SELECT id FROM organisation WHERE state = 'applied'"),
    ),
    "product.join": Example(
        "operator.reviewer", _in_state("product", "active"), lambda lab, _: {"listing": lab(ALONE)}
    ),
    "product.separate": Example(
        "operator.reviewer", _in_state("product", "active"),
        lambda lab, one: {"listing": lab(_first("listing", "product_id"), id=one)},
    ),
    "brand.merge": Example("operator.reviewer", _brand("proposed"), lambda lab, _: {"into": lab(_brand("active"))}),
    "organisation.share_instrument": Example("service.others", OWN["service"], _shared, foreign=NEVER_ADMITTED),
    "shared_instrument.edit": Example(
        "service.others", _in_state("shared_instrument", "offered"), _shared, foreign=NEVER_ADMITTED
    ),
    "organisation.ask_for_quotes": Example("lab.purchaser", OWN["lab"], _asked),
    "organisation.requisition": Example("lab.purchaser", OWN["lab"], _wanted),
    "organisation.checkout": Example("lab.purchaser", OWN["lab"], _where_for),
    "organisation.enter_order": Example(
        "operator.support", OWN["lab"],
        lambda lab, one: _lines(lab, one) | {"channel": "phone", "reason": REASON, "another_order": True},
    ),
    "organisation.enter_bank_line": Example(
        "operator.settlement", OWN["operator"],
        lambda lab, _: {"kind": "repayment", "amount": AMOUNT, "statement_reference": "S-1",
                        "supplier": lab("SELECT :supplier")},
    ),
    "organisation.record_payment": Example(
        "lab.finance", OWN["lab"],
        lambda lab, _: {"order": lab(_in_state("purchase_order", "confirmed", "AND buyer_id = :lab")),
                        "amount": AMOUNT, "bank_reference": "B-1", "paid_on": now().date().isoformat()},
    ),
    "organisation.propose_payout": Example(
        "operator.settlement", OWN["operator"],
        lambda lab, _: {"supplier": lab("SELECT :supplier"), "currency": "CNY"},
    ),
    "organisation.open_statement": Example(
        "operator.settlement", OWN["operator"],
        lambda lab, _: {"supplier": lab("SELECT :supplier"), "currency": "CHF", "until": now().date().isoformat()},
    ),
    "organisation.make_unit": Example(
        "lab.org_admin", OWN["lab"], lambda lab, _: {"title": "电镜组", "parent": lab(THE_LABS.format("unit"))}
    ),
    "organisation.make_address": Example(
        "lab.org_admin", OWN["lab"], lambda lab, one: _inside(lab, one) | {"title": "南门", "place": "科学大道 102 号"}
    ),
    "organisation.make_cost_centre": Example(
        "lab.finance", OWN["lab"],
        lambda lab, one: _inside(lab, one) | {"kind": "fund", "code": "2026-900", "title": "电镜专项"},
    ),
    "organisation.make_service_account": Example(
        "lab.org_admin", OWN["lab"],
        lambda lab, _: {"title": "称量程序", "roles": ["purchaser"], "responsible": _member(lab, "pu")},
    ),
    "organisation.hand_in": Example(
        "supplier.org_admin", OWN["supplier"],
        lambda lab, _: {"requirement": lab(_asked_of_suppliers("document")), "subject": "另一品牌"},
    ),
    "organisation.assess": Example(
        "operator.reviewer", OWN["supplier"],
        lambda lab, _: {"requirement": lab(_asked_of_suppliers("review")), "finding": REASON},
    ),
    "organisation.plan_handover": Example(
        "operator.reviewer", OWN["supplier"],
        lambda lab, _: {"successor": lab("SELECT :supplier2"), "plan": REASON},
        foreign=(*NEVER_ADMITTED, GONE, _in_state("organisation", "suspended"), *STAFF, OWN["supplier"]),
    ),
    "organisation.ask_emergency_access": Example(
        "operator.system_admin", OWN["operator"],
        lambda lab, _: {"subject": lab("SELECT :lab"), "roles": ["org_admin"], "hours": 1, "reason": REASON},
        in_person=True, foreign=(*NEVER_ADMITTED, GONE, *STAFF),
    ),
    "membership.lend": Example(
        "lab.approver", "SELECT id FROM membership WHERE email = 'an@lab.example' AND org_id = :lab", _lent
    ),
    "membership.give_unit_role": Example(
        "lab.org_admin", "SELECT id FROM membership WHERE email = 'mei@lab.example' AND org_id = :lab",
        lambda lab, one: _inside(lab, one) | {"role": "finance"},
    ),
    "membership.take_unit_role": Example(
        "lab.org_admin", "SELECT membership_id FROM unit_role WHERE org_id = :lab", _held_for_a_unit
    ),
    "service_account.hand_over": Example(
        "lab.org_admin", _in_state("service_account", "active", "AND org_id = :lab"),
        lambda lab, _: {"responsible": _member(lab, "qiu")},
    ),
    "unit.move": Example(
        "lab.org_admin", "SELECT id FROM unit WHERE state = 'active' AND org_id = :lab ORDER BY id DESC LIMIT 1",
        lambda lab, _: {"parent": lab(THE_LABS.format("unit"))},
    ),
    "payment.succeed": Example(
        "operator.settlement", _in_state("payment", "created"),
        lambda lab, _: {"amount": {"amount": f"{int(lab(UNMATCHED.format('amount_minor'))) / 100:.2f}",
                                   "currency": "CNY"}, "unmatched": lab(UNMATCHED.format("id"))},
    ),
    "rfq.edit": Example("lab.purchaser", _in_state("rfq", "draft", "AND buyer_id = :lab"), _asked),
    "rfq.invite": Example(
        "lab.purchaser", _in_state("rfq", "open", "AND buyer_id = :lab"),
        lambda lab, _: {"suppliers": [lab("SELECT :service")]},
    ),
    "rfq.answer": Example(
        "lab.purchaser", "SELECT rfq_id FROM rfq_question WHERE buyer_id = :lab",
        lambda lab, one: {"question": lab(_first("rfq_question", "rfq_id"), id=one), "answer": REASON},
    ),
    "rfq.amend": Example("lab.purchaser", _in_state("rfq", "open", "AND buyer_id = :lab"), _amended),
    "rfq.give_up_line": Example(
        "lab.purchaser", _in_state("rfq", "closed", "AND buyer_id = :lab"),
        lambda lab, one: {"line": lab(_first("rfq_line", "rfq_id"), id=one), "reason": REASON},
    ),
    "rfq.award": Example(
        "lab.purchaser",
        "SELECT rfq.id FROM rfq JOIN quote ON quote.rfq_id = rfq.id WHERE rfq.state = 'closed' "
        "AND quote.state = 'submitted' AND rfq.buyer_id = :lab AND rfq.id NOT IN (SELECT rfq_id FROM award)",
        lambda lab, one: {"reason": REASON, "lines": [{"quantity": "1", "quote_line": lab(
            "SELECT quote_line.id FROM quote_line JOIN quote_version ON quote_version.id = version_id "
            "JOIN quote ON quote.id = quote_id WHERE rfq_id = :id AND quote.state = 'submitted' AND NOT no_offer",
            id=one)}]},
    ),
    "quote.edit": Example(
        "supplier.sales", _in_state("quote", "draft", "AND supplier_id = :supplier"),
        lambda lab, one: {"lines": [{"no_offer": True, "line": lab(
            "SELECT rfq_line.id FROM rfq_line JOIN quote ON quote.rfq_id = rfq_line.rfq_id WHERE quote.id = :id",
            id=one)}]},
    ),
    "award.delegate": Example("lab.approver", _in_state("award", "awaiting_approval"), _colleague),
    "work_order.assign": Example(
        "service.fulfilment", _in_state("work_order", "agreed"),
        lambda lab, _: {"expert": lab.park.world.people["zhuan"]},
    ),
    "requisition.edit": Example("lab.purchaser", _in_state("requisition", "draft", "AND buyer_id = :lab"), _wanted),
    "requisition.delegate": Example("lab.approver", _in_state("requisition", "awaiting_approval"), _colleague),
    "order.pack": Example(
        "supplier.fulfilment",
        "SELECT order_id FROM order_line JOIN purchase_order ON purchase_order.id = order_id WHERE kind = 'goods' AND "
        "state = 'confirmed' AND packed_micro + 1000000 <= quantity_micro AND order_line.supplier_id = :supplier",
        lambda lab, one: {"lines": [{"quantity": "1", "order_line": lab(_first("order_line", "order_id"), id=one)}]},
    ),
    "order.propose_appointment": Example(
        "lab.purchaser",
        "SELECT order_id FROM order_line JOIN purchase_order ON purchase_order.id = order_id WHERE kind = 'service' "
        "AND state = 'confirmed' AND packed_micro < quantity_micro",
        _appointment,
    ),
    "order.send_code": Example("operator.support", _in_state("purchase_order", "awaiting_buyer"), _purchaser),
    "order.upload_form": Example("operator.support", _in_state("purchase_order", "awaiting_buyer"), _signed),
    "shipment.receive": Example(
        "lab.receiver", _in_state("shipment", "shipped", "AND id NOT IN (SELECT shipment_id FROM receipt)"), _counted
    ),
    "organisation.print_listing": Example("lab.purchaser", OWN["lab"], lambda lab, _: {"listing": lab(LISTING)}),
    "listing.add_medium": Example("supplier.catalogue", _pictured("draft"), _picture),
    "listing.propose_medium": Example("supplier.catalogue", _pictured("published"), _picture),
    "listing.remove_medium": Example("supplier.catalogue", _pictured("published"), _medium),
    "listing.lead_with": Example("supplier.catalogue", _pictured("published"), _medium),
    "listing_change.add_to_change": Example("supplier.catalogue", CHANGING, _picture),
    "receipt.count": Example("lab.receiver", _in_state("receipt", "open"), _recounted),
}  # fmt: skip
"""One good input per action that takes an id."""
