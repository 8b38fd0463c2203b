"""Foreign tenders from a file: finds out what it is and hands its notices to the translation of that format.

Read are TED notices (JSON Lines) and OCDS release packages, record packages, lists of releases and single releases,
whether the file is one JSON document or has one document per line. Nothing in a file makes this raise: what cannot be
used is left out and reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO, Final, NamedTuple

from app.exchange import ocds, ted
from app.exchange.foreign import (
    Findings,
    ForeignAwardLine,
    ForeignLine,
    ForeignParty,
    ForeignTender,
    Problem,
)
from app.kernel.values import N_

__all__ = ["ForeignAwardLine", "ForeignLine", "ForeignParty", "ForeignTender", "Problem", "read_tenders"]

LIMIT_BYTES: Final = 16 * 1024 * 1024
NOTICES_LIMIT: Final = 10_000  # notices or releases per file

NOT_UTF8: Final = N_("This is not UTF-8 text.")
NOT_JSON: Final = N_("This is not valid JSON.")
TOO_DEEP: Final = N_("The JSON is nested too deeply.")


class _Entry(NamedTuple):
    """A notice or release, and where it stands; `is_release` when the file itself calls it one."""

    where: str
    value: dict[str, Any]
    is_release: bool = False


class _Unreadable(Exception):
    """Why a piece of the file is no JSON; always caught here."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_tenders(stream: BinaryIO, *, limit_bytes: int = LIMIT_BYTES) -> tuple[list[ForeignTender], list[Problem]]:
    """The tenders of a file and what is wrong with it. The rules of each format stand in its own module."""
    findings = Findings()
    content = stream.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        findings.report("file", "", N_("The file is larger than allowed; nothing was read."))
        return [], findings.problems()
    entries = list(_entries(content.removeprefix(b"\xef\xbb\xbf"), findings))
    if len(entries) > NOTICES_LIMIT:
        findings.report("file", "", N_("The file holds more notices than allowed; the rest was left out."))
    notices, releases = [], []
    for where, entry, is_release in entries[:NOTICES_LIMIT]:
        if is_release or "ocid" in entry:
            releases.append((where, entry))
        elif not entry.keys().isdisjoint(("notice_id", "ted_doc_id", "form")):
            notices.append((where, entry))
        else:
            findings.report(where, "", N_("This is neither a TED notice nor an OCDS release; it was left out."))
    return [*ted.read_notices(notices, findings), *ocds.read_releases(releases, findings)], findings.problems()


def _entries(content: bytes, findings: Findings) -> Iterator[_Entry]:
    if not content.strip():
        findings.report("file", "", N_("The file is empty."))
        return
    try:
        whole = _parsed(content)
    except _Unreadable as error:
        yield from _lines(content, error, findings)
        return
    yield from _unfolded("line 1", whole, findings)


def _lines(content: bytes, whole: _Unreadable, findings: Findings) -> Iterator[_Entry]:
    """One document per line; if hardly any line is one, the file was meant to be a single document."""
    documents: list[tuple[str, object]] = []
    failed: list[tuple[str, str]] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            documents.append((f"line {number}", _parsed(line)))
        except _Unreadable as error:
            failed.append((f"line {number}", error.reason))
    if sum(isinstance(document, dict) for _, document in documents) <= len(failed) // 2:
        findings.report(f"line {whole.line}" if whole.line else "file", "", whole.reason)
        return
    for where, reason in failed:
        findings.report(where, "", reason)
    for where, document in documents:
        yield from _unfolded(where, document, findings)


def _unfolded(where: str, document: object, findings: Findings) -> Iterator[_Entry]:
    """The notices or releases inside a document: itself, or those of a package, a record package or a list."""
    outer = "" if where == "line 1" else f"{where}, "
    if isinstance(document, list):
        is_ocds = any(isinstance(entry, dict) and "ocid" in entry for entry in document)
        yield from _numbered(f"{outer}release" if is_ocds else f"{outer}notice", document, findings, is_release=is_ocds)
    elif isinstance(document, dict) and "releases" in document and "ocid" not in document:
        yield from _numbered(f"{outer}release", document["releases"], findings, is_release=True)
    elif isinstance(document, dict) and "records" in document:
        for record in _numbered(f"{outer}record", document["records"], findings):
            yield from _recorded(record.where, record.value, findings)
    elif isinstance(document, dict):
        yield _Entry(where, document)
    else:
        findings.report(where, "", N_("An object is expected here."))


def _recorded(where: str, record: dict[str, Any], findings: Findings) -> Iterator[_Entry]:
    """The releases of a record, or its compiled release where they are only linked."""
    releases = record.get("releases")
    embedded = [r for r in releases if isinstance(r, dict) and "ocid" in r] if isinstance(releases, list) else []
    compiled = record.get("compiledRelease")
    if embedded:
        yield from _numbered(f"{where}, release", embedded, findings, is_release=True)
    elif isinstance(compiled, dict):
        yield _Entry(where, compiled, is_release=True)
    else:
        findings.report(where, "releases", N_("The record holds no release of its own, only links at most."))


def _numbered(what: str, entries: object, findings: Findings, *, is_release: bool = False) -> Iterator[_Entry]:
    if not isinstance(entries, list):
        findings.report(what, "", N_("A list is expected here."))
        return
    if not entries:
        findings.report(what, "", N_("The list is empty."))
    for number, entry in enumerate(entries, start=1):
        if isinstance(entry, dict):
            yield _Entry(f"{what} {number}", entry, is_release)
        else:
            findings.report(f"{what} {number}", "", N_("An object is expected here."))


def _parsed(content: bytes) -> object:
    """JSON with decimal numbers; NaN and Infinity, which JSON does not know, become numbers that are not finite."""
    try:
        return json.loads(content.decode(), parse_float=_number, parse_int=_number, parse_constant=Decimal)
    except UnicodeDecodeError:
        raise _Unreadable(NOT_UTF8) from None
    except json.JSONDecodeError as error:
        raise _Unreadable(NOT_JSON, error.lineno) from None
    except RecursionError:
        raise _Unreadable(TOO_DEEP) from None


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what a machine can hold
        return Decimal("NaN")
