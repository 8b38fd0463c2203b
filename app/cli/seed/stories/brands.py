"""The operator keeps the brands: what suppliers write is taken in, merged, declined, or waits."""

from __future__ import annotations

from app.cli.seed import catalogue
from app.cli.seed.calendar import Story
from app.cli.seed.facts import Offer
from app.cli.seed.stage import Stage, together

KEEPER = "operator.reviewer"
NEW_NAME = "Thermo Electron"
"""A name of earlier days that price lists still carry."""
NO_BRAND = "进口优选"


def kept(stage: Stage, offer: Offer) -> Story:
    """Suppliers write names that nobody knows yet; the operator looks at each, but for the last one."""
    for model, written in (("PY-3600S", NEW_NAME), ("PY-3600H", NO_BRAND)):
        body = offer.body | {"brand": written, "supplier_sku": "", "model": model}
        listing = catalogue.draft(stage, offer.supplier, body)
        stage.do(f"{offer.supplier}.catalogue", "listing.withdraw", listing)
    yield 1
    with together():
        found = {one.name_en or one.name_zh: one.id for one in stage.all("brand")}
        stage.do(KEEPER, "brand.merge", found[NEW_NAME], into=found["Thermo Fisher"])
        stage.do(KEEPER, "brand.decline", found[NO_BRAND])
        for one in stage.all("brand", state="proposed")[1:]:
            stage.do(KEEPER, "brand.accept", one.id)
