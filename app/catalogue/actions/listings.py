"""Listing: drafted by a supplier, reviewed by the operator, published, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import standing
from app.accounts.actions.organisations import ORGANISATION, REVIEWER
from app.accounts.models import Organisation
from app.catalogue import specs as properties
from app.catalogue.actions.brands import brand_of
from app.catalogue.changes.lifecycle import give_up_open
from app.catalogue.models import Listing, on_offer
from app.catalogue.notes import ReturnInput, in_words, rows
from app.catalogue.offers.models import ListingLink
from app.catalogue.offers.schemas import offer_columns
from app.catalogue.offers.words import SERVICE_LINKS
from app.catalogue.products.models import product_key
from app.catalogue.schemas import EDITOR as EDITOR
from app.catalogue.schemas import ListingInput, ListingOut
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput, trouble
from app.kernel.values import N_, Bilingual, Money, now
from app.kernel.work import note

DEFAULT_CURRENCY: Final = "CNY"
VAT_BP: Final = {"goods": 1_300, "service": 600}
"""The usual VAT rate of each kind, in basis points."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")

KIND_NOT_GIVEN = refusal(
    "kind_not_given", CONFLICT, N_("Goods are listed by suppliers, services by suppliers and service organisations.")
)
SUPPLIER_STANDS_STILL = refusal(
    "supplier_stands_still", CONFLICT, N_("The supplier may not list at the moment: it is %(state)s.")
)
LISTING_BARRED = refusal(
    "listing_barred", CONFLICT,
    N_("The supplier may not offer this at the moment. Missing or standing against it: %(why)s."),
)  # fmt: skip
SKU_TAKEN = refusal("sku_taken", CONFLICT, N_("Another listing of yours has this number already."))
SPECS_UNREADABLE = refusal(
    "specs_unreadable", INVALID, N_("Some properties cannot be read as what the category asks for. See the fields.")
)
ATTRIBUTES_MISSING = refusal(
    "attributes_missing", CONFLICT, N_("The category of this listing asks for what is not stated: %(attributes)s.")
)
LINK_NOT_ON_OFFER = refusal(
    "link_not_on_offer", INVALID, N_("What goes with a listing is another one that is on offer now.")
)
LINK_NO_SERVICE = refusal("link_no_service", INVALID, N_("This listing is no service. Choose another kind."))
ASKED_FOR = N_("The category asks for this: %(attribute)s.")

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
    """The supplier is admitted, has what is asked of those who offer in this category, and is not stopped."""
    del actor
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    if supplier.state != "admitted":
        raise SUPPLIER_STANDS_STILL(state=ORGANISATION.states[supplier.state].title)
    why = standing.barred_from(listing.supplier_id, "listing", tree().path(listing.category))
    if why:
        raise LISTING_BARRED(why=why)


def impartial(listing: Listing, actor: Actor) -> None:
    """The reviewer belongs to another organisation than the supplier."""
    if listing.supplier_id in actor.org_ids:
        raise OWN_DEALING()


def fully_described(listing: Listing, actor: Actor) -> None:
    """Everything that its category needs for publishing is stated, and can be read."""
    del actor
    described(listing.category, listing.specs)


def described(category: str, specs: Sequence[Mapping[str, Any]]) -> None:
    """Refusals `specs_unreadable` and `attributes_missing`: the one rule of what is published in a category."""
    today = tree()
    wrong = properties.problems(today, category, specs)
    if wrong:
        raise SPECS_UNREADABLE(fields={"specs": wrong})
    needed = [Bilingual(one.zh, one.en) for one in properties.missing(today, category, specs)]
    if needed:
        said = [trouble(ASKED_FOR, attribute=one) for one in needed]
        raise ATTRIBUTES_MISSING(attributes=needed, fields={"specs": said})


def may_list(organisation: Organisation, kind: str) -> bool:
    """Whether an organisation offers this kind: goods need a supplier, services a supplier or service organisation."""
    return organisation.is_supplier or (kind == "service" and organisation.is_service)


