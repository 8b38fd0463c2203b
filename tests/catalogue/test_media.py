"""Documents and pictures: hostile files are refused with reasons, pictures drawn anew, versions kept, served safely."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage

from app.accounts import files
from app.catalogue.actions import listings
from app.catalogue.changes import actions as changes
from app.catalogue.media import actions as media
from app.catalogue.media.models import ListingMedium
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.ordering import as_ordered
from tests.world import Api, World, build
from tests.worlds.catalogue import listing
from tests.worlds.changes import change
from tests.worlds.media import hang, image, pdf, received
from tests.worlds.ordering import reach_order


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is this large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 200_000)) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ZIP = b"PK\x03\x04" + b"\0" * 200

HOSTILE = {
    "svg by its own name": (SVG, "a.svg", "file_type"),
    "svg called png": (SVG, "a.png", "file_type"),
    "page called jpeg": (b"<html><script>alert(1)</script></html>", "a.jpg", "file_type"),
    "png called jpeg": (image(), "a.jpg", "file_type"),
    "jpeg called pdf": (image(kind="JPEG"), "a.pdf", "file_type"),
    "truncated png": (image(400, 400)[:-60], "a.png", "picture_broken"),
    "truncated jpeg": (image(2000, 2000, kind="JPEG")[:3000], "a.jpg", "picture_broken"),
    "head of a jpeg only": (b"\xff\xd8\xff" + b"\0" * 900, "a.jpg", "picture_broken"),
    "bomb of 100 million pixels": (bomb(10_000, 10_000), "a.png", "picture_too_large"),
    "bomb of four billion pixels": (bomb(65_000, 65_000), "a.png", "picture_too_large"),
    "one endless line": (bomb(13_000, 120), "a.png", "picture_too_large"),
    "one pixel": (image(1, 1), "a.png", "picture_too_small"),
    "too many bytes": (b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024), "a.png", "file_size"),
    "empty": (b"", "a.png", "file_empty"),
    "text": (b"hello", "a.txt", "neither_pdf_nor_picture"),
    "script in a pdf": (pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "a.pdf", "document_acts"),
    "script with an escaped name": (pdf(b"/OpenAction << /S /J#61vaScript >>"), "a.pdf", "document_acts"),
    "script in a packed object": (pdf(packed=b"<< /S /JavaScript /JS (x) >>"), "a.pdf", "document_acts"),
    "file in a pdf": (pdf(b"/Names << /EmbeddedFiles 9 0 R >>"), "a.pdf", "document_acts"),
    "program started by a pdf": (pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "a.pdf", "document_acts"),
    "locked pdf": (pdf().replace(b"/Size 4", b"/Size 4 /Encrypt 9 0 R"), "a.pdf", "document_locked"),
    "pdf and zip in one": (pdf(tail=ZIP + b"\0" * 2_000), "a.pdf", "document_trailing"),
    "pdf without an end": (pdf()[:-20], "a.pdf", "document_broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason_and_nothing_of_it_stays(app: Flask, name: str) -> None:
    content, called, code = HOSTILE[name]
    files.folder().mkdir(parents=True, exist_ok=True)
    before = set(files.folder().iterdir())
    with pytest.raises(Refusal) as caught:
        received(content, called)
    assert caught.value.code == code
    assert "file" in caught.value.fields
    assert set(files.folder().iterdir()) == before


def test_a_plain_pdf_is_taken_as_it_is(app: Flask) -> None:
    content = pdf(packed=b"<< /Type /Font >>")
    assert received(content, "sheet.pdf").path.read_bytes() == content


def test_a_picture_is_drawn_anew_in_three_sizes_without_what_is_no_picture(app: Flask) -> None:
    told = Image.Exif()
    told[0x010F] = "SECRET-CAMERA"
    hostile = image(2000, 1000, kind="JPEG", exif=told.tobytes()) + ZIP + SVG
    upload = received(hostile, "front.jpg")
    sizes = [upload, *upload.sizes]
    assert [one.pixels for one in sizes] == [(1600, 800), (480, 240), (160, 80)]
    for one in sizes:
        content = one.path.read_bytes()
        assert content.startswith(b"\xff\xd8\xff")
        for trace in (b"SECRET-CAMERA", b"PK\x03\x04", b"<svg", b"Exif"):
            assert trace not in content
        with Image.open(io.BytesIO(content)) as drawn:
            assert drawn.size == one.pixels
            assert drawn.getexif() == {}


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "I;16"])
def test_every_kind_of_colour_is_drawn_on_white(app: Flask, mode: str) -> None:
    assert received(image(300, 300, mode=mode), "a.png").pixels == (300, 300)


def test_what_is_turned_by_its_camera_stands_upright(app: Flask) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert received(image(800, 400, kind="JPEG", exif=turned.tobytes()), "a.jpg").pixels == (400, 800)


# On a listing


def test_a_picture_and_documents_hang_on_a_draft_at_once(world: World) -> None:
    made = hang(world, hang(world, listing(world, "draft")), "data_sheet", title="数据页")
    assert [entry["kind"] for entry in made.media] == ["picture", "data_sheet"]
    rows = db.session.scalars(sa.select(files.StoredFile.part_id).order_by(files.StoredFile.id)).all()
    assert sorted(str(row) for row in rows) == ["160", "1600", "480", "None"]
    assert files.used_bytes(made.supplier_id) > 0


def test_a_new_version_takes_the_place_of_the_old_one_which_is_kept(world: World) -> None:
    made = hang(world, listing(world, "draft"), "data_sheet")
    hang(world, made)
    first = made.media[0]["id"]
    made = hang(world, made, "data_sheet", replaces=first)
    assert [(entry["kind"], entry["number"]) for entry in made.media] == [("data_sheet", 2), ("picture", 1)]
    old = db.session.get_one(ListingMedium, first)
    assert old.ended_at is not None
    assert made.media[0]["series"] == first


def test_the_main_picture_is_chosen_and_a_document_is_none(world: World) -> None:
    made = hang(world, hang(world, hang(world, listing(world, "draft")), content=image(300, 200)), "manual")
    second, manual = made.media[1]["id"], made.media[2]["id"]
    with unit_of_work():
        media.lead_with(find(Listing, made.id, world.actor("mu"), lock=True), world.actor("mu"), medium=second)
    assert made.media[0]["id"] == second
    with pytest.raises(Refusal) as caught, unit_of_work():
        media.lead_with(find(Listing, made.id, world.actor("mu"), lock=True), world.actor("mu"), medium=manual)
    assert caught.value.code == "picture_needed"


@pytest.mark.parametrize("field", ["replaces", "medium"])
def test_media_of_another_listing_are_not_there(world: World, field: str) -> None:
    other = hang(world, listing(world, "draft", supplier="supplier2"), supplier="supplier2")
    made, actor = listing(world, "draft"), world.actor("mu")
    foreign = other.media[0]["id"]
    more: dict[str, Any] = {"kind": "picture", "file": received(image(), "a.png")} if field == "replaces" else {}
    verb: Any = media.remove_medium if field == "medium" else media.add_medium
    with pytest.raises(Refusal) as caught, unit_of_work():
        verb(find(Listing, made.id, actor, lock=True), actor, **more, **{field: foreign})
    assert caught.value.code == "medium_not_shown"
    assert field in caught.value.fields


def test_what_buyers_read_gets_media_by_a_change(world: World) -> None:
    made, actor = listing(world), world.actor("mu")
    with unit_of_work():
        staged = media.propose_medium(
            find(Listing, made.id, actor, lock=True), actor, kind="picture", file=received(image(), "a.png")
        )
    assert find(Listing, made.id, actor).media == []
    with unit_of_work():
        media.add_to_change(staged, actor, kind="certificate", file=received(pdf(), "ce.pdf"), title="CE")
    with unit_of_work():
        changes.submit(staged, actor)
    with unit_of_work():
        changes.apply(find(type(staged), staged.id, world.actor("rui"), lock=True), world.actor("rui"))
    shown = find(Listing, made.id, actor).media
    assert [(entry["kind"], entry["title"]) for entry in shown] == [("picture", ""), ("certificate", "CE")]


def test_media_are_never_applied_without_review(world: World) -> None:
    made, actor = listing(world), world.actor("mu")
    with unit_of_work():
        staged = media.propose_medium(
            find(Listing, made.id, actor, lock=True), actor, kind="manual", file=received(pdf(), "m.pdf")
        )
    with pytest.raises(Refusal) as caught, unit_of_work():
        changes.apply_at_once(staged, actor)
    assert (caught.value.code, caught.value.params["what"]) == ("change_held", ["Documents"])


# Served


def published(world: World) -> Listing:
    made = hang(world, hang(world, listing(world, "draft")), "data_sheet")
    with unit_of_work():
        listings.submit(find(Listing, made.id, world.actor("mu"), lock=True), world.actor("mu"))
        listings.publish(find(Listing, made.id, world.actor("rui"), lock=True), world.actor("rui"))
    return made


def fetch(app: Flask, path: str, key: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with app.test_client().get(path, headers=headers) as answer:
        answer.get_data()
        return answer


def test_a_picture_is_served_typed_sandboxed_and_for_the_readers_browser_alone(app: Flask, world: World) -> None:
    made = published(world)
    picture, sheet = (entry["id"] for entry in made.media)
    for root in ("", "/api/v1"):
        answer = fetch(app, f"{root}/listings/{made.id}/media/{picture}/160")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert len(answer.headers["ETag"].strip('"')) == 64
        document = fetch(app, f"{root}/listings/{made.id}/media/{sheet}/file")
        assert document.headers["Content-Disposition"].startswith("attachment")
        for size in ("file", "161", "../160", "x" * 300):
            assert fetch(app, f"{root}/listings/{made.id}/media/{picture}/{size}").status_code in (401, 404)


def test_suspension_hides_pictures_at_once_from_all_but_their_keepers(app: Flask, world: World) -> None:
    made = published(world)
    path = f"/api/v1/listings/{made.id}/media/{made.media[0]['id']}/160"
    buyer, supplier, operator = (world.key(name) for name in ("pu", "mu", "rui"))
    assert [fetch(app, path, key).status_code for key in (buyer, supplier, operator)] == [200, 200, 200]
    with unit_of_work():
        listings.suspend(find(Listing, made.id, world.actor("rui"), lock=True), world.actor("rui"), reason="x")
    assert [fetch(app, path, key).status_code for key in (buyer, supplier, operator)] == [404, 200, 200]
    assert fetch(app, path).status_code in (401, 404)


def test_an_old_version_is_for_its_keepers_and_a_staged_one_for_readers_of_its_change(app: Flask, world: World) -> None:
    made, actor = published(world), world.actor("mu")
    picture = made.media[0]["id"]
    with unit_of_work():
        staged = media.propose_medium(
            find(Listing, made.id, actor, lock=True), actor, kind="picture", file=received(image(200, 200), "n.png"),
            replaces=picture,
        )  # fmt: skip
    new = db.session.scalars(sa.select(ListingMedium.id).where(ListingMedium.change_id == staged.id)).one()
    path = f"/api/v1/listings/{made.id}/media/{new}/160"
    keys = [world.key(name) for name in ("mu", "rui", "pu", "mu2")]
    assert [fetch(app, path, key).status_code for key in keys] == [200, 404, 404, 404]
    with unit_of_work():
        changes.submit(staged, actor)
    assert [fetch(app, path, key).status_code for key in keys] == [200, 200, 404, 404]
    with unit_of_work():
        changes.apply(find(type(staged), staged.id, world.actor("rui"), lock=True), world.actor("rui"))
    assert [fetch(app, path, key).status_code for key in keys] == [200, 200, 200, 200]
    old = f"/api/v1/listings/{made.id}/media/{picture}/160"
    assert [fetch(app, old, key).status_code for key in keys] == [200, 200, 404, 404]


def test_a_picture_travels_over_the_api(app: Flask, world: World) -> None:
    made = listing(world, "draft")
    api = Api(app, world.key("mu"))

    def send(content: bytes, name: str, **more: str) -> Any:
        version = api.get(f"listings/{made.id}").get_json()["version"]
        return api.client.post(
            f"/api/v1/listings/{made.id}/add_medium", headers={**api.headers, "If-Match": f'"{version}"'},
            data={"kind": "picture", **more, "file": FileStorage(io.BytesIO(content), name)},
        )  # fmt: skip

    told = send(image(), "front.png", title="正面").get_json()
    assert [(one["kind"], one["title"], one["width"]) for one in told["media"]] == [("picture", "正面", 640)]
    assert "series" not in told["media"][0]
    refused = send(bomb(10_000, 10_000), "b.png")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "picture_too_large")
    assert send(pdf(), "b.pdf").get_json()["code"] == "picture_needed"
    on_disk = {path.name for path in files.folder().iterdir()}
    stored = set(db.session.scalars(sa.select(files.StoredFile.stored_as)))
    assert on_disk == stored


# What was ordered


def test_what_was_ordered_keeps_its_words_and_documents_through_change_suspension_and_withdrawal(
    app: Flask, world: World
) -> None:
    order = reach_order(world, "confirmed")
    line = order.lines[0]
    held = {name: getattr(line, name) for name in ("title", "brand", "model", "unit", "price_minor", "vat_bp")}
    offered = db.session.get_one(Listing, line.listing_id)
    kept = received(pdf(), "v1.pdf")
    sheet = ListingMedium(
        id="lmd_" + "0" * 26, series_id="lmd_" + "0" * 26, number=1, supplier_id=offered.supplier_id,
        listing_id=offered.id, kind="data_sheet", name="v1.pdf", media_type="application/pdf", size_bytes=1,
        sha256="0" * 64, shown_at=order.created_at - timedelta(days=1),
    )  # fmt: skip
    with unit_of_work():
        db.session.add(sheet)
        db.session.flush()
        db.session.add(
            files.StoredFile(
                id="fil_" + "0" * 26, org_id=offered.supplier_id, object_id=sheet.id, name=kept.name,
                media_type=kept.media_type, size_bytes=kept.size_bytes, sha256=kept.sha256, stored_as=kept.path.name,
            )
        )  # fmt: skip
        db.session.get_one(Listing, offered.id).media = [sheet.entry()]
    with clock_at(timedelta(days=1)):
        do_change = change(world, "submitted", of=offered, model="", name_zh="全新名称", unit="套",
                           price={"amount": "1.00", "currency": "CNY"})  # fmt: skip
        with unit_of_work():
            changes.apply(find(type(do_change), do_change.id, world.actor("rui"), lock=True), world.actor("rui"))
            actor = world.actor("mu")
            media.remove_medium(find(Listing, offered.id, actor, lock=True), actor, medium=sheet.id)
            listings.suspend(find(Listing, offered.id, world.actor("rui"), lock=True), world.actor("rui"), reason="x")
            listings.withdraw(find(Listing, offered.id, actor, lock=True), actor)
    db.session.expire_all()
    again = db.session.get_one(type(order), order.id)
    assert {name: getattr(again.lines[0], name) for name in held} == held
    assert [one.id for one in as_ordered.media_of(again)] == [sheet.id]
    path = f"/api/v1/orders/{order.id}/media"
    assert [one["name"] for one in fetch(app, path, world.key("pu")).get_json()["items"]] == ["v1.pdf"]
    assert fetch(app, f"{path}/{sheet.id}/file", world.key("pu")).status_code == 200
    assert fetch(app, f"{path}/{sheet.id}/file", world.key("mu2")).status_code == 404
    assert fetch(app, f"/api/v1/listings/{offered.id}/media/{sheet.id}/file", world.key("pu")).status_code == 404
