"""Listing: drafted by a supplier, reviewed by the operator, published, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.accounts.actions.organisations import ORGANISATION, REVIEWER
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.catalogue.schemas import ListingInput, ListingOut
from app.kernel.actors import Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, OWN_DEALING, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money, now
from app.kernel.work import note

EDITOR = who("catalogue", "supplier")

DEFAULT_CURRENCY: Final = "CNY"
VAT_BP: Final = {"goods": 1_300, "service": 600}
"""The usual VAT rate of each kind, in basis points."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")

KIND_NOT_GIVEN = refusal(
    "kind_not_given", CONFLICT, N_("Goods are listed by suppliers, services by suppliers and service organisations.")
)
PUBLISHED_STAYS = refusal(
    "published_stays", CONFLICT,
    N_("A published listing is not edited in place. Withdraw it, revise it and submit it again."),
)  # fmt: skip
SUPPLIER_STANDS_STILL = refusal(
    "supplier_stands_still", CONFLICT, N_("The supplier may not list at the moment: it is %(state)s.")
)
SKU_TAKEN = refusal("sku_taken", CONFLICT, N_("Another listing of yours has this number already."))

LISTING = Lifecycle(
    "listing",
    Listing,
    [
        State("draft", N_("draft"), "draft", N_("The supplier completes and submits it.")),
        State("submitted", N_("in review"), "waiting", N_("The operator publishes it or returns it."), REVIEWER),
        State("returned", N_("returned"), "waiting", N_("The supplier corrects and submits it again."), EDITOR),
        State("published", N_("in the catalogue"), "good", N_("Buyers find it in the catalogue.")),
        State("suspended", N_("suspended"), "stop", N_("The operator restores it or the supplier withdraws it.")),
        State("withdrawn", N_("withdrawn"), "draft", N_("The supplier may revise it."), final=True),
    ],
    title=N_("Listing"),
    collection="listings",
    main_path="draft submitted published",
    shape=ListingOut,
)


def supplier_deals(listing: Listing, actor: Actor) -> None:
    """The supplier is admitted now."""
    del actor
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    if supplier.state != "admitted":
        raise SUPPLIER_STANDS_STILL(state=ORGANISATION.states[supplier.state].title)


def impartial(listing: Listing, actor: Actor) -> None:
    """The reviewer belongs to another organisation than the supplier."""
    if listing.supplier_id in actor.org_ids:
        raise OWN_DEALING()


def not_published(listing: Listing, actor: Actor) -> None:
    """What buyers read is not changed under their eyes."""
    del actor
    if listing.state == "published":
        raise PUBLISHED_STAYS()


def may_list(organisation: Organisation, kind: str) -> bool:
    """Whether an organisation offers this kind: goods need a supplier, services a supplier or service organisation."""
    return organisation.is_supplier or (kind == "service" and organisation.is_service)


