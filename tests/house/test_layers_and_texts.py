"""The building inspector: texts are translated, templates keep the house's rules, names are documented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from app import domains
from app.http import callable_actions, collections
from app.kernel.errors import CODES
from app.kernel.lifecycle import LIFECYCLES

ROOT: Final = Path(__file__).parent.parent.parent
APP: Final = ROOT / "app"
DOCS: Final = ROOT / "docs"
MARKERS: Final = {"N_": (1,), "_": (1,), "gettext": (1,), "ngettext": (1, 2)}
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]")

domains.load()


def sources() -> list[Path]:
    return sorted(path for path in APP.rglob("*.py") if "__pycache__" not in path.parts)


def templates() -> list[Path]:
    return sorted((APP / "web" / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# Texts ----------------------------------------------------------------------------------------------------------------


@cache
def marked() -> dict[str, list[str]]:
    """Source text -> places where it is marked for translation."""
    found: dict[str, list[str]] = {}
    for path in sources():
        for line, text, _, _ in extract("python", BytesIO(path.read_bytes()), MARKERS, (), {}):
            found.setdefault(one_or_many(text), []).append(f"{name(path)}:{line}")
    for path in templates():
        for line, function, text, _ in babel_extract(BytesIO(path.read_bytes()), tuple(MARKERS), (), {}):
            given = text if isinstance(text, tuple) else (text,)
            wanted = given[: len(MARKERS[str(function)])]
            found.setdefault(one_or_many(wanted), []).append(f"{name(path)}:{line}")
    for one in LIFECYCLES.values():
        for verb in callable_actions(one):  # the sentence of an action stands beside its button
            found.setdefault(verb.sentence, []).append(verb.full_name)
    return found


def texts_of_data() -> set[str]:
    """Texts that are translated though no marker stands beside them: data of ours, and what only SYSTEM does."""
    return {verb.sentence for one in LIFECYCLES.values() for verb in one.actions.values()}


def one_or_many(text: object) -> str:
    """A text; of a plural both forms."""
    parts = text if isinstance(text, (tuple, list)) else (text,)
    return " | ".join(str(part) for part in parts if part is not None)


@cache
def translated() -> dict[str, dict[str, str]]:
    """Source text -> PO file -> Chinese text."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((APP / "translations" / "zh").glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh", abort_invalid=True):
                if message.id:
                    chinese = "" if message.fuzzy else one_or_many(message.string)
                    found.setdefault(one_or_many(message.id), {})[path.name] = chinese
    return found


def test_texts_are_found_at_all() -> None:
    assert len(marked()) > 500
    assert "This is done by: %(who)s." in marked()


def test_every_text_has_a_chinese_translation() -> None:
    missing = {text: places for text, places in marked().items() if not any(translated().get(text, {}).values())}
    assert missing == {}


def test_no_text_is_translated_in_two_places() -> None:
    assert {text: [*files] for text, files in translated().items() if len(files) > 1} == {}


def test_no_translation_has_lost_its_text() -> None:
    orphans: dict[str, list[str]] = {}
    for text in translated().keys() - marked().keys() - texts_of_data():
        for file in translated()[text]:
            orphans.setdefault(file, []).append(text)
    assert orphans == {}


def test_translations_have_the_placeholders_of_their_text() -> None:
    wrong = {}
    for text, files in translated().items():
        for file, chinese in files.items():
            if chinese and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(chinese)):
                wrong[text] = (file, chinese)
    assert wrong == {}


def test_a_translation_can_be_filled_in_without_failing() -> None:
    for text, files in translated().items():
        params = dict.fromkeys(PLACEHOLDER.findall(text), 1)
        for chinese in files.values():
            if params:
                assert chinese % params


@pytest.mark.parametrize(
    "what,pattern",
    [
        ("an exclamation mark", r"[!！]"),
        ("你, where the house says 您", r"你"),
        ("a blank at an end", r"^\s|\s$"),
        ("Latin punctuation after a Chinese character", r"[\u4e00-\u9fff][,;:?](?!\d)"),
    ],
)
def test_chinese_is_calm_and_typeset_as_chinese(what: str, pattern: str) -> None:
    found = {
        text: chinese
        for text, files in translated().items()
        for chinese in files.values()
        if re.search(pattern, chinese) and not (re.search(pattern, text) and pattern.startswith("^"))
    }
    assert found == {}, what


# Templates ------------------------------------------------------------------------------------------------------------

