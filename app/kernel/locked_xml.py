"""The one door for XML: read as a stream, within limits, with everything locked that XML can do; written as a stream.

Nothing is expanded, fetched or included: no entities, no DTD, no network, no XInclude, no processing instructions, no
style sheets. A DOCTYPE that names an outside DTD is tolerated and passed over, for every cXML document carries one;
one that declares something inside itself is refused before a parser sees it. No tree of the document is ever built:
only the elements that are asked for come out, each as a plain `Node`.

Whoever reads XML reads it here. The module needs lxml alone, so that a child process that knows nothing of LabPark can
load it by its path.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from lxml import etree

CHUNK_BYTES: Final = 64 * 1024
PROLOG_BYTES: Final = 64 * 1024
"""Where the root element has to have begun."""

_ENCODINGS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "iso-8859-1": "iso-8859-1",
}  # fmt: skip
"""Declared encoding -> how it is decoded. In each of them `<` is one byte and means nothing else."""

_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_DECLARATION: Final = re.compile(r"<\?xml\s([^>]*?)\?>")
_ENCODING: Final = re.compile(r"\sencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_BETWEEN: Final = re.compile(r"(?:\s+|<!--(?:[^-]|-(?!-))*-->|<\?(?:[^?]|\?(?!>))*\?>)*")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE(?:[^\[\"'>]|\"[^\"]*\"|'[^']*')*([\[>])")
_ROOT: Final = re.compile(r"<[^\W\d][\w.:-]*")


class XmlRefused(Exception):
    """A document is not read. `code` is "xml_broken" (not well-formed), "xml_encoding" (none that is read),
    "xml_excess" (beyond the limits) or "unsafe_parts" (declarations of its own)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _refuse(code: str) -> NoReturn:
    raise XmlRefused(code)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a document may hold; lengths in characters."""

    file_bytes: int = 160 * 1024 * 1024
    depth: int = 32
    elements: int = 6_000_000
    record_elements: int = 5_000
    record_chars: int = 2_000_000
    attributes: int = 40
    attribute_chars: int = 4_000
    text_chars: int = 200_000


@dataclass(slots=True)
class Node:
    """An element with all that stands in it and is of its document's own namespace.

    `attributes` are by local name (xml:lang is "lang"); `text` is its own text in one piece, without its children's;
    `within` is the name of the element around it.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    within: str = ""
    children: list[Node] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands in it directly, tidy at both ends."""
        return "".join(self.parts).strip()

    def all(self, *path: str) -> list[Node]:
        """The elements at the end of a path of names, in the order of the document."""
        found = [self]
        for name in path:
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, *path: str) -> Node | None:
        """The first of them."""
        return next(iter(self.all(*path)), None)

    def said(self, *path: str) -> str | None:
        """The text of the first of them; None where there is none."""
        node = self.first(*path)
        return None if node is None else node.text


def records(path: Path | str, wanted: Collection[str], limits: Limits | None = None) -> Iterator[Node]:
    """The root element (as it begins, without its content), then every outermost element that has a wanted name.

    Raises XmlRefused; what came before may have been yielded by then.
    """
    handler = _Handler(wanted, limits or Limits())
    parser = etree.XMLParser(
        target=handler, encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for text in _texts(Path(path), handler.limits):
            parser.feed(text.encode())
            yield from handler.take()
        parser.close()
        yield from handler.take()
    except etree.LxmlError:
        _refuse("xml_broken")


class _Handler:
    """Takes the events of the parser, counts, and keeps what is wanted."""

    def __init__(self, wanted: Collection[str], limits: Limits) -> None:
        self.limits = limits
        self._wanted = wanted
        self._namespace: str | None = None
        self._done: list[Node] = []
        self._open: list[Node | None] = []
        self._path = [""]
        self._elements = self._in_record = self._record_chars = self._run = 0

    def take(self) -> Iterator[Node]:
        """What is finished since last time."""
        done, self._done = self._done, []
        return iter(done)

    def start(self, tag: str, attributes: Any) -> None:
        """An element begins; one of another namespace is left out with all that stands in it."""
        self._count(attributes)
        namespace, name = _split(tag)
        if self._namespace is None:
            self._namespace = namespace
            self._done.append(Node(name, namespace, _plain(attributes)))
        own = namespace == self._namespace
        node = Node(name, namespace, _plain(attributes), self._path[-1]) if own else None
        self._path.append(name if own else "")
        if self._open:
            above = self._open[-1]
            node = node if above is not None else None
            if above is not None and node is not None:
                above.children.append(node)
            self._open.append(node)
        elif node is not None and name in self._wanted:
            self._in_record = self._record_chars = 0
            self._open.append(node)

    def _count(self, attributes: Any) -> None:
        self._elements += 1
        self._in_record += bool(self._open)
        self._run = 0
        most = self.limits
        if len(self._path) > most.depth or self._elements > most.elements or self._in_record > most.record_elements:
            _refuse("xml_excess")
        if len(attributes) > most.attributes or any(len(text) > most.attribute_chars for text in attributes.values()):
            _refuse("xml_excess")

    def data(self, text: str) -> None:
        """Text, perhaps a piece of it."""
        self._run += len(text)
        self._record_chars += len(text)
        if self._run > self.limits.text_chars or (self._open and self._record_chars > self.limits.record_chars):
            _refuse("xml_excess")
        if self._open and self._open[-1] is not None:
            self._open[-1].parts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        del tag
        self._path.pop()
        self._run = 0
        if self._open:
            node = self._open.pop()
            if not self._open and node is not None:
                self._done.append(node)

    def close(self) -> None:
        """The document ends."""


def _split(tag: str) -> tuple[str, str]:
    namespace, _brace, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name


def _plain(attributes: Any) -> dict[str, str]:
    """Attributes without a namespace, and the language. A parser that replaces no entities hands every ampersand of an
    attribute on as `&#38;` (libxml2, xmlSAX2AttributeNs); no other is left in it."""
    found = {str(name): value.replace("&#38;", "&") for name, value in attributes.items() if not name.startswith("{")}
    if _LANGUAGE in attributes:
        found["lang"] = str(attributes[_LANGUAGE])
    return found


# Before the parser ----------------------------------------------------------------------------------------------------


def _texts(path: Path, limits: Limits) -> Iterator[str]:
    """The document as text without its XML declaration, piece by piece: the parser is given UTF-8 and nothing else."""
    if path.stat().st_size > limits.file_bytes:
        _refuse("xml_excess")
    with path.open("rb") as stream:
        head = stream.read(PROLOG_BYTES)
        marked = head.startswith(codecs.BOM_UTF8)
        head = head.removeprefix(codecs.BOM_UTF8)
        encoding = _encoding_of(head)
        if marked and encoding != "utf-8":
            _refuse("xml_encoding")
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            yield _beginning(decoder.decode(head))
            while chunk := stream.read(CHUNK_BYTES):
                yield decoder.decode(chunk)
            yield decoder.decode(b"", final=True)
        except UnicodeError:
            _refuse("xml_encoding")


def _encoding_of(head: bytes) -> str:
    """How to decode a document. UTF-16 and whatever else hides its signs from a search of bytes is not read."""
    if b"\0" in head[:64] or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _refuse("xml_encoding")
    if not head.lstrip().startswith(b"<"):
        _refuse("xml_broken")
    declaration = _DECLARATION.match(head[:400].decode("latin-1"))
    named = _ENCODING.search(f" {declaration[1]}") if declaration is not None else None
    found = _ENCODINGS.get(named[1].lower()) if named is not None else "utf-8"
    return found or _refuse("xml_encoding")


def _beginning(text: str) -> str:
    """The first piece, sound up to its root element. Its DOCTYPE is taken away once it has declared nothing: the parser
    does not even hear of a DTD, and an entity that only the DTD knows is an error instead of a gap in a text."""
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration is not None else text
    at = _end_of(_BETWEEN, text, 0)
    if text.startswith("<!DOCTYPE", at):
        doctype = _DOCTYPE.match(text, at)
        if doctype is None:
            _refuse("xml_broken")
        if doctype[1] == "[":
            _refuse("unsafe_parts")
        text = text[:at] + text[doctype.end() :]
        at = _end_of(_BETWEEN, text, at)
    if _ROOT.match(text, at) is None:
        _refuse("xml_broken")
    return text


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


# Out ------------------------------------------------------------------------------------------------------------------

_NO_CHAR: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold at all (section 2.2, Char); it is left out."""


