"""Files on orders, receipts and claims: both sides read and add, strangers see nothing, and the quota holds."""

from __future__ import annotations

from typing import Any, Final

import pytest
from flask import Flask
from urllib3 import encode_multipart_formdata

from app.accounts import files
from app.accounts.files import StoredFile
from app.kernel.db import Record, db
from app.kernel.lifecycle import lifecycle_of
from tests.world import Api, World
from tests.worlds.ordering import again, reach_claim, reach_order, receive_all, send_all

pytestmark = pytest.mark.database_matters

PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def send(app: Flask, world: World, name: str, record: Record, file: str = "contract.pdf", content: bytes = PDF) -> Any:
    """The named person attaches a file over the API."""
    record = again(record)
    body, content_type = encode_multipart_formdata({"file": (file, content)})
    api = Api(app, world.key(name))
    return api.client.post(
        f"/api/v1/{lifecycle_of(record).collection}/{record.id}/attach", data=body,
        headers={**api.headers, "If-Match": f'"{record.version}"'}, content_type=content_type,
    )  # fmt: skip


def download(app: Flask, world: World, name: str, file_id: str) -> int:
    """The status of a download."""
    with Api(app, world.key(name)).get(f"files/{file_id}") as got:
        return int(got.status_code)


@pytest.mark.parametrize("kind", ["order", "receipt", "claim"])
def test_both_sides_add_files_and_read_each_others(app: Flask, world: World, kind: str) -> None:
    if kind == "claim":
        record: Record = reach_claim(world, "open")
    else:
        order = reach_order(world, "confirmed")
        record = order if kind == "order" else receive_all(world, send_all(world, order))
    by_buyer, by_supplier = send(app, world, "pu", record), send(app, world, "fa", record, "delivery.pdf")
    assert (by_buyer.status_code, by_supplier.status_code) == (200, 200), by_supplier.get_data(as_text=True)
    assert [one["name"] for one in by_supplier.get_json()["files"]] == ["contract.pdf", "delivery.pdf"]
    for stored in db.session.scalars(db.select(StoredFile)).all():
        for name in ("pu", "mei", "xiao", "jin", "tao", "shen"):
            assert download(app, world, name, stored.id) == 200, name
        for name in ("lab2pu", "xiao2", "fuwu"):
            assert download(app, world, name, stored.id) == 404, name


def test_each_file_counts_for_whoever_sent_it(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    send(app, world, "pu", order)
    send(app, world, "fa", order)
    send(app, world, "fa", order)
    assert files.used_bytes(world.organisations["lab"]) == len(PDF)
    assert files.used_bytes(world.organisations["supplier"]) == 2 * len(PDF)


def test_a_file_beyond_the_quota_is_refused_with_the_reason_and_leaves_nothing(app: Flask, world: World) -> None:
    app.config["FILE_QUOTA_MB"] = 1
    order = reach_order(world, "confirmed")
    half = b"a" * (600 * 1024)
    assert send(app, world, "pu", order, "one.txt", half).status_code == 200
    refused = send(app, world, "pu", order, "two.txt", half)
    assert refused.status_code == 409
    body = refused.get_json()
    assert (body["code"], body["errors"][0]["field"]) == ("file_quota", "file")
    assert body["detail"] == "The files of your organisation would exceed its 1 MB. Ask the operator for more."
    assert files.used_bytes(world.organisations["lab"]) == len(half)
    assert len(list((files.folder()).glob("*"))) == 1
    assert send(app, world, "fa", order, "theirs.txt", half).status_code == 200, "another organisation has its own"


def test_before_an_order_is_sent_its_files_are_the_buyers_alone(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    sent = send(app, world, "pu", order)
    (kept,) = sent.get_json()["files"]
    assert download(app, world, "fa", kept["id"]) == 404
    assert send(app, world, "fa", order).status_code == 404
    assert download(app, world, "tao", kept["id"]) == 200


@pytest.mark.parametrize("name, status", [("mei", 403), ("an", 403), ("mu", 403), ("tao", 403), ("shen", 403)])
def test_who_has_nothing_to_add_is_refused(app: Flask, world: World, name: str, status: int) -> None:
    assert send(app, world, name, reach_order(world, "confirmed")).status_code == status


def test_what_is_over_takes_no_more_files(app: Flask, world: World) -> None:
    for state in ("refused", "cancelled", "closed"):
        assert send(app, world, "pu", reach_order(world, state)).get_json()["code"] == "wrong_state"
    assert send(app, world, "pu", reach_claim(world, "refused")).get_json()["code"] == "wrong_state"
