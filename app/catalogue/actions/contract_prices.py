"""Contract price: proposed by a supplier to one laboratory, agreed or declined there, ended by either or by date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.catalogue.actions.listings import LISTING
from app.catalogue.models import Listing
from app.catalogue.offers.models import ContractPrice
from app.catalogue.offers.pricing import park_today
from app.catalogue.offers.schemas import ContractPriceInput, ContractPriceOut
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say, visible
from app.kernel.numbers import PARK_OFFSET
from app.kernel.shapes import ONE_DAY, ReasonInput
from app.kernel.values import N_, Money

SELLER = who("sales|catalogue", "supplier")
BUYER = who("purchaser", "buyer")

NO_SUCH_BUYER = refusal("no_such_buyer", INVALID, N_("Choose a laboratory of this park other than your own."))
OTHER_CURRENCY = refusal("contract_currency", INVALID, N_("A contract price is in the currency of the listing."))
DAYS_PAST = refusal("contract_days_past", INVALID, N_("These days are over already."))
AGREED_BEFORE = refusal(
    "contract_price_overlaps", CONFLICT,
    N_("Another price from this quantity on is agreed for some of these days. End that one first."),
)  # fmt: skip
TOO_LATE = refusal("contract_price_too_late", CONFLICT, N_("The days for which it was proposed are over."))

CONTRACT_PRICE = Lifecycle(
    "contract_price",
    ContractPrice,
    [
        State(
            "proposed",
            N_("awaiting the buyer"),
            "waiting",
            N_("The buyer agrees to it or declines it."),
            BUYER,
            "ends_at",
        ),
        State("agreed", N_("agreed"), "good", N_("The buyer's orders within these days are at this price.")),
        State("declined", N_("declined"), "stop", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
        State("ended", N_("ended"), "draft", final=True),
    ],
    title=N_("Contract price"),
    collection="contract-prices",
    main_path="proposed agreed",
    shape=ContractPriceOut,
)


def _end_of(day: date) -> datetime:
    """The moment at which a day of the park is over."""
    return datetime.combine(day, time(), UTC) - PARK_OFFSET + ONE_DAY


def in_time(price: ContractPrice, actor: Actor) -> None:
    """Its last day is not over."""
    del actor
    if price.valid_until < park_today():
        raise TOO_LATE()


def nothing_like_it(price: ContractPrice, actor: Actor) -> None:
    """No other price from the same quantity on is agreed for one of its days."""
    del actor
    statement = sa.select(ContractPrice.id).where(
        ContractPrice.buyer_id == price.buyer_id, ContractPrice.listing_id == price.listing_id,
        ContractPrice.from_micro == price.from_micro, ContractPrice.state == "agreed", ContractPrice.id != price.id,
        ContractPrice.valid_from <= price.valid_until, ContractPrice.valid_until >= price.valid_from,
    )  # fmt: skip
    if db.session.scalar(statement.limit(1)) is not None:
        raise AGREED_BEFORE()


@LISTING.action(
    "published -> =", by=SELLER, takes=ContractPriceInput, makes=CONTRACT_PRICE, title=N_("Propose a contract price")
)
def propose_price(listing: Listing, actor: Actor, /, *, buyer: str, price: Money, **given: Any) -> ContractPrice:
    """A supplier proposes a laboratory a price of its own; it holds once the laboratory agrees."""
    lab = db.session.scalar(visible(Organisation, actor).where(Organisation.id == buyer))
    if lab is None or lab.state != "admitted" or not lab.is_lab or lab.id == listing.supplier_id:
        raise NO_SUCH_BUYER(fields={"buyer": [NO_SUCH_BUYER.words]})
    if price.currency != listing.currency:
        raise OTHER_CURRENCY(fields={"price": [OTHER_CURRENCY.words]})
    if given["valid_until"] < park_today():
        raise DAYS_PAST(fields={"valid_until": [DAYS_PAST.words]})
    return fresh(
        ContractPrice, supplier_id=listing.supplier_id, buyer_id=lab.id, listing_id=listing.id,
        title=listing.name("zh"), currency=price.currency, price_minor=price.minor,
        price_basis_micro=listing.price_basis_micro, unit=listing.unit, from_micro=given["from_quantity"] or 0,
        valid_from=given["valid_from"], valid_until=given["valid_until"], ends_at=_end_of(given["valid_until"]),
        reference=given["reference"],
    )  # fmt: skip


@CONTRACT_PRICE.action(
    "proposed -> agreed", by=BUYER, needs=[in_time, nothing_like_it], title=N_("Agree"), primary=True
)
def agree(price: ContractPrice, actor: Actor) -> None:
    """The purchaser agrees: from its first day on the laboratory's orders are at this price."""
    del price, actor


@CONTRACT_PRICE.action("proposed -> declined", by=BUYER, takes=ReasonInput, title=N_("Decline"), dangerous=True)
def decline(price: ContractPrice, actor: Actor, *, reason: str) -> None:
    """The purchaser declines the price with a reason."""
    del price, actor
    say(reason)


@CONTRACT_PRICE.action("proposed -> withdrawn", by=SELLER, title=N_("Withdraw"), dangerous=True)
def withdraw(price: ContractPrice, actor: Actor) -> None:
    """The supplier takes the proposal back."""
    del price, actor


@CONTRACT_PRICE.action("agreed -> ended", by=SELLER | BUYER, takes=ReasonInput, title=N_("End it"), dangerous=True)
def end(price: ContractPrice, actor: Actor, *, reason: str) -> None:
    """Either side ends the price before its last day; what is ordered stays as it is."""
    del price, actor
    say(reason)


@CONTRACT_PRICE.action("proposed|agreed -> ended", by=SYSTEM, after="ends_at", title=N_("Let it end"))
def lapse(price: ContractPrice, actor: Actor) -> None:
    """Its last day is over."""
    del price, actor
