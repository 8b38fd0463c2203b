"""The fields of the index, and how a card becomes a document.

Change a field, a tokeniser rule or the meaning of a value, and raise FORMAT: indexes of another format are not opened
but rebuilt from the database.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import re
from collections.abc import Iterable

import tantivy

from . import text
from .heads import heads
from .shapes import Card

FORMAT = 3
FACETS = {"category": "category", "brand": "brand", "supplier": "supplier", "kind": "kind"}
SORTS = {"price": "price_up", "-price": "price_down", "lead_time": "lead"}

LARGEST = 1 << 62  # of any number in the index
LAST = (1 << 40) - 1  # sorts after every price (up to 11 thousand million yuan) and after every lead time
TIE_BITS = 60  # of the tie-breaker taken from the id: two of a million listings share one with odds of 1 in 2 million
TWIN_BITS = (
    TIE_BITS - 22
)  # of it that do not fit into LARGEST behind a price: listings that differ in them only are twins
MAX_ID_CHARS = 128
MAX_TITLE_TOKENS = 600
MAX_BODY_TOKENS = 6_000
SEPARATOR = "\x1f"  # between the key and the display of a suggestion
NO_CURRENCY = "-"
ATTRIBUTE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")

# Weights of a score at equal words: how soon it can be had, then a little of the id, so that equal scores are rare.
SOON_DAYS, LATER_DAYS = 7, 30
AVAILABILITY_STEP = 0.0005


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for name in ("title", "also", "path", "body"):  # tokens made by text.py, one blank between them
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("code", "head", "sound", "initial", "vocabulary"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*FACETS.values(), "currency"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("price", fast=True)
    builder.add_integer_field("lead_days", fast=True)
    builder.add_boolean_field("on_request", indexed=True, fast=True)
    builder.add_json_field("attributes", fast=True, tokenizer_name="raw", index_option="basic")
    for name in SORTS.values():
        builder.add_integer_field(name, fast=True)
    builder.add_integer_field("tie", fast=True)
    builder.add_float_field("weight", fast=True)
    builder.add_bytes_field("row", stored=True)
    builder.add_bytes_field("label", stored=True)
    return builder.build()


def document(card: Card) -> tantivy.Document:
    """The document of one card; ValueError where the card cannot be indexed."""
    if not 0 < len(card.id) <= MAX_ID_CHARS:
        raise ValueError("card: id")
    doc = tantivy.Document()
    doc.add_text("id", card.id)
    _add_words(doc, card)
    _add_facets(doc, card)
    _add_numbers(doc, card)
    doc.add_json("attributes", _attributes(card))
    doc.add_bytes("row", _json([card.id, card.version, dict(card.stored)]))
    chinese = card.names.get("zh", "")
    label = [chinese, card.names.get("en", ""), card.brand, card.model, " ".join(text.syllables(chinese))]
    doc.add_bytes("label", _json(label))
    return doc


def _add_words(doc: tantivy.Document, card: Card) -> None:
    names = [n for n in card.names.values() if n]
    brands = [card.brand, *card.brand_aliases]
    title = _tokens((*names, *brands, card.model, card.part_no))
    codes = {text.squeeze(c) for c in (card.model, card.part_no, f"{card.brand}{card.model}")} - {""}
    codes |= set(card.codes)
    doc.add_text("title", " ".join([*title[:MAX_TITLE_TOKENS], *sorted(codes)]))
    doc.add_text("also", " ".join(_tokens(text.synonyms(names))))
    words = (v for v in card.attributes.values() if isinstance(v, str))  # choices are found by the supplier's words
    doc.add_text("path", " ".join(_tokens(card.category_names)))
    body = _tokens((card.supplier_name, *words, *card.summary.values()))
    doc.add_text("body", " ".join(body[:MAX_BODY_TOKENS]))
    for code in codes:
        doc.add_text("code", code)
    for head in {head for name in names for head in heads(name)}:
        doc.add_text("head", head)
    joined: set[str] = set()
    initials: set[str] = set()
    for name in (*names, *brands, *card.category_names):
        more_joined, more_initials = text.sounds(name)
        joined |= more_joined
        initials |= more_initials
    for sound in joined:
        doc.add_text("sound", sound)
    for initial in initials:
        doc.add_text("initial", initial)
    for entry in _vocabulary(card):
        doc.add_text("vocabulary", entry)


def _tokens(texts: Iterable[str]) -> list[str]:
    return [token for each in texts for token in text.tokens(each)]


def _vocabulary(card: Card) -> set[str]:
    """Brands and categories, under every key they may be typed by. Few distinct values, however many listings."""
    entries: set[str] = set()
    spelled = [(card.brand, (card.brand, *card.brand_aliases)), *((name, (name,)) for name in card.category_names)]
    for display, spellings in spelled:
        shown = " ".join(display.split())[: text.MAX_TOKEN_CHARS]
        if not shown:
            continue
        keys: set[str] = set()
        for spelling in spellings:
            keys |= starts(spelling)
            keys = keys.union(*text.sounds(spelling))
        entries |= {f"{key}{SEPARATOR}{shown}" for key in keys if key}
    return entries


def starts(name: str) -> set[str]:
    """The text from each word, and in Chinese from each character, on."""
    key = text.normalise(name)[: text.MAX_TOKEN_CHARS]
    keys = {key}
    for piece_start in re.finditer(r"(?<=[\s\-/(])\w|[\u3400-\u9fff]", key):
        keys.add(key[piece_start.start() :])
    return keys


def _add_facets(doc: tantivy.Document, card: Card) -> None:
    for code in dict.fromkeys(card.category):
        doc.add_text("category", code)
    if card.brand:
        doc.add_text("brand", card.brand)
    doc.add_text("supplier", card.supplier_id)
    doc.add_text("kind", card.kind)
    doc.add_text("currency", card.currency or NO_CURRENCY)


def _add_numbers(doc: tantivy.Document, card: Card) -> None:
    price = None if card.price_minor is None else max(0, min(card.price_minor, LARGEST))
    days = None if card.lead_time_days is None else max(0, min(card.lead_time_days, LARGEST))
    doc.add_boolean("on_request", price is None)
    if price is not None:
        doc.add_integer("price", price)
    if days is not None:
        doc.add_integer("lead_days", days)
    tie = tie_breaker(card.id)
    doc.add_integer("tie", tie)
    doc.add_float("weight", _weight(days, tie))
    doc.add_integer("price_up", _order(LAST if price is None else min(price, LAST - 1), tie))
    doc.add_integer("price_down", _order(LAST if price is None else max(0, LAST - 1 - price), tie))
    doc.add_integer("lead", _order(LAST if days is None else min(days, LAST - 1), tie))


def _order(key: int, tie: int) -> int:
    """What a sorted page is read by: one number, so that "after this row" is one range."""
    return key << (TIE_BITS - TWIN_BITS) | tie >> TWIN_BITS


def tie_breaker(listing_id: str) -> int:
    digest = hashlib.blake2b(listing_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - TIE_BITS)


def _weight(days: int | None, tie: int) -> float:
    steps = 0 if days is None else 3 if days <= SOON_DAYS else 2 if days <= LATER_DAYS else 1
    return AVAILABILITY_STEP * (steps + tie / (1 << TIE_BITS))


def _attributes(card: Card) -> dict[str, float | str | bool | list[str]]:
    out: dict[str, float | str | bool | list[str]] = {}
    for key, value in card.attributes.items():
        if not ATTRIBUTE_KEY.fullmatch(key):
            raise ValueError(f"card: attribute {key!r}")
        if isinstance(value, bool | str):
            out[key] = value
        elif isinstance(value, tuple):
            out[key] = list(value)
        elif math.isfinite(value):
            out[key] = float(value)
        else:
            raise ValueError(f"card: attribute {key!r} is not a finite number")
    return out


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def format_name() -> str:
    """What an index has to be made by to be opened: the format, and the engine's own file format."""
    major, minor, *_ = importlib.metadata.version("tantivy").split(".")
    return f"{FORMAT}/tantivy-{major}.{minor}"