def columns_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The input of a listing as columns of its row; what is left empty gets its default here."""
    price: Money | None = given["price"]
    vat_bp = VAT_BP[given["kind"]] if given["vat_rate"] is None else given["vat_rate"]
    same = (
        "kind", "category", "name_zh", "name_en", "brand", "model", "configuration", "part_no", "summary_zh",
        "summary_en", "unit", "lead_time_days", "warranty_months",
    )  # fmt: skip
    return {name: given[name] for name in same} | {
        "currency": price.currency if price else DEFAULT_CURRENCY,
        "price_minor": price.minor if price else None,
        "price_basis_micro": given["price_basis"],
        "vat_bp": vat_bp,
        "specs": _spec_rows(given["specs"]),
        "supplier_sku": given["supplier_sku"] or None,
        **offer_columns(given, vat_bp),
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


def _check_links(given: Sequence[Mapping[str, str]], *, but: str | None) -> None:
    """Refuse what cannot go with a listing: what is not on offer, unless it stands there already; goods as services."""
    wanted = {one["listing"] for one in given}
    if not wanted:
        return
    linked = sa.exists().where(ListingLink.listing_id == but, ListingLink.other_id == Listing.id)
    there = sa.select(Listing.id, Listing.kind).where(Listing.id.in_(wanted), sa.or_(on_offer(), linked))
    kinds = dict(db.session.execute(there).all())
    for place, one in enumerate(given):
        kind = kinds.get(one["listing"])
        if kind is None or one["listing"] == but:
            raise LINK_NOT_ON_OFFER(fields={"goes_with": {place: {"listing": [LINK_NOT_ON_OFFER.words]}}})
        if one["kind"] in SERVICE_LINKS and kind != "service":
            raise LINK_NO_SERVICE(fields={"goes_with": {place: {"kind": [LINK_NO_SERVICE.words]}}})


def checked(supplier: Organisation, columns: dict[str, Any], *, but: str | None = None) -> dict[str, Any]:
    """The columns with the brand that is meant, or the refusal of what only the database can tell."""
    if not may_list(supplier, columns["kind"]):
        raise KIND_NOT_GIVEN(fields={"kind": [KIND_NOT_GIVEN.words]})
    sku = columns["supplier_sku"]
    if sku is not None:
        taken = db.session.scalar(
            db.select(Listing.id).where(Listing.supplier_id == supplier.id, Listing.supplier_sku == sku)
        )
        if taken is not None and taken != but:
            raise SKU_TAKEN(fields={"supplier_sku": [SKU_TAKEN.words]})
    _check_links(columns["goes_with"], but=but)
    wrong = properties.problems(tree(), columns["category"], columns["specs"])
    if wrong:
        raise SPECS_UNREADABLE(fields={"specs": wrong})
    return columns | {
        "brand_id": brand_of(supplier, columns["brand"]),
        "model_key": product_key(columns["model"], columns["configuration"]),
    }


@ORGANISATION.action(
    "admitted -> =", by=who("catalogue", "self"), takes=ListingInput, makes=LISTING, title=N_("New listing")
)
def draft_listing(organisation: Organisation, actor: Actor, /, **given: Any) -> Listing:
    """A supplier or service organisation drafts what it offers; buyers see it once the operator has published it."""
    del actor
    return fresh(Listing, supplier_id=organisation.id, **checked(organisation, columns_of(given)))


@LISTING.action("draft|returned -> =", by=EDITOR, takes=ListingInput, title=N_("Edit"))
def edit(listing: Listing, actor: Actor, /, **given: Any) -> None:
    """The supplier edits what buyers do not read yet; a published listing gets a change instead."""
    del actor
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    columns = checked(supplier, columns_of(given), but=listing.id)
    _write(listing, columns)


def _write(listing: Listing, columns: Mapping[str, Any]) -> None:
    changed = sorted(name for name, value in columns.items() if getattr(listing, name) != value)
    for name in changed:
        setattr(listing, name, columns[name])
    note(changed=changed)


@LISTING.action("submitted|returned|published|suspended -> =", by=SYSTEM, title=N_("Take the change over"))
def take_change(listing: Listing, actor: Actor, *, columns: Mapping[str, Any]) -> None:
    """What an applied change says stands in the listing from now on."""
    del actor
    _write(listing, columns)


@LISTING.action(
    "draft|returned -> submitted", by=EDITOR, needs=[supplier_deals, fully_described], title=N_("Submit for review"),
    primary=True,
)  # fmt: skip
def submit(listing: Listing, actor: Actor) -> None:
    """The supplier hands the listing to the operator for review."""
    del actor
    listing.review_notes = []


@LISTING.action(
    "submitted -> published", by=REVIEWER, needs=[impartial, supplier_deals], title=N_("Publish in the catalogue"),
    primary=True,
)  # fmt: skip
def publish(listing: Listing, actor: Actor) -> None:
    """The operator puts the listing into the catalogue."""
    del actor
    listing.published_at = now()


@LISTING.action(
    "submitted -> returned", by=REVIEWER, needs=[impartial], takes=ReturnInput, name="return",
    title=N_("Return for correction"),
)  # fmt: skip
def return_(listing: Listing, actor: Actor, *, reason: str = "", notes: Sequence[Mapping[str, str]] = ()) -> None:
    """The operator returns the listing with what has to be corrected, field by field or as a whole."""
    del actor
    listing.review_notes = rows(notes)
    say(in_words(reason, notes))


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
    del actor
    give_up_open(listing)


@LISTING.action("withdrawn -> draft", by=EDITOR, title=N_("Revise"), primary=True)
def revise(listing: Listing, actor: Actor) -> None:
    """The supplier takes a withdrawn listing up again, to edit and submit it."""
    del listing, actor
