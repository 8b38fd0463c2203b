"""A table on its way into the catalogue: understood, checked row by row, imported once, and the same after a kill."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import files
from app.accounts.actions import memberships
from app.accounts.models import Membership
from app.catalogue.actions import listings
from app.catalogue.changes.models import ListingChange
from app.catalogue.exchange import actions, pieces, running
from app.catalogue.exchange.models import ImportJob
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.errors import BUSY, Refusal
from app.kernel.events import Delivery, Event
from app.kernel.work import reading, unit_of_work
from tests.catalogue.hostile_files import HOSTILE
from tests.world import World, build
from tests.worlds.catalogue import listing, loaded
from tests.worlds.imports import BAD, EDITOR, GOOD, checked, imported, problems, received, sent, table, work
from tests.worlds.ordering import again, do

pytestmark = pytest.mark.database_matters


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created_rows, job.changed_rows, job.unchanged_rows, job.refused_rows


def numbers() -> list[str]:
    with reading():
        return list(db.session.scalars(sa.select(Listing.supplier_sku).where(Listing.supplier_sku.is_not(None))))


def stored(sku: str) -> Listing:
    with reading():
        return db.session.scalars(sa.select(Listing).where(Listing.supplier_sku == sku)).one()


def test_a_table_is_checked_before_anything_is_changed_and_then_imported(world: World) -> None:
    job = checked(world)
    assert (job.state, counts(job)) == ("checked", (1, 0, 0, 1))
    assert numbers() == []
    assert problems(job) == [
        (3, "价格", "Expected an amount such as 12.30, with no more decimals than the currency has."),
        (3, "中文名称", "Give the name in Chinese or in English."),
    ]
    do(actions.start, job, world.actor(EDITOR))
    job = work(job)
    assert (job.state, counts(job), numbers()) == ("done", (1, 0, 0, 1), ["A-1"])
    assert job.promised == {"created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    made = stored("A-1")
    assert (made.state, made.price_minor, made.unit, made.kind) == ("submitted", 2_900, "支", "goods")


def test_the_same_table_again_changes_nothing(world: World) -> None:
    imported(world, GOOD, then="draft")
    before = stored("A-1")
    job = checked(world, GOOD)
    assert counts(job) == (0, 0, 1, 0)
    with refused("import_nothing"):
        do(actions.start, job, world.actor(EDITOR))
    assert stored("A-1").version == before.version


def test_a_column_that_a_table_does_not_have_leaves_its_field_alone(world: World) -> None:
    imported(world, GOOD, then="draft")
    job = work(sent(world, table(("A-1", "31.50"), headings=("编号", "单价")), then="draft"))
    assert job.state == "mapping", "a table without names is asked about"
    file = table(("A-1", "离心管 50 mL", "31.50", ""), headings=("编号", "名称", "单价", "英文名称"))
    job = work(sent(world, file, then="draft"))
    assert (job.state, counts(job)) == ("checked", (0, 1, 0, 0))
    do(actions.start, job, world.actor(EDITOR))
    work(job)
    changed = stored("A-1")
    assert (changed.price_minor, changed.unit, changed.category) == (3_150, "支", "labware.tubes")


def test_what_headings_mean_is_asked_once(world: World) -> None:
    headings = ("编号", "品目代码", "叫法", "含税单价", "销售单位", "备注")
    rows = [("A-1", "labware.tubes", "离心管", "29", "支", "x")]
    job = work(sent(world, table(*rows, headings=headings)))
    assert (job.state, job.columns) == ("mapping", ["supplier_sku", "", "", "price", "unit", ""])
    said = ["supplier_sku", "category", "name_zh", "price", "unit", "property"]
    pairs = [{"heading": one, "column": code} for one, code in zip(headings, said, strict=True)]
    with refused("import_columns"):
        do(
            actions.assign_columns,
            job,
            world.actor(EDITOR),
            columns=[{"column": ""}] * 6,
            category=None,
            mode="partial",
        )
    do(actions.assign_columns, job, world.actor(EDITOR), columns=pairs, category=None, mode="partial")
    assert work(job).state == "checked"
    job = work(sent(world, table(*rows, headings=headings)))
    assert (job.state, job.columns) == ("checked", said)
    do(actions.start, job, world.actor(EDITOR))
    work(job)
    assert stored("A-1").specs == [{"key": "备注", "value": "x", "number": None, "unit": ""}]


def test_all_rows_or_none(world: World) -> None:
    job = checked(world, mode="whole")
    with refused("import_not_whole"):
        do(actions.start, job, world.actor(EDITOR))
    sound = checked(world, GOOD, ("B-1", *GOOD[1:]), mode="whole")
    do(actions.start, sound, world.actor(EDITOR))
    with unit_of_work():  # meanwhile somebody lists one of them, hands it in, and the file says something else
        org = world.org("supplier")
        made = listings.draft_listing(org, world.actor(EDITOR), **loaded(supplier_sku="B-1"))
        listings.submit(made, world.actor(EDITOR))
    sound = work(sound)
    assert (sound.state, sound.error, numbers()) == ("failed", "not_whole", ["B-1"])


def test_a_number_comes_once_in_a_table(world: World) -> None:
    job = imported(world, GOOD, ("A-1", "labware.tubes", "别的", "1", "支"))
    assert (counts(job), job.state) == ((1, 0, 0, 1), "done")
    assert problems(job) == [(3, "编号", "This number is in an earlier row already.")]


def test_what_is_published_gets_a_change_and_the_same_table_again_changes_nothing(world: World) -> None:
    live = listing(world, supplier_sku="A-1")
    job = checked(world, GOOD)
    assert counts(job) == (0, 1, 0, 0)
    do(actions.start, job, world.actor(EDITOR))
    assert work(job).state == "done"
    assert (stored("A-1").state, stored("A-1").name_zh) == ("published", live.name_zh), "buyers go on reading the old"
    staged = db.session.scalars(db.select(ListingChange)).one()
    assert (staged.listing_id, staged.state, staged.proposed["name_zh"]) == (live.id, "submitted", GOOD[2])
    assert counts(checked(world, GOOD)) == (0, 0, 1, 0)


def test_an_import_is_stopped_between_two_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "IMPORTED_AT_ONCE", 1)
    monkeypatch.setattr(pieces, "PIECE_SECONDS", -1.0)
    job = checked(world, *[(f"A-{n}", *GOOD[1:]) for n in range(4)])
    do(actions.start, job, world.actor(EDITOR))
    work(job, most=2)
    do(actions.cancel, job, world.actor(EDITOR))
    assert (work(job).state, sorted(numbers())) == ("cancelled", ["A-0", "A-1"])
    assert again(job).done_rows == 2


def test_a_piece_that_was_done_is_not_done_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "IMPORTED_AT_ONCE", 1)
    monkeypatch.setattr(pieces, "PIECE_SECONDS", -1.0)
    job = checked(world, *[(f"A-{n}", *GOOD[1:]) for n in range(3)])
    do(actions.start, job, world.actor(EDITOR))
    stale = {"job": job.id, "turn": again(job).turn}
    work(job, most=1)
    running.step(stale)
    assert again(job).done_rows == 1
    work(job)
    assert sorted(numbers()) == ["A-0", "A-1", "A-2"]
    with reading():
        births = sa.select(sa.func.count()).select_from(Event).where(Event.name == "listing.create")
        owed = (
            sa.select(sa.func.count()).select_from(Delivery).where(Delivery.kind == "import", Delivery.state != "done")
        )
        assert (db.session.scalar(births), db.session.scalar(owed)) == (3, 0)


def test_a_refusal_that_the_check_did_not_see_costs_one_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = checked(world, GOOD, ("A-2", *GOOD[1:]), ("A-3", *GOOD[1:]))
    do(actions.start, job, world.actor(EDITOR))
    put = running.imports.put

    def refusing(*args: object, **kwargs: object) -> object:
        if args[3]["supplier_sku"] == "A-2":  # type: ignore[index]
            raise listings.SKU_TAKEN()
        return put(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(running.imports, "put", refusing)
    job = work(job)
    assert (job.state, counts(job), sorted(numbers())) == ("done", (2, 0, 0, 1), ["A-1", "A-3"])
    assert problems(job) == [(3, "", listings.SKU_TAKEN.words)]


def test_a_busy_database_costs_no_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = checked(world, GOOD, ("A-2", *GOOD[1:]))
    do(actions.start, job, world.actor(EDITOR))
    put, tries = running.imports.put, []

    def busy_once(*args: object, **kwargs: object) -> object:
        tries.append(args)
        if len(tries) == 2:
            raise BUSY()
        return put(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(running.imports, "put", busy_once)
    with pytest.raises(Refusal, match="busy"):
        running.work_off(job.id)
    assert numbers() == []
    running.work_off(job.id)
    assert (again(job).state, counts(again(job)), sorted(numbers())) == ("done", (2, 0, 0, 0), ["A-1", "A-2"])


def test_whoever_lost_the_role_imports_nothing_more(world: World) -> None:
    job = checked(world, GOOD)
    do(actions.start, job, world.actor(EDITOR))
    with unit_of_work():
        held = db.session.scalars(
            sa.select(Membership).where(
                Membership.person_id == str(world.actor(EDITOR).person_id), Membership.org_id == job.supplier_id
            )
        ).one()
        memberships.change_roles(held, world.actor("zong"), roles=["sales"])
    job = work(job)
    assert (job.state, job.error, numbers()) == ("failed", "not_allowed", [])


def test_files_that_are_no_tables_fail_and_say_why(world: World) -> None:
    broken = table(GOOD, name="a.xlsx")
    broken.path.write_bytes(b"PK\x03\x04 nonsense")
    job = work(sent(world, broken))
    assert (job.state, job.error) == ("failed", "not_a_table")
    assert work(sent(world, table(GOOD, name="b.xlsx"))).state == "checked"
    with refused("file_type"):
        sent(world, replace(table(GOOD), name="a.pdf"))


def test_a_supplier_keeps_the_worker_busy_with_three_files_at_most(world: World) -> None:
    for _ in range(actions.BUSY_MOST):
        sent(world, table(GOOD))
    with refused("imports_busy"):
        sent(world, table(GOOD))


def test_the_marked_copy_says_what_is_wrong_and_is_understood_when_it_comes_back(world: World) -> None:
    job = checked(world, GOOD, BAD)
    path = pieces.place_of(job.id, "xlsx")
    with zipfile.ZipFile(path) as book:
        comments = book.read("xl/comments1.xml").decode()
        assert b"FFF8D7DA" in book.read("xl/styles.xml"), "coloured"
    assert 'ref="D3"' in comments
    assert "应为金额，如 12.30" in comments
    again_sent = work(sent(world, received(path, "商品.xlsx")))
    assert (again_sent.state, counts(again_sent)) == ("checked", (1, 0, 0, 1))


def test_whatever_means_harm_ends_at_the_door_or_in_the_child(world: World, tmp_path: Path) -> None:
    ends = {}
    for what, (make, reasons) in HOSTILE.items():
        content = make(tmp_path / "hostile.xlsx").read_bytes()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            file = files.receive(io.BytesIO(content), "hostile.xlsx")
        except Refusal as refused_at_once:
            ends[what] = refused_at_once.code
        else:
            job = work(sent(world, file))
            assert job.error in reasons, what
            ends[what] = str(job.error)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, f"KiB here for {what}"
    assert set(ends.values()) > {"file_type", "unsafe_parts", "too_many_columns"}
    assert numbers() == []
    assert work(sent(world, table(GOOD))).state == "checked", "and the worker goes on with its work"
