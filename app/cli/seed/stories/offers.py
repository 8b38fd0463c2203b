"""Several suppliers offer the same, and some of them give one laboratory a price of its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from app.cli.seed import catalogue
from app.cli.seed.calendar import Story
from app.cli.seed.facts import Offer
from app.cli.seed.stage import Stage, today, together, yuan

KEEPER: Final = "operator.reviewer"
YEAR: Final = 365
SERVICES: Final = (("installation", "INS-02"), ("calibration", "CAL-02"))
"""What goes with what is offered again: kind and code."""


def offered_again(stage: Stage, offers: list[Offer]) -> Story:
    """Other suppliers list what is in the catalogue already; the offers come together under a product."""
    goes_with = [{"kind": kind, "listing": stage.listings[code]} for kind, code in SERVICES]
    with together():
        for offer in offers:
            body = offer.body | {"goes_with": goes_with}
            stage.listings[offer.code] = catalogue.draft(stage, offer.supplier, body)
            stage.do(f"{offer.supplier}.catalogue", "listing.submit", stage.listings[offer.code])
    yield 2
    with together():
        for offer in offers:
            stage.do(KEEPER, "listing.publish", stage.listings[offer.code])


def thought_better_of(stage: Stage, code: str) -> Story:
    """The operator makes a product of a listing that nobody else turns out to offer."""
    made = stage.do(KEEPER, "listing.found_product", stage.listings[code])
    yield 3
    stage.do(KEEPER, "product.dissolve", made)


def own_price(stage: Stage, code: str, lab: str, amount: str, ends: str) -> Story:
    """A supplier proposes a laboratory a price of its own, which comes to this end."""
    supplier = stage.key(stage.see("listing", stage.listings[code]).supplier_id)
    sales, buyer = f"{supplier}.sales", f"{lab}.purchaser"
    first = date.fromisoformat(today())
    price = stage.do(
        sales, "listing.propose_price", stage.listings[code], buyer=stage.org(lab), price=yuan(amount),
        valid_from=first.isoformat(), valid_until=(first + timedelta(days=YEAR)).isoformat(),
        reference=f"HT-{first.year}-{code}",
    )  # fmt: skip
    if ends == "withdrawn":
        stage.do(sales, "contract_price.withdraw", price)
    yield 1
    if ends == "declined":
        stage.do(buyer, "contract_price.decline", price, reason="高于其他供应商的协议价，暂不签订。")
    if ends in ("agreed", "ended"):
        stage.do(buyer, "contract_price.agree", price)
    yield 8
    if ends == "ended":
        stage.do(sales, "contract_price.end", price, reason="厂家调价，原协议价不再执行。")
