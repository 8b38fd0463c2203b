"""From content to PDF, in a child process with limits of its own: what a user wrote cannot stop or swell the worker."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from app.kernel.events import canonical

TEMPLATES: Final = Path(__file__).parent / "templates"
CHILD: Final = Path(__file__).with_name("typesetter.py")
WALL_SECONDS: Final = 30
CPU_SECONDS: Final = 25
MEMORY_BYTES: Final = 1024 * 1024 * 1024
PDF_MOST_BYTES: Final = 10 * 1024 * 1024
OUT_OF_MEMORY: Final = 9
"""The child's own exit code for memory that it was refused."""

TIMESTAMP: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
"""One moment for every PDF: when it was typeset is no part of what it says, and would make every copy another file."""


class NotTypeset(Exception):
    """There is no PDF; `code` is one of lifecycle.FAILURES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@cache
def edition() -> str:
    """What makes the same content look as it does: the templates, the compiler and the fonts."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.glob("*.typ")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for library in ("typst", "pylopdf-fonts-zh-cn"):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()


def digest_of(kind: str, content: dict[str, Any]) -> str:
    """SHA-256 of all that decides how a paper comes out; the same digest is the same bytes."""
    return hashlib.sha256(f"{edition()}\n{kind}\n{canonical(content)}".encode()).hexdigest()


def typeset(kind: str, content: dict[str, Any], *, seconds: float = WALL_SECONDS, memory: int = MEMORY_BYTES) -> bytes:
    """The PDF of a paper; NotTypeset when it cannot be made within `seconds` and `memory` bytes.

    Call it outside any transaction: it takes a moment.
    """
    order = {
        "kind": kind, "content": json.dumps(content, ensure_ascii=False), "timestamp": TIMESTAMP,
        "templates": str(TEMPLATES), "cpu_seconds": CPU_SECONDS, "memory_bytes": memory,
        "most_bytes": PDF_MOST_BYTES, "out_of_memory": OUT_OF_MEMORY,
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own script by its own path, no shell, no part of it from outside
            [sys.executable, "-I", str(CHILD)], input=json.dumps(order).encode(), capture_output=True, timeout=seconds,
            check=False, env={"RAYON_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotTypeset("too_long") from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        return done.stdout
    raise NotTypeset(_why(done.returncode))


def _why(code: int) -> str:
    if code == -signal.SIGXCPU:
        return "too_long"
    return "too_large" if code in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL) else "not_typeset"
