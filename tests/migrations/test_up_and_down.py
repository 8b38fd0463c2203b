"""Every revision goes up and down on both databases with rows in place, and ends where the models are."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.accounts.files import stored
from app.catalogue.exchange.models import ImportJob
from app.kernel.db import UtcDateTime, db
from tests.catalogue.hostile_xml import bmecat
from tests.world import build
from tests.worlds.archives import checked_archive, hung
from tests.worlds.catalogue import listing
from tests.worlds.imports import GOOD, checked, sent, work
from tests.worlds.media import hang, image
from tests.worlds.ordering import receive_all, send_all
from tests.worlds.payments import bought, paid, proposed_refund, refunded
from tests.worlds.sourcing import evaluated

pytestmark = pytest.mark.database_matters

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


LATER = {"price_rule"}
"""Columns of later revisions, whose content goes with them on the way down."""


def _revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


@pytest.fixture
def populated(app: Flask) -> Flask:
    """A migrated database with a small park in it."""
    build()
    db.session.remove()
    return app


def test_the_migrations_end_where_the_models_are(app: Flask) -> None:
    del app
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": lambda thing, name, *_: name != "alembic_version"},
        )
        differences = [
            difference for difference in compare_metadata(context, db.metadata) if not _same_moment(difference)
        ]
    assert differences == []


def _same_moment(difference: object) -> bool:
    """UtcDateTime is a timestamp in the database; only the comparison sees two types."""
    return isinstance(difference, list) and all(
        change[0] == "modify_type" and isinstance(change[-1], UtcDateTime) for change in difference
    )


def test_everything_goes_down_and_up_again_with_rows_in_place(populated: Flask) -> None:
    del populated
    assert db.session.scalar(sa.text("SELECT count(*) FROM event")) > 0
    db.session.remove()
    downgrade(str(MIGRATIONS), revision="base")
    left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade(str(MIGRATIONS))
    assert build().organisations
    assert db.session.scalar(sa.text("SELECT count(*) FROM event")) > 0


def test_each_revision_goes_down_one_step_and_up_again_with_rows_in_place(populated: Flask) -> None:
    del populated
    for revision in _revisions()[:-1]:
        downgrade(str(MIGRATIONS), revision=f"{revision}-1")
        upgrade(str(MIGRATIONS), revision=revision)
    assert db.session.scalar(sa.text("SELECT count(*) FROM event")) > 0


def test_the_parts_of_a_record_get_their_other_party_from_it(app: Flask) -> None:
    """0009 adds a party to order lines, allocations, quote lines and more: what it writes is what the actions wrote."""
    del app
    world = build()
    order = bought(world)
    paid(world, order, "100000.00")
    receive_all(world, send_all(world, order))
    refunded(world, proposed_refund(world, order, "100.00"))
    evaluated(world)
    parts = ("order_line", "shipment_line", "receipt_line", "allocation", "refund_line", "quote_version", "quote_line")
    downgrade(str(MIGRATIONS), revision="0009")  # what later revisions add goes away with them
    before = {name: _rows(name) for name in parts}
    assert all(before.values())
    downgrade(str(MIGRATIONS), revision="0009-1")
    upgrade(str(MIGRATIONS), revision="0009")
    assert {name: _rows(name) for name in parts} == before


def test_listings_that_are_there_get_brands_tax_classes_and_keys(app: Flask) -> None:
    """0013 reads them from what listings say already: the words as proposed brands, the class from the rate."""
    del app
    world = build()
    listing(world, brand="Tecan", model="EVO 100")
    listing(world, brand="ＴＥＣＡＮ", model="EVO-100", vat_rate="0", tax_class="exempt", supplier="supplier2")
    listing(world, brand="", kind="service", category="services.calibration", supplier="service")
    asked = sa.text("SELECT model_key, tax_class, brand_id FROM listing ORDER BY id")
    before = db.session.execute(asked).all()
    db.session.remove()
    downgrade(str(MIGRATIONS), revision="0013-1")
    upgrade(str(MIGRATIONS))
    after = db.session.execute(asked).all()
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert [row.tax_class for row in after] == ["standard", "exempt", "reduced"]
    assert after[0].brand_id == after[1].brand_id
    assert after[2].brand_id is None
    brand = sa.text("SELECT state, name_en, waits_org FROM brand")
    assert db.session.execute(brand).all() == [("proposed", "Tecan", "operator")]
    db.session.remove()


def test_archives_survive_a_program_that_does_not_know_them(app: Flask) -> None:
    """0019: one that was imported stays, one that is on its way is cancelled, and both are archives again later."""
    del app
    world = build()
    made = hang(world, listing(world, "draft", supplier_sku="A-1"), "data_sheet")
    hang(world, made)
    hung(world, {"A-1.png": image(300, 200)})
    checked_archive(world, {"A-1_2.png": image(301, 200)})
    asked = sa.text("SELECT kind, state, waits_org IS NULL FROM import_job ORDER BY id")
    db.session.remove()
    downgrade(str(MIGRATIONS), revision="0019-1")
    assert [tuple(row) for row in db.session.execute(asked)] == [("csv", "done", True), ("csv", "cancelled", True)]
    db.session.remove()
    upgrade(str(MIGRATIONS))
    assert [tuple(row) for row in db.session.execute(asked)] == [("zip", "done", True), ("zip", "cancelled", True)]
    known = sa.text("SELECT media_type, source_sha256 = sha256 FROM listing_medium ORDER BY id")
    assert [row[:] for row in db.session.execute(known)] == [
        ("application/pdf", True), ("image/jpeg", None), ("image/jpeg", None),
    ]  # fmt: skip
    db.session.remove()
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE import_job SET kind = 'rar'"))


def _rows(name: str) -> list[dict[str, object]]:
    table = sa.Table(name, sa.MetaData(), autoload_with=db.engine)  # as it is at this revision
    rows = db.session.execute(sa.select(table).order_by(*table.primary_key))
    found = [{column: value for column, value in row._mapping.items() if column not in LATER} for row in rows]
    db.session.remove()
    return found


def test_the_database_itself_refuses_to_rewrite_history(populated: Flask) -> None:
    del populated
    for statement in ("UPDATE event SET name = 'x' WHERE seq = 1", "DELETE FROM event WHERE seq = 1"):
        with pytest.raises(sa.exc.DatabaseError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_imports_of_catalogues_in_xml_end_on_the_way_down(app: Flask) -> None:
    """0018: a program before it cannot go on with them; their listings and what they did stay."""
    del app
    world = build()
    job = work(sent(world, stored(bmecat().encode(), "a.xml", "application/xml"), then="draft"))
    assert (job.state, job.kind) == ("checked", "xml")
    gone, kept = job.id, checked(world, GOOD).id
    db.session.remove()
    downgrade(str(MIGRATIONS), revision="0018-1")
    asked = sa.text("SELECT id, kind, state, ended_at IS NULL, waits_org FROM import_job ORDER BY id")
    left = {row[0]: tuple(row[1:]) for row in db.session.execute(asked)}
    assert left[gone][:2] == ("csv", "cancelled")
    assert (bool(left[gone][2]), left[gone][3]) == (False, None)
    assert left[kept][:2] == ("csv", "checked")
    db.session.remove()
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE import_job SET kind = 'xml'"))
    upgrade(str(MIGRATIONS))
    assert db.session.get_one(ImportJob, gone).state == "cancelled"
    db.session.remove()
    assert work(sent(world, stored(bmecat().encode(), "a.xml", "application/xml"))).state == "checked"
