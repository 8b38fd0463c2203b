"""Reading a file of listings again changes nothing; a bad row costs no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Organisation
from app.catalogue import imports
from app.catalogue.actions import listings
from app.catalogue.changes.models import ListingChange
from app.catalogue.imports import Report, import_listings
from app.catalogue.models import Listing
from app.exchange.lab_products import CATEGORIES
from app.exchange.products import read_products
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.world import World, build
from tests.worlds.changes import price_rule

pytestmark = pytest.mark.database_matters

SAMPLES = Path(__file__).parents[2] / "../shared/data/catalogue"


@dataclass(frozen=True)
class Spec:
    key: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Row:
    supplier_sku: str
    kind: str = "goods"
    category: str = "labware.tubes"
    name_zh: str = "离心管"
    name_en: str = ""
    brand: str = ""
    model: str = ""
    part_no: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    price_minor: int | None = 2_900
    currency: str = "CNY"
    price_basis: Decimal = Decimal("30.0")
    unit: str = "支"
    lead_time_days: int | None = 3
    warranty_months: int | None = None
    vat_rate: Decimal = Decimal("13.00")
    specs: tuple[Spec, ...] = (Spec("capacity", "50", "mL"),)


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def run(world: World, *rows: Row, submit: bool = True) -> Report:
    actor = world.actor("mu")
    return import_listings(rows, find(Organisation, str(actor.org_id), actor), actor, submit=submit)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, len(report.refused)


def stored(sku: str) -> Listing:
    return db.session.scalars(sa.select(Listing).where(Listing.supplier_sku == sku)).one()


def events() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0


def test_rows_become_submitted_listings(world: World) -> None:
    assert counts(run(world, Row("A"), Row("B", price_minor=None))) == (2, 0, 0, 0)
    made = stored("A")
    assert (made.state, made.price_minor, made.vat_bp) == ("submitted", 2_900, 1_300)
    assert made.price_basis_micro == 30_000_000
    assert made.specs == [{"key": "capacity", "value": "50", "number": "50", "unit": "mL"}]
    assert stored("B").price is None


def test_the_same_file_again_writes_nothing(world: World) -> None:
    rows = [Row("A"), Row("B", price_minor=None, currency="USD", vat_rate=Decimal("6"))]
    run(world, *rows)
    before, version = events(), stored("A").version
    assert counts(run(world, *rows)) == (0, 0, 2, 0)
    assert (events(), stored("A").version) == (before, version)


def test_rows_may_be_left_as_drafts_and_changed_there(world: World) -> None:
    run(world, Row("A"), submit=False)
    assert stored("A").state == "draft"
    assert counts(run(world, Row("A", price_minor=3_000))) == (0, 1, 0, 0)
    assert (stored("A").state, stored("A").price_minor) == ("submitted", 3_000)


def test_a_changed_row_of_a_published_listing_becomes_a_change(world: World) -> None:
    run(world, Row("A"), Row("B"))
    with unit_of_work():
        listings.publish(find(Listing, stored("A").id, world.actor("rui")), world.actor("rui"))
    report = run(world, Row("A", price_minor=1), Row("C"))
    assert (counts(report), report.held) == ((1, 0, 0, 0), 1)
    assert stored("A").price_minor == 2_900
    again = run(world, Row("A", price_minor=1))
    assert (counts(again), again.held) == ((0, 0, 1, 0), 0)
    assert counts(run(world, Row("A", price_minor=1, lead_time_days=9))) == (0, 0, 0, 0)
    back = run(world, Row("A"))
    assert counts(back) == (0, 1, 0, 0)
    assert db.session.scalars(sa.select(ListingChange.state)).all() == ["withdrawn"]


def test_a_row_that_moves_within_the_rule_is_applied_at_once(world: World) -> None:
    price_rule(world)
    run(world, Row("A"))
    with unit_of_work():
        listings.publish(find(Listing, stored("A").id, world.actor("rui")), world.actor("rui"))
    assert counts(run(world, Row("A", price_minor=3_000, lead_time_days=9))) == (0, 1, 0, 0)
    assert (stored("A").price_minor, stored("A").lead_time_days) == (3_000, 9)


def test_bad_rows_are_told_and_cost_no_other(world: World) -> None:
    report = run(
        world, Row("A", category="nonsense"), Row(""), Row("B", kind="service"), Row("C", price_minor=0),
        Row("D", name_zh="", name_en=""), Row("E"),
    )  # fmt: skip
    assert counts(report) == (1, 0, 0, 5)
    assert {(row.supplier_sku, *row.refusal.fields) for row in report.refused} == {
        ("A", "category"), ("", "supplier_sku"), ("B", "category"), ("C", "price"), ("D", "name_zh"),
    }  # fmt: skip


def test_a_row_that_only_the_database_refuses_costs_no_other(world: World) -> None:
    actor = world.actor("fuwu")
    rows = [Row("G"), Row("S", kind="service", category="services.testing")]
    report = import_listings(rows, find(Organisation, str(actor.org_id), actor), actor)
    assert counts(report) == (1, 0, 0, 1)
    assert report.refused[0].refusal.code == "kind_not_given"
    assert db.session.scalar(sa.select(sa.func.count()).where(Event.body.contains('"to":null'))) == 0


def test_more_rows_than_a_batch_and_a_number_that_comes_twice(world: World) -> None:
    rows = [Row(f"N{number}") for number in range(imports.BATCH_ROWS + 5)]
    assert counts(run(world, *rows, replace(rows[0]))) == (imports.BATCH_ROWS + 5, 0, 1, 0)


def test_only_the_suppliers_editor_imports(world: World) -> None:
    for name in ("xiao", "pu"):
        actor = world.actor(name)
        with pytest.raises(Refusal) as caught:
            import_listings([Row("A")], find(Organisation, str(actor.org_id), actor), actor)
        assert caught.value.code == "not_yours"


@pytest.mark.slow
def test_a_real_list_of_products_is_imported_and_again_changes_nothing(world: World) -> None:
    path = SAMPLES / "lab_products.csv"
    if not path.exists():
        pytest.skip(f"the sample files are not there: {path}")
    with path.open("rb") as stream:
        rows, errors = read_products(stream, categories=CATEGORIES)
    actor = world.actor("mu")
    supplier = find(Organisation, str(actor.org_id), actor)
    first = import_listings(rows, supplier, actor)
    assert (first.created, first.refused, errors) == (677, [], [])
    assert counts(import_listings(rows, supplier, actor)) == (0, 0, len(rows), 0)
    kept = db.session.scalars(sa.select(Listing).where(Listing.supplier_sku.is_not(None))).all()
    brands = {one.brand for one in kept}
    typed = [one for one in kept if one.typed]
    places = Counter(one.category for one in kept)
    print(f"{len(kept)} listings, {len(brands)} brands, {len(typed)} with typed properties, categories {dict(places)}")
    assert len(brands) == len({brand.casefold() for brand in brands}) == 56
    assert len(typed) > 180
    plates = [one for one in kept if one.category == "labware.plates"]
    assert all(any(fact["code"] == "wells" for fact in one.typed) for one in plates)
    assert places["other"] < 20
