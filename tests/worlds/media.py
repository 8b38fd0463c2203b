"""Pictures and documents of listings, made here: what is sent, and what hangs on a listing."""

from __future__ import annotations

import io
import zlib
from typing import Any

from PIL import Image

from app.accounts import files
from app.catalogue.actions import listings
from app.catalogue.media import actions as media
from app.catalogue.media.looking import MediumFile
from app.catalogue.models import Listing
from app.kernel.lifecycle import find
from app.kernel.shapes import Upload
from app.kernel.work import unit_of_work
from tests.world import World
from tests.worlds.catalogue import EDITORS, REVIEWER, listing


def image(width: int = 640, height: int = 480, *, kind: str = "PNG", mode: str = "RGB", **saved: Any) -> bytes:
    """A picture of one colour."""
    made = io.BytesIO()
    Image.new(mode, (width, height), 128 if mode in ("L", "I;16") else (20, 90, 140, 128)[: len(mode)]).save(
        made, kind, **saved
    )
    return made.getvalue()


def pdf(inside: bytes = b"", *, packed: bytes = b"", tail: bytes = b"") -> bytes:
    """A PDF of one empty page with something in its catalogue, in a packed stream, or behind its end."""
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + inside + b" >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    body += b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    if packed:
        stream = zlib.compress(packed)
        head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(stream)
        body += b"4 0 obj\n" + head + b"\nstream\n" + stream + b"\nendstream\nendobj\n"
    return body + b"xref\n0 1\ntrailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n%d\n%%%%EOF\n" % len(body) + tail


def received(content: bytes, name: str) -> Upload:
    """A file as a face hands it on: taken in, typed, looked into."""
    return MediumFile().look_at(files.receive(io.BytesIO(content), name))


def hang(world: World, made: Listing, kind: str = "picture", *, supplier: str = "supplier", **more: Any) -> Listing:
    """A picture or document on a draft or returned listing."""
    content, name = (image(), "front.png") if kind == "picture" else (pdf(), f"{kind}.pdf")
    upload, editor = received(more.pop("content", content), name), world.actor(EDITORS[supplier])
    with unit_of_work():
        found = find(Listing, made.id, editor, lock=True)
        media.add_medium(found, editor, kind=kind, file=upload, **more)
    return found


def with_picture(world: World, state: str = "published", *, supplier: str = "supplier", model: str = "P1") -> Listing:
    """A listing with a picture, as a draft or in the catalogue."""
    made = hang(world, listing(world, "draft", supplier=supplier, model=model), supplier=supplier)
    if state == "published":
        editor, reviewer = world.actor(EDITORS[supplier]), world.actor(REVIEWER)
        with unit_of_work():
            found = find(Listing, made.id, editor, lock=True)
            listings.submit(found, editor)
            listings.publish(found, reviewer)
    return made
