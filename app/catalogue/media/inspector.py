"""The child that looks into one received file: draws a picture anew in a few sizes, or searches a PDF for what acts.

It is run by its path, on its own (`python -I inspector.py`), and imports nothing of LabPark. It reads an order from
standard input, limits itself, and answers in JSON: {"pixels": [w, h]} or {"wrong": code}.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

TAIL_BYTES = 1_024
"""A PDF ends with %%EOF; so much may follow it (line ends, a signature's padding)."""
MOST_STREAMS = 20_000
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
WHITE = (255, 255, 255)
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
MODES_WITH_ALPHA = ("RGBA", "LA", "PA")

ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|AA)\b")
"""Names by which a PDF runs, opens, sends or carries something (ISO 32000-1, 7.11.4, 12.6, 12.7)."""
ENCRYPTED = re.compile(rb"/Encrypt\b")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
PACKED = re.compile(rb"/ObjStm\b")
STREAM = re.compile(rb"(?<!end)stream\r?\n")


def limit(cpu_seconds: int, memory_bytes: int, most_bytes: int) -> None:
    """From here on the process cannot take more than this."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# Pictures -------------------------------------------------------------------------------------------------------------


def drawn_anew(order: dict[str, Any]) -> dict[str, Any]:
    """The picture in each size as JPEG without anything that is no picture: no metadata, nothing behind its end."""
    Image.MAX_IMAGE_PIXELS = order["most_pixels"]
    with Image.open(order["path"], formats=[FORMATS[order["media_type"]]]) as found:
        width, height = found.size
        if width * height > order["most_pixels"] or max(width, height) > order["most_side"]:
            return {"wrong": "picture_too_large"}
        if min(width, height) < order["least_side"]:
            return {"wrong": "picture_too_small"}
        found.draft("RGB", (max(order["sides"]),) * 2)
        found.load()
        upright = ImageOps.exif_transpose(found)
        plain = _on_white(upright)
    pixels = []
    for side, path in zip(order["sides"], order["paths"], strict=True):
        small = plain.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        small.save(path, "JPEG", quality=order["quality"], optimize=True, progressive=True)
        pixels.append(small.size)
    return {"pixels": pixels}


def _on_white(found: Image.Image) -> Image.Image:
    if found.mode in MODES_WITH_ALPHA or "transparency" in found.info:
        seen = found.convert("RGBA")
        ground = Image.new("RGB", seen.size, WHITE)
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    if found.mode.startswith("I"):  # sixteen bits of grey
        return found.point(lambda value: value / 256).convert("L").convert("RGB")
    return found.convert("RGB")


# Documents ------------------------------------------------------------------------------------------------------------


def looked_through(order: dict[str, Any]) -> dict[str, Any]:
    """Whether a PDF only shows: nothing in it acts, is locked, or stands behind its end."""
    raw = Path(order["path"]).read_bytes()
    end = raw.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in raw:
        return {"wrong": "document_broken"}
    if len(raw) - end > TAIL_BYTES:
        return {"wrong": "document_trailing"}
    if ENCRYPTED.search(_unescaped(raw)):
        return {"wrong": "document_locked"}
    return {"wrong": "document_acts"} if any(ACTS.search(_unescaped(part)) for part in _parts(raw)) else {}


def _unescaped(text: bytes) -> bytes:
    """Names with their #xx written out, so that /J#53 is found as /JS."""
    return ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text)


def _parts(raw: bytes) -> Any:
    """The objects of the file, and those that lie packed in object streams; pictures' own bytes are left alone."""
    at, unpacked = 0, 0
    for count, opening in enumerate(STREAM.finditer(raw)):
        if opening.start() < at:
            continue  # within the stream before
        head = raw[at : opening.start()]
        yield head
        end = raw.find(b"endstream", opening.end())
        at = end if end >= 0 else len(raw)
        if PACKED.search(_unescaped(head[-2_000:])):
            unpacker = zlib.decompressobj()
            inside = unpacker.decompress(raw[opening.end() : at], MOST_UNPACKED_BYTES - unpacked)
            unpacked += len(inside)
            if unpacked >= MOST_UNPACKED_BYTES or count > MOST_STREAMS:
                raise ValueError("too much is packed in it")
            yield inside
    yield raw[at:]


def main() -> int:
    """The exit code."""
    order = json.load(sys.stdin)
    limit(order["cpu_seconds"], order["memory_bytes"], order["most_bytes"])
    try:
        answer = drawn_anew(order) if order["media_type"] in FORMATS else looked_through(order)
    except Image.DecompressionBombError:
        answer = {"wrong": "picture_too_large"}
    except (OSError, ValueError, SyntaxError, zlib.error, EOFError, IndexError, KeyError, TypeError):
        answer = {"wrong": "picture_broken" if order["media_type"] in FORMATS else "document_broken"}
    except MemoryError:
        return int(order["out_of_memory"])
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
