"""The record of what an index consists of: which generation serves, up to which event, and every file's size and hash.

The engine itself opens damaged files without noticing (a flipped byte gives wrong answers, not an error), so damage is
found here. The manifest is written after the commit. If the process dies in between, files newer than the manifest are
judged by the checksum in the engine's own file footer, and the cursor stays behind: events are then applied again,
which changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .schema import format_name

NAME = "manifest.json"
META = "meta.json"  # the engine's own list of segments
MANAGED = ".managed.json"
GENERATION = re.compile(r"g\d{6,}")
CHUNK = 1 << 20  # bytes read at once
FOOTER_MAGIC = 1337
FOOTER_LIMIT = 4096  # bytes
COMPONENTS = ("idx", "term", "store", "fast", "fieldnorm", "pos")
CHECK_ROUNDS = 5  # a check beside a busy writer starts again when files changed under it


@dataclass(frozen=True, slots=True)
class Manifest:
    format: str
    generation: str
    cursor: int
    count: int
    opstamp: int  # the engine's number of the commit
    files: Mapping[str, tuple[int, str]]  # name -> (bytes, SHA-256)


class Unreadable(ValueError):
    """There is a manifest, and it is none."""


def read(folder: Path) -> Manifest | None:
    try:
        raw = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    try:
        data = json.loads(raw)
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in data["files"].items()}
        found = Manifest(
            format=str(data["format"]),
            generation=str(data["generation"]),
            cursor=int(data["cursor"]),
            count=int(data["count"]),
            opstamp=int(data["opstamp"]),
            files=files,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(str(error)) from error
    if not GENERATION.fullmatch(found.generation):
        raise Unreadable("generation")
    return found


def write(folder: Path, manifest: Manifest) -> None:
    """Atomic and durable: readers see the old one or the new one, also after a power cut."""
    data = {
        "format": manifest.format,
        "generation": manifest.generation,
        "cursor": manifest.cursor,
        "count": manifest.count,
        "opstamp": manifest.opstamp,
        "files": {name: list(entry) for name, entry in sorted(manifest.files.items())},
    }
    path = folder / f"{NAME}.new"
    with path.open("w", encoding="utf-8") as out:
        json.dump(data, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    path.replace(folder / NAME)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def inventory(generation: Path, known: Mapping[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Sizes and hashes of all files in use. Segment files never change, so known ones are not read again."""
    files: dict[str, tuple[int, str]] = {}
    for name in [META, *sorted(_in_use(generation))]:
        size = (generation / name).stat().st_size
        if name != META and name in known and known[name][0] == size:
            files[name] = known[name]
        else:
            files[name] = (size, _digest(generation / name))
    return files


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def opstamp(generation: Path) -> int:
    return int(_meta(generation)["opstamp"])


def _meta(generation: Path) -> dict[str, Any]:
    meta = json.loads((generation / META).read_bytes())
    if not isinstance(meta, dict):
        raise TypeError(META)
    return meta


def _in_use(generation: Path) -> set[str]:
    """Files of the segments that the engine's meta.json names."""
    names: set[str] = set()
    for segment in _meta(generation)["segments"]:
        stem = str(segment["segment_id"]).replace("-", "")
        names |= {f"{stem}.{component}" for component in COMPONENTS}
        if segment["deletes"]:
            names.add(f"{stem}.{segment['deletes']['opstamp']}.del")
    return names


def unnamed(generation: Path) -> list[Path]:
    """Deletions and drafts that a writer left when it was killed before its commit: meta.json names none of them.

    The engine makes the same names again at the next commit, and gives up where such a file exists.
    """
    kept = _in_use(generation)
    return [path for kind in ("*.del", ".tmp*") for path in generation.glob(kind) if path.name not in kept]


def check(folder: Path) -> list[str]:
    """Damage found, as short sentences; [] when sound.

    A missing index and one of an old format count as damage, since they have to be rebuilt as well.
    """
    problems: list[str] = []
    for _ in range(CHECK_ROUNDS):
        before = _stamps(folder)
        problems = _check_once(folder)
        if not problems or _stamps(folder) == before:
            break
    return problems


def _stamps(folder: Path) -> tuple[bytes, ...]:
    paths = (folder / NAME, *sorted(folder.glob(f"g*/{META}")))
    stamps: list[bytes] = []
    for path in paths:
        try:
            stamps.append(path.read_bytes())
        except OSError:
            stamps.append(b"")
    return tuple(stamps)


def _check_once(folder: Path) -> list[str]:
    try:
        manifest = read(folder)
    except (Unreadable, OSError) as error:
        return [f"{NAME}: unreadable ({error})"]
    if manifest is None:
        return [f"{NAME}: missing"]
    if manifest.format != format_name():
        return [f"{NAME}: format {manifest.format}, needed is {format_name()}"]
    generation = folder / manifest.generation
    try:
        json.loads((generation / MANAGED).read_bytes())
        needed = _in_use(generation)
        newest = opstamp(generation)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{manifest.generation}: list of segments is unreadable ({type(error).__name__})"]
    if newest <= manifest.opstamp:  # nothing was committed since: all has to be as it was recorded
        needed |= set(manifest.files)
    return _check_files(generation, needed, manifest.files)


def _check_files(generation: Path, needed: set[str], known: Mapping[str, tuple[int, str]]) -> list[str]:
    problems: list[str] = []
    for name in sorted(needed):
        path = generation / name
        fault = _fault(path, known[name]) if name in known else _footer_fault(path)
        if fault:
            problems.append(f"{generation.name}/{name}: {fault}")
    return problems


def _fault(path: Path, entry: tuple[int, str]) -> str | None:
    try:
        size = path.stat().st_size
        if size != entry[0]:
            return f"{size} bytes instead of {entry[0]}"
        return None if _digest(path) == entry[1] else "content changed"
    except OSError:
        return "missing"


def _footer_fault(path: Path) -> str | None:
    """What the checksum in the footer of one of the engine's own files says."""
    try:
        data = path.read_bytes()
    except OSError:
        return "missing"
    try:
        length, magic = struct.unpack("<II", data[-8:])
        if magic != FOOTER_MAGIC or length > FOOTER_LIMIT:
            return "truncated"
        crc = json.loads(data[-8 - length : -8])["crc"]
    except (struct.error, ValueError, KeyError, TypeError):
        return "truncated"
    return None if zlib.crc32(memoryview(data)[: -8 - length]) == crc else "content changed"
