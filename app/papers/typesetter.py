"""The child that typesets one paper: reads an order from standard input, limits itself, writes the PDF.

It is run by its path, on its own (`python -I typesetter.py`), and imports nothing of LabPark.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Literal

import pylopdf_fonts_zh_cn
import typst

ARCHIVE_STANDARD: Literal["a-2b"] = "a-2b"
"""PDF/A-2b for the archive; text without a glyph in the fonts (an emoji) is not allowed there."""
NOT_TYPESET = 3


def limit(cpu_seconds: int, memory_bytes: int, most_bytes: int) -> None:
    """From here on the process cannot take more than this."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def compiled(kind: str, content: str, templates: str, timestamp: int) -> bytes:
    """The PDF, for the archive where its text allows that."""
    compiler = typst.Compiler(
        str(Path(templates) / f"{kind}.typ"),
        root=templates,
        font_paths=[str(Path(pylopdf_fonts_zh_cn.sans_path()).parent)],
        ignore_system_fonts=True,
        sys_inputs={"data": content},
    )
    try:
        made = compiler.compile(format="pdf", timestamp=timestamp, pdf_standards=[ARCHIVE_STANDARD])
    except typst.TypstError:
        made = compiler.compile(format="pdf", timestamp=timestamp)
    assert isinstance(made, bytes)
    return made


def main() -> int:
    """The exit code."""
    order = json.load(sys.stdin)
    limit(order["cpu_seconds"], order["memory_bytes"], order["most_bytes"])
    try:
        made = compiled(order["kind"], order["content"], order["templates"], order["timestamp"])
    except MemoryError:
        return int(order["out_of_memory"])
    except typst.TypstError as error:
        sys.stderr.write(f"{error.message}\n")
        return NOT_TYPESET
    if len(made) > order["most_bytes"]:
        return int(order["out_of_memory"])
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
