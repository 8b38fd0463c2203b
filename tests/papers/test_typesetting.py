"""The child that typesets: the same bytes every time, nothing a user wrote becomes markup, limits hold."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.papers import typesetting
from app.papers.contents.common import qr
from app.papers.typesetting import NotTypeset, digest_of, typeset
from tests.worlds.papers import pages_of

HOSTILE = '#read("/etc/passwd") #import "x.typ" $ x $ *bold* `code` <label> @ref // /* \\u{0} ] } ) "'


def content(**changes: Any) -> dict[str, Any]:
    """A delivery note with one line."""
    side = {"name": {"zh": "材料学院", "en": "Lab"}, "credit_code": "", "address": "", "person": ""}
    given = {
        "title": {"zh": "送货单", "en": "DELIVERY NOTE"}, "number": "SH-2026-00001", "version": 1,
        "dated": "2026-11-23",
        "state": {"zh": "运输中", "en": "on its way"}, "platform": {"zh": "平台", "en": "LabPark"},
        "url": "http://localhost/shipments/x", "qr": qr("http://localhost/shipments/x"), "order": "PO-2026-00001",
        "shipped_at": "", "carrier": "", "tracking": "", "delivery_place": "", "buyer": side, "supplier": side,
        "lines": [line("离心机")],
    }  # fmt: skip
    return given | changes


def line(title: str) -> dict[str, Any]:
    """One line of it."""
    return {"position": 1, "title": title, "brand": "", "model": "", "unit": "台", "ordered": "2", "quantity": "1"}


def text_of(pdf: bytes, folder: Path) -> str:
    """What a reader finds in a PDF."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed: the text of a PDF cannot be read back here")
    (folder / "paper.pdf").write_bytes(pdf)
    done = subprocess.run([tool, "-layout", str(folder / "paper.pdf"), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_same_content_gives_the_same_bytes() -> None:
    first = typeset("delivery", content())
    assert first.startswith(b"%PDF-")
    assert b"pdfaid" in first, "it is fit for the archive"
    assert typeset("delivery", content()) == first
    assert typeset("delivery", content(carrier="顺丰")) != first


def test_the_digest_follows_kind_and_content() -> None:
    digests = {digest_of(kind, content(**given)) for kind, given in
               (("delivery", {}), ("order", {}), ("delivery", {"version": 2}))}  # fmt: skip
    assert len(digests) == 3
    assert digest_of("delivery", content()) == digest_of("delivery", content())


def test_what_a_user_wrote_is_text_and_never_markup(tmp_path: Path) -> None:
    made = typeset("delivery", content(carrier=HOSTILE, lines=[line(HOSTILE)]))
    text = text_of(made, tmp_path)
    assert '#read("/etc/passwd")' in text
    assert "*bold*" in text
    assert "root:" not in text


def test_a_text_without_a_glyph_does_not_stop_the_document() -> None:
    made = typeset("delivery", content(carrier="顺丰 😀 \ue000"))
    assert made.startswith(b"%PDF-")
    assert b"pdfaid" not in made


def test_five_hundred_lines_go_over_many_pages_with_the_head_on_each(tmp_path: Path) -> None:
    made = typeset("delivery", content(lines=[line(f"试剂 {at}") for at in range(500)]))
    pages = pages_of(made)
    assert pages > 10
    text = text_of(made, tmp_path)
    assert text.count("实收数量") == pages
    assert f"Page {pages} of {pages}" in text


def test_a_document_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(NotTypeset) as refused:
        typeset("delivery", content(), seconds=0.001)
    assert refused.value.code == "too_long"


def test_a_document_that_wants_too_much_memory_is_stopped() -> None:
    with pytest.raises(NotTypeset) as refused:
        typeset("delivery", content(lines=[line("x" * 100)] * 20_000), memory=220 * 1024 * 1024)
    assert refused.value.code in ("too_large", "not_typeset")


def test_content_that_does_not_fit_its_template_gives_no_document() -> None:
    with pytest.raises(NotTypeset) as refused:
        typeset("delivery", {"number": "SH-2026-00001"})
    assert refused.value.code == "not_typeset"


def test_every_kind_of_paper_has_its_template() -> None:
    assert sorted(path.stem for path in typesetting.TEMPLATES.glob("*.typ")) == [
        "acceptance", "common", "comparison", "data_sheet", "delivery", "label", "order", "rfq", "statement",
    ]  # fmt: skip
