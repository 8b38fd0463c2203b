"""Every word of the generic pages, the kernel and the accounts is there in Chinese, once, with its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask

from app import domains
from app.http import collections
from app.kernel.lifecycle import LIFECYCLES
from app.web.core.shown import label, read_fields

domains.load()

ROOT = Path(__file__).parent.parent.parent
CHINESE = ROOT / "app" / "translations" / "zh"
PLACES = (
    "kernel", "accounts", "http.py", "i18n.py", "api", "web/__init__.py", "web/auth.py", "web/account.py",
    "web/joining.py", "web/work.py", "web/core", "web/templates/core", "web/templates/work", "web/templates/docs.html",
)  # fmt: skip
MARKERS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
CHINESE_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
PARAMETER = re.compile(r"%\((\w+)\)[sd]")


def marked() -> Iterator[tuple[str, str]]:
    """(source text, where it stands)."""
    for place in PLACES:
        path = ROOT / "app" / place
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            method = {".py": "python", ".html": "jinja2.ext:babel_extract"}.get(file.suffix)
            if method is None:
                continue
            for line, message, _comments, _context in extract_from_file(method, str(file), keywords=MARKERS):
                yield message if isinstance(message, str) else message[0], f"{file.name}:{line}"


def translated() -> dict[str, list[tuple[str, str]]]:
    """Source text -> (file, Chinese text) wherever it is translated."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(CHINESE.glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh"):
                if message.id and message.string:
                    source = message.id if isinstance(message.id, str) else message.id[0]
                    chinese = message.string if isinstance(message.string, str) else message.string[0]
                    found.setdefault(source, []).append((path.name, chinese))
    return found


def test_every_word_is_translated() -> None:
    known = translated()
    missing = [f"{where}: {source}" for source, where in marked() if source not in known]
    assert missing == []


def test_every_sentence_of_an_action_of_the_accounts_is_translated() -> None:
    known = translated()
    verbs = [verb for one in LIFECYCLES.values() for verb in one.actions.values()]
    own = [verb for verb in verbs if verb.effect.__module__.startswith("app.accounts")]
    assert own
    assert [verb.sentence for verb in own if verb.sentence not in known] == []


def test_no_word_is_translated_in_two_places() -> None:
    assert {source: places for source, places in translated().items() if len(places) > 1} == {}


def test_translations_keep_the_parameters_of_their_source() -> None:
    for source, places in translated().items():
        for name, chinese in places:
            assert set(PARAMETER.findall(chinese)) == set(PARAMETER.findall(source)), (name, source)


@pytest.mark.parametrize("unwanted", ["！", "·", "无风险"])
def test_chinese_words_are_calm(unwanted: str) -> None:
    assert [source for source, places in translated().items() for _, words in places if unwanted in words] == []


@pytest.mark.parametrize("name", sorted(collections()))
def test_every_field_that_a_page_shows_is_called_something_in_chinese(app: Flask, name: str) -> None:
    lifecycle = collections()[name]
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        called = {field: label(field, declared) for field, declared in read_fields(lifecycle).items()}
    assert called
    assert {field: words for field, words in called.items() if not CHINESE_CHARACTER.search(words)} == {}
