"""Product: found when a second supplier offers the same model, kept together or apart by the operator."""

from __future__ import annotations

import sqlalchemy as sa

from app.catalogue.actions.categories import TAXONOMIST
from app.catalogue.actions.listings import LISTING
from app.catalogue.models import Listing
from app.catalogue.products.models import Product
from app.catalogue.products.schemas import OfOfferInput, ProductInput, ProductOut
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import Lifecycle, State, find, fresh
from app.kernel.values import N_
from app.kernel.work import note

NO_SUCH_OFFER = refusal("no_such_offer", INVALID, N_("Choose a listing that is in the catalogue."))
OTHER_PRODUCT = refusal(
    "offer_of_another_product", CONFLICT, N_("This listing is an offer of another product already.")
)
NOT_OF_THIS = refusal("not_an_offer_of_this", INVALID, N_("This listing is no offer of this product."))
PRODUCT_THERE = refusal("product_there", CONFLICT, N_("The listing is an offer of a product already."))
MODEL_MISSING = refusal("product_without_model", CONFLICT, N_("A product needs a brand and a model."))

PRODUCT = Lifecycle(
    "product",
    Product,
    [
        State("active", N_("in the catalogue"), "good", N_("Its offers stand side by side.")),
        State("dissolved", N_("dissolved"), "draft", final=True),
    ],
    title=N_("Product"),
    collection="products",
    main_path="active",
    shape=ProductOut,
)


def of_no_product(listing: Listing, actor: Actor) -> None:
    """It stands under no product yet."""
    del actor
    if listing.product_id is not None:
        raise PRODUCT_THERE()


def has_a_model(listing: Listing, actor: Actor) -> None:
    """It says what it is."""
    del actor
    if listing.brand_id is None or not listing.model_key:
        raise MODEL_MISSING()


@LISTING.action(
    "published -> =", by=TAXONOMIST | SYSTEM, needs=[of_no_product, has_a_model], makes=PRODUCT,
    title=N_("Make a product of it"),
)  # fmt: skip
def found_product(listing: Listing, actor: Actor) -> Product:
    """A product is made of a listing, so that other suppliers' offers of it can stand beside."""
    del actor
    model = " ".join(filter(None, (listing.model, listing.configuration)))
    made = fresh(Product, name_zh=listing.name_zh, name_en=listing.name_en, model=model)
    PRODUCT.enter(made, "active")
    db.session.add(made)
    db.session.flush()  # before the listing refers to it
    place(listing, SYSTEM_ACTOR, product=made)
    return made


@LISTING.action("* -> =", by=SYSTEM, title=N_("Place under a product"))
def place(listing: Listing, actor: Actor, *, product: Product | None) -> None:
    """The listing becomes an offer of a product, or of none."""
    del actor
    listing.product_id = product.id if product else None
    note(product=listing.product_id)


@PRODUCT.action("active -> =", by=TAXONOMIST, takes=ProductInput, title=N_("Rename"))
def edit(product: Product, actor: Actor, *, name_zh: str, name_en: str, model: str) -> None:
    """The operator changes what the product is called; its offers keep their own names."""
    del actor
    product.name_zh, product.name_en, product.model = name_zh, name_en, model


@PRODUCT.action("active -> =", by=TAXONOMIST | SYSTEM, takes=OfOfferInput, title=N_("Add an offer"))
def join(product: Product, actor: Actor, *, listing: str) -> None:
    """A listing joins the offers of this product."""
    found = db.session.scalar(sa.select(Listing).where(Listing.id == listing, Listing.state == "published"))
    if found is None:
        raise NO_SUCH_OFFER(fields={"listing": [NO_SUCH_OFFER.words]})
    if found.product_id not in (None, product.id):
        raise OTHER_PRODUCT(fields={"listing": [OTHER_PRODUCT.words]})
    del actor
    place(found, SYSTEM_ACTOR, product=product)


@PRODUCT.action("active -> =", by=TAXONOMIST, takes=OfOfferInput, title=N_("Take an offer out"))
def separate(product: Product, actor: Actor, *, listing: str) -> None:
    """The operator takes a listing out of the offers: it is something else."""
    del actor
    found = db.session.scalar(sa.select(Listing).where(Listing.id == listing, Listing.product_id == product.id))
    if found is None:
        raise NOT_OF_THIS(fields={"listing": [NOT_OF_THIS.words]})
    place(found, SYSTEM_ACTOR, product=None)


@PRODUCT.action("active -> dissolved", by=TAXONOMIST, title=N_("Dissolve"), dangerous=True)
def dissolve(product: Product, actor: Actor) -> None:
    """The operator dissolves the product; its listings stand alone again."""
    del actor
    for found in db.session.scalars(sa.select(Listing).where(Listing.product_id == product.id).order_by(Listing.id)):
        place(found, SYSTEM_ACTOR, product=None)


def put_together(listing: Listing) -> None:
    """Let a published listing join the product of its make and model, founded where another supplier offers it."""
    if listing.state != "published" or listing.product_id or not (listing.brand_id and listing.model_key):
        return
    same = sa.select(Listing).where(
        Listing.brand_id == listing.brand_id, Listing.model_key == listing.model_key, Listing.state == "published",
        Listing.id != listing.id,
    )  # fmt: skip
    ranked = same.order_by(Listing.product_id.is_(None), Listing.id)
    other = db.session.scalars(
        ranked.where(sa.or_(Listing.product_id.is_not(None), Listing.supplier_id != listing.supplier_id)).limit(1)
    ).one_or_none()
    if other is None:
        return
    if other.product_id is None:
        first, second = sorted((listing, other), key=lambda one: one.id)  # it is called as its first supplier calls it
        product = found_product(first, SYSTEM_ACTOR)
    else:
        product, second = find(Product, other.product_id, SYSTEM_ACTOR, lock=True), listing
    if product.state == "active":
        join(product, SYSTEM_ACTOR, listing=second.id)
