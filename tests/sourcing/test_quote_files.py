"""Files on a quote: sealed with it, counted in its receipt, and no more public than the version they came with."""

from __future__ import annotations

from typing import Any, Final

import pytest
from flask import Flask

from app.accounts import files
from app.accounts.files import StoredFile
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import clock_at
from app.sourcing.models import Quote, Rfq
from app.sourcing.rules import receipt
from tests.world import Api, World, build
from tests.worlds.sourcing import BACK, VALID_FOR, again, answer, close, do, quote, refused, rfq

pytestmark = pytest.mark.database_matters

PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
STRANGERS: Final = ("pu", "an", "guan", "xiao2", "lab2pu", "rui", "sup", "wang", "shen")


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def attach(world: World, offer: Quote, name: str = "datasheet.pdf", by: str = "xiao") -> StoredFile:
    """A file on the version that is being written."""
    do(offer, "attach", world.actor(by), file=files.stored(PDF, name, "application/pdf"))
    return db.session.scalars(db.select(StoredFile).where(StoredFile.name == name)).one()


def quoted(world: World, *, submit: bool = True) -> tuple[Rfq, Quote]:
    """An open request with one quote that has a file."""
    asked = rfq(world, "open")
    offer = quote(world, asked, submit=False)
    attach(world, offer)
    if submit:
        do(offer, "submit", world.actor("xiao"))
    return asked, again(offer)


def status(app: Flask, world: World, name: str, file_id: str) -> int:
    """The status of a download."""
    with Api(app, world.key(name)).get(f"files/{file_id}") as got:
        return int(got.status_code)


def test_before_the_deadline_only_the_supplier_reads_it(app: Flask, world: World) -> None:
    _, offer = quoted(world)
    file_id = db.session.scalars(db.select(StoredFile.id)).one()
    for name in ("xiao", "jin"):
        assert status(app, world, name, file_id) == 200
    for name in STRANGERS:
        assert status(app, world, name, file_id) == 404, name
    told = db.session.scalars(db.select(Event).where(Event.name == "quote.attach")).one()
    assert told.data["audience"] == [world.organisations["supplier"]]
    (shown,) = Api(app, world.key("xiao")).get(f"quotes/{offer.id}").get_json()["files"]
    assert shown["id"] == file_id


def test_after_the_opening_the_buyer_and_staff_read_it_and_rivals_do_not(app: Flask, world: World) -> None:
    with clock_at(BACK):
        asked, offer = quoted(world)
    close(asked)
    file_id = db.session.scalars(db.select(StoredFile.id)).one()
    for name in ("xiao", "pu", "mei", "rui", "wang", "shen"):
        assert status(app, world, name, file_id) == 200, name
    for name in ("xiao2", "lab2pu"):
        assert status(app, world, name, file_id) == 404, name
    assert len(Api(app, world.key("pu")).get(f"quotes/{offer.id}").get_json()["files"]) == 1


def test_a_file_of_a_revision_that_was_never_submitted_stays_the_suppliers(app: Flask, world: World) -> None:
    with clock_at(BACK):
        asked, offer = quoted(world)
        do(offer, "revise", world.actor("xiao"))
        later = attach(world, offer, "secret.pdf")
    close(asked)
    assert status(app, world, "xiao", later.id) == 200
    for name in ("pu", "rui", "shen"):
        assert status(app, world, name, later.id) == 404, name
        body: dict[str, Any] = Api(app, world.key(name)).get(f"quotes/{offer.id}").get_json()
        assert [one["name"] for one in body["files"]] == ["datasheet.pdf"]


def test_the_receipt_of_a_version_covers_its_files(world: World) -> None:
    _, offer = quoted(world)
    standing = offer.standing
    assert standing is not None
    assert standing.digest == receipt(offer, standing)
    db.session.execute(db.update(StoredFile).values(sha256="0" * 64))
    db.session.commit()
    assert standing.digest != receipt(again(offer), standing)


def test_only_a_version_that_is_being_written_takes_files_and_only_before_the_deadline(world: World) -> None:
    file = files.stored(PDF, "late.pdf", "application/pdf")
    _, offer = quoted(world)
    assert refused(offer, "attach", world.actor("xiao"), file=file) == "nothing_written"
    do(offer, "revise", world.actor("xiao"))
    with clock_at(-BACK):
        assert refused(offer, "attach", world.actor("xiao"), file=file) == "too_late"
    assert refused(offer, "attach", world.actor("jin"), file=file) == "not_yours"


def test_a_submitted_revision_brings_its_files_along(app: Flask, world: World) -> None:
    with clock_at(BACK):
        asked, offer = quoted(world)
        do(offer, "revise", world.actor("xiao"))
        added = attach(world, offer, "certificate.pdf")
        lines = [answer(line, "100000.00") for line in asked.lines]
        do(offer, "edit", world.actor("xiao"), lines=lines, valid_until=asked.deadline + VALID_FOR)
        do(offer, "submit", world.actor("xiao"))
    close(asked)
    assert status(app, world, "pu", added.id) == 200
    assert len(files.files_for(again(offer), SYSTEM_ACTOR)) == 2