class Writer:
    """Writes elements one after the other, as a stream; everything is escaped."""

    def __init__(self, file: Any, namespace: str) -> None:
        self._file, self._namespace = file, namespace

    @contextmanager
    def element(self, name: str, /, **attributes: str) -> Iterator[None]:
        """An element around what is written meanwhile; the attribute xml_lang is xml:lang."""
        with self._file.element(self._tag(name), _attributes(attributes)):
            yield

    def leaf(self, name: str, text: object, /, **attributes: str) -> None:
        """An element that holds a text."""
        with self.element(name, **attributes):
            self.text(str(text))

    def text(self, text: str) -> None:
        """A text where the writer stands."""
        self._file.write(_NO_CHAR.sub("", text))

    def line(self) -> None:
        """A line break between elements."""
        self._file.write("\n")

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}" if self._namespace else name


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("xml_", "xml:"): _NO_CHAR.sub("", text) for name, text in given.items()}


@contextmanager
def written(
    stream: IO[bytes], root: str, /, *, namespace: str = "", system: str = "", **attributes: str
) -> Iterator[Writer]:
    """A document in UTF-8 with this root element; `system` names the DTD of its DOCTYPE, if it has one."""
    with etree.xmlfile(stream, encoding="utf-8") as file:
        file.write_declaration()
        if system:
            file.write_doctype(f'<!DOCTYPE {root} SYSTEM "{system}">')
        writer = Writer(file, namespace)
        tag = f"{{{namespace}}}{root}" if namespace else root
        with file.element(tag, _attributes(attributes), nsmap={None: namespace} if namespace else None):
            yield writer