FORBIDDEN: Final = {
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an inline style sheet": r"<style[\s>]",
    "a handler in an attribute": r"<[^>{}]*\son\w+\s*=",
    "a style in an attribute": r"<[^>{}]*\sstyle\s*=",
    "unescaped output": r"\|\s*safe\b|{%-?\s*autoescape\s+false",
    "an address that runs": r"javascript:",
    "another host": r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [
        f"{name(path)}: {hit}"
        for path in templates()
        for hit in re.findall(FORBIDDEN[what], without_comments(path.read_text(encoding="utf-8")), re.IGNORECASE)
    ]
    assert found == []


def without_comments(text: str) -> str:
    return re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)


def test_no_style_sheet_or_script_of_ours_names_another_host() -> None:
    static = APP / "web" / "static"
    for path in [*static.rglob("*.css"), *static.rglob("*.js"), *static.rglob("*.svg")]:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(FORBIDDEN["another host"], text, re.IGNORECASE) == [], name(path)


def test_there_are_templates_to_look_at() -> None:
    assert len(templates()) > 10
    for what, sample in (
        ("an inline script", "<script>x</script>"),
        ("a handler in an attribute", '<a onclick="x">'),
        ("a style in an attribute", '<p class="a" style="x">'),
        ("unescaped output", "{{ x | safe }}"),
        ("another host", '<img src="//cdn.example/x.png">'),
    ):
        assert re.search(FORBIDDEN[what], sample), f"the inspector is blind to {what}"
    assert not re.search(FORBIDDEN["an inline script"], '<script defer src="/static/app.js"></script>')


# Docs -----------------------------------------------------------------------------------------------------------------


def doc(file: str) -> str:
    return (DOCS / file).read_text(encoding="utf-8")


def undocumented(names: set[str], file: str) -> list[str]:
    """Names that do not stand in the document as a word in `code`."""
    told = set(re.findall(r"`([^`\n]+)`", doc(file)))
    return sorted(names - told)


def settings() -> set[str]:
    """Every environment variable that config.py reads."""
    tree = ast.parse((ROOT / "config.py").read_text(encoding="utf-8"))
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_setting_is_documented() -> None:
    assert len(settings()) > 8
    assert undocumented(settings(), "configuration.md") == []


def test_every_refusal_is_documented() -> None:
    assert undocumented({code for code in CODES if not code.startswith("test_")}, "refusals.md") == []


def test_every_event_is_documented() -> None:
    events = {verb.event_name for one in LIFECYCLES.values() for verb in one.actions.values()}
    events |= {verb.birth_name for one in LIFECYCLES.values() for verb in one.actions.values() if verb.makes}
    assert undocumented(events, "events.md") == []


def test_every_collection_is_documented() -> None:
    assert undocumented({f"/api/v1/{one}" for one in collections()}, "actions.md") == []
    assert "(actions.md)" in doc("api.md")


# Layers ---------------------------------------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every call in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def callers(pattern: str) -> dict[str, list[int]]:
    """Module -> lines that call something of this name."""
    found: dict[str, list[int]] = {}
    for path in sources():
        for line, called in calls(path):
            if re.fullmatch(pattern, called):
                found.setdefault(name(path), []).append(line)
    return found


def test_there_is_one_commit_in_the_program() -> None:
    index = callers(r".*writer\.commit").keys()  # of the search index, which is no database
    assert callers(r".*\bcommit").keys() - index == {"app/kernel/db.py", "app/kernel/work.py"}
    assert len(callers(r"session\.commit")["app/kernel/work.py"]) == 1
    assert callers(r"connection\.commit").keys() == {"app/kernel/db.py"}, "which sets a fresh connection up"


def test_only_the_security_log_has_a_transaction_of_its_own() -> None:
    assert list(callers(r".*engine\.begin")) == ["app/kernel/security.py"]


def test_there_is_one_clock_in_the_program() -> None:
    clocks = (
        r".*\bdatetime\.(now|utcnow|today)|.*\bdate\.today|time\.time|time\.time_ns|.*func\.(now|current_timestamp)"
    )
    assert list(callers(clocks)) == ["app/kernel/values.py"]


def test_the_kernel_and_the_domains_know_no_request() -> None:
    faces = {"http", "i18n", "limits", "logs", "api", "web", "cli", "probes", "__init__"}
    for path in sources():
        part = path.relative_to(APP).parts[0].removesuffix(".py")
        if part in faces:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"from flask import [^\n]*\b(request|session|g)\b", text), name(path)


def test_no_module_is_past_what_one_reads_in_one_go() -> None:
    long = {name(path): count for path in sources() if (count := len(path.read_text("utf-8").splitlines())) > 450}
    assert long == {}