def columns_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The input of a listing as columns of its row; what is left empty gets its default here."""
    price: Money | None = given["price"]
    vat_bp = given["vat_rate"]
    same = (
        "kind", "category", "name_zh", "name_en", "brand", "model", "part_no", "summary_zh", "summary_en", "unit",
        "lead_time_days", "warranty_months",
    )  # fmt: skip
    return {name: given[name] for name in same} | {
        "currency": price.currency if price else DEFAULT_CURRENCY,
        "price_minor": price.minor if price else None,
        "price_basis_micro": given["price_basis"],
        "vat_bp": VAT_BP[given["kind"]] if vat_bp is None else vat_bp,
        "specs": _spec_rows(given["specs"]),
        "supplier_sku": given["supplier_sku"] or None,
    }


def _spec_rows(specs: Sequence[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """Properties as they are stored: a value that is a plain decimal is one to compare and filter by."""
    return [
        {
            "key": spec["key"],
            "value": spec["value"],
            "number": spec["value"] if _NUMBER.fullmatch(spec["value"]) else None,
            "unit": spec["unit"],
        }
        for spec in specs
    ]


def _checked(supplier: Organisation, columns: dict[str, Any], *, but: str | None = None) -> dict[str, Any]:
    """The columns, or the refusal of what only the database can tell."""
    if not may_list(supplier, columns["kind"]):
        raise KIND_NOT_GIVEN(fields={"kind": [KIND_NOT_GIVEN.words]})
    sku = columns["supplier_sku"]
    if sku is not None:
        taken = db.session.scalar(
            db.select(Listing.id).where(Listing.supplier_id == supplier.id, Listing.supplier_sku == sku)
        )
        if taken is not None and taken != but:
            raise SKU_TAKEN(fields={"supplier_sku": [SKU_TAKEN.words]})
    return columns


@ORGANISATION.action(
    "admitted -> =", by=who("catalogue", "self"), takes=ListingInput, makes=LISTING, title=N_("New listing")
)
def draft_listing(organisation: Organisation, actor: Actor, /, **given: Any) -> Listing:
    """A supplier or service organisation drafts what it offers; buyers see it once the operator has published it."""
    del actor
    return fresh(Listing, supplier_id=organisation.id, **_checked(organisation, columns_of(given)))


@LISTING.action("draft|returned|published -> =", by=EDITOR, needs=[not_published], takes=ListingInput, title=N_("Edit"))
def edit(listing: Listing, actor: Actor, /, **given: Any) -> None:
    """The supplier changes the draft; a published listing is withdrawn and revised instead."""
    del actor
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    columns = _checked(supplier, columns_of(given), but=listing.id)
    changed = sorted(name for name, value in columns.items() if getattr(listing, name) != value)
    for name in changed:
        setattr(listing, name, columns[name])
    note(changed=changed)


@LISTING.action(
    "draft|returned -> submitted", by=EDITOR, needs=[supplier_deals], title=N_("Submit for review"), primary=True
)
def submit(listing: Listing, actor: Actor) -> None:
    """The supplier hands the listing to the operator for review."""
    del listing, actor


@LISTING.action(
    "submitted -> published", by=REVIEWER, needs=[impartial, supplier_deals], title=N_("Publish in the catalogue"),
    primary=True,
)  # fmt: skip
def publish(listing: Listing, actor: Actor) -> None:
    """The operator puts the listing into the catalogue."""
    del actor
    listing.published_at = now()


@LISTING.action(
    "submitted -> returned", by=REVIEWER, needs=[impartial], takes=ReasonInput, name="return",
    title=N_("Return for correction"),
)  # fmt: skip
def return_(listing: Listing, actor: Actor, *, reason: str) -> None:
    """The operator returns the listing with what has to be corrected."""
    del listing, actor
    say(reason)


@LISTING.action(
    "published -> suspended", by=REVIEWER, needs=[impartial], takes=ReasonInput, title=N_("Suspend"), dangerous=True
)
def suspend(listing: Listing, actor: Actor, *, reason: str) -> None:
    """The operator takes the listing out of the catalogue until a question is settled."""
    del listing, actor
    say(reason)


@LISTING.action(
    "suspended -> published", by=REVIEWER, needs=[impartial, supplier_deals], takes=ReasonInput, title=N_("Restore"),
    primary=True,
)  # fmt: skip
def restore(listing: Listing, actor: Actor, *, reason: str) -> None:
    """The operator puts a suspended listing back into the catalogue."""
    del listing, actor
    say(reason)


@LISTING.action(
    "draft|submitted|returned|published|suspended -> withdrawn", by=EDITOR, title=N_("Withdraw"), dangerous=True
)
def withdraw(listing: Listing, actor: Actor) -> None:
    """The supplier takes the listing back; orders and quotes that name it stay as they are."""
    del listing, actor


@LISTING.action("withdrawn -> draft", by=EDITOR, title=N_("Revise"), primary=True)
def revise(listing: Listing, actor: Actor) -> None:
    """The supplier takes a withdrawn listing up again, to edit and submit it."""
    del listing, actor
