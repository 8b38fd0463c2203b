"""Looking into a received file before the transaction, in a child process with limits of its own."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from app.accounts import files
from app.kernel.errors import INVALID, refusal
from app.kernel.shapes import File, Upload
from app.kernel.values import N_

CHILD: Final = Path(__file__).with_name("inspector.py")
WALL_SECONDS: Final = 30
CPU_SECONDS: Final = 20
MEMORY_BYTES: Final = 1024 * 1024 * 1024
OUT_OF_MEMORY: Final = 9

MOST_PIXELS: Final = 40_000_000
MOST_SIDE: Final = 12_000
LEAST_SIDE: Final = 100
SIDES: Final = (1_600, 480, 160)
"""The longest side of each size in pixels: the page, the gallery and comparison, rows and cards."""
QUALITY: Final = 85
JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"

WRONG: Final = {
    "picture_broken": refusal(
        "picture_broken", INVALID, N_("This picture cannot be read to its end. Save it anew as JPEG or PNG.")
    ),
    "picture_too_large": refusal(
        "picture_too_large", INVALID, N_("A picture has at most 40 million pixels and 12,000 on a side.")
    ),
    "picture_too_small": refusal("picture_too_small", INVALID, N_("A picture has at least 100 pixels on each side.")),
    "document_broken": refusal("document_broken", INVALID, N_("This PDF cannot be read to its end. Save it anew.")),
    "document_trailing": refusal(
        "document_trailing", INVALID, N_("Behind the end of this PDF stands something else. Save it anew.")
    ),
    "document_locked": refusal("document_locked", INVALID, N_("This PDF is locked. Save it without a password.")),
    "document_acts": refusal(
        "document_acts", INVALID, N_("This PDF contains scripts, forms that send, or files. Save it as a plain PDF.")
    ),
}
NEITHER = refusal("neither_pdf_nor_picture", INVALID, N_("Accepted are PDF, PNG and JPEG."))
TOO_MUCH_WORK = refusal("too_much_work", INVALID, N_("Reading this file takes too long or too much memory."))


class MediumFile(File):
    """A PDF that only shows, or a picture, which is drawn anew in a few sizes."""

    takes = ("pdf", "png", "jpg", "jpeg")

    def look_at(self, received: Upload) -> Upload:
        """The picture drawn anew, or the document itself; refusals of WRONG, and nothing of it is kept then."""
        try:
            return looked_at(received)
        except BaseException:
            files.discard(received)
            raise


def looked_at(received: Upload) -> Upload:
    """The picture in its largest size with the smaller ones, or the same document; outside any transaction."""
    if received.media_type == PDF:
        _ask(received, [])
        return received
    if received.media_type not in ("image/png", JPEG):
        raise _at_file(NEITHER)
    paths = [received.path.with_name(secrets.token_hex(16)) for _side in SIDES]
    try:
        pixels = _ask(received, paths)["pixels"]
        stem = received.name.rpartition(".")[0]
        drawn = [_kept(path, f"{stem}.jpg", tuple(size)) for path, size in zip(paths, pixels, strict=True)]
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise
    files.discard(received)
    return replace(drawn[0], sizes=tuple(drawn[1:]), source_sha256=received.sha256)


def _kept(path: Path, name: str, pixels: Any) -> Upload:
    with path.open("rb") as made:
        content = made.read()
        os.fsync(made.fileno())
    return Upload(name, JPEG, len(content), hashlib.sha256(content).hexdigest(), path, pixels=pixels)


def _ask(received: Upload, paths: list[Path]) -> dict[str, Any]:
    order = {
        "path": str(received.path), "media_type": received.media_type, "paths": [str(path) for path in paths],
        "sides": SIDES, "quality": QUALITY, "most_pixels": MOST_PIXELS, "most_side": MOST_SIDE,
        "least_side": LEAST_SIDE, "cpu_seconds": CPU_SECONDS, "memory_bytes": MEMORY_BYTES,
        "most_bytes": files.FILE_MOST_BYTES, "out_of_memory": OUT_OF_MEMORY,
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own script by its own path, no shell, no part of it from outside
            [sys.executable, "-I", str(CHILD)], input=json.dumps(order).encode(), capture_output=True,
            timeout=WALL_SECONDS, check=False, env={"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _at_file(TOO_MUCH_WORK) from None
    if done.returncode != 0:
        raise _at_file(TOO_MUCH_WORK)
    answer: dict[str, Any] = json.loads(done.stdout)
    if "wrong" in answer:
        raise _at_file(WRONG[answer["wrong"]])
    return answer


def _at_file(code: Any) -> Any:
    return code(fields={"file": [code.words]})
