"""Files on a request: what is taken in, what is refused, and who may read them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from urllib3 import encode_multipart_formdata

from app.accounts import files
from app.accounts.files import StoredFile
from app.kernel.db import db
from app.kernel.events import Event
from tests.world import Api, World, build
from tests.worlds.sourcing import rfq

pytestmark = pytest.mark.database_matters

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def _send(api: Api, record: Any, name: str, content: bytes) -> Any:
    version = api.get(f"rfqs/{record.id}").get_json()["version"]
    body, content_type = encode_multipart_formdata({"file": (name, content)})
    return api.client.post(
        f"/api/v1/rfqs/{record.id}/attach",
        data=body,
        headers={**api.headers, "If-Match": f'"{version}"'},
        content_type=content_type,
    )


def _left(app: Flask) -> list[Path]:
    return list((Path(app.instance_path) / "files").glob("*"))


def test_a_file_hangs_on_the_request_and_its_hash_is_in_the_chain(app: Flask, world: World) -> None:
    asked = rfq(world, state="open")
    buyer = Api(app, world.key("pu"))
    sent = _send(buyer, asked, "../../site plan.PDF", PDF)
    assert sent.status_code == 200, sent.get_data(as_text=True)
    (kept,) = sent.get_json()["files"]
    assert (kept["name"], kept["media_type"], kept["size_bytes"]) == ("site plan.pdf", "application/pdf", len(PDF))
    assert kept["sha256"] == hashlib.sha256(PDF).hexdigest()
    got = buyer.get(f"files/{kept['id']}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    got.close()
    assert any(kept["sha256"] in event.body for event in db.session.scalars(db.select(Event)))


def test_the_invited_download_it_and_a_stranger_gets_what_is_not_there(app: Flask, world: World) -> None:
    asked = rfq(world, state="open")
    _send(Api(app, world.key("pu")), asked, "terms.txt", "付款条件".encode())
    file_id = db.session.scalars(db.select(StoredFile.id)).one()
    with Api(app, world.key("xiao")).get(f"files/{file_id}") as got:
        assert got.status_code == 200
    stranger = Api(app, world.key("lab2pu"))
    refused, missing = stranger.get(f"files/{file_id}"), stranger.get("files/fil_" + "0" * 26)
    assert refused.status_code == missing.status_code == 404
    assert refused.get_json()["code"] == missing.get_json()["code"]


def _zip(names: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("plan.pdf", b"MZ\x90\x00 a program", "file_type"),
        ("picture.png", PDF, "file_type"),
        ("page.html", b"<script>alert(1)</script>", "file_type"),
        ("noextension", PDF, "file_type"),
        (".pdf", PDF, "file_type"),
        ("notes.txt", b"\x00\x01\x02", "file_type"),
        ("sheet.xlsx", _zip({"xl/other.xml": b""}), "file_type"),
        ("macro.docx", _zip({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"}),
         "file_type"),
        ("empty.pdf", b"", "file_empty"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused_at_its_field(
    app: Flask, world: World, name: str, content: bytes, code: str
) -> None:
    asked = rfq(world, state="open")
    answer = _send(Api(app, world.key("pu")), asked, name, content)
    assert answer.status_code in (413, 422)
    body = answer.get_json()
    assert body["code"] == code
    assert body["errors"][0]["field"] == "file"
    assert db.session.scalars(db.select(StoredFile)).all() == []
    assert _left(app) == []


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(app: Flask, world: World) -> None:
    asked = rfq(world, state="open")
    answer = _send(Api(app, world.key("pu")), asked, "big.txt", b"a" * (files.FILE_MOST_BYTES + 1))
    assert answer.status_code == 413
    assert _left(app) == []


def test_a_refused_action_leaves_no_file_behind(app: Flask, world: World) -> None:
    asked = rfq(world, state="open")
    api = Api(app, world.key("xiao"))
    assert _send(api, asked, "mine.pdf", PDF).status_code == 403
    assert db.session.scalars(db.select(StoredFile)).all() == []
    assert _left(app) == []
