"""What the declarations say, printed: `flask actions`, and `flask docs`, which writes the generated part of docs/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask, current_app

from app.http import callable_actions, collection_birth, collections
from app.kernel.errors import CODES
from app.kernel.events import REACTIONS
from app.kernel.lifecycle import LIFECYCLES, Action, Lifecycle

GENERATED: Final = "<!-- Written by `flask docs`; edit the declarations instead. -->\n\n"


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(actions)
    app.cli.add_command(docs)


def _doers(verb: Action[Any, Any, Any]) -> str:
    return ", ".join(f"{role} of {party}" if role else party for party, role in verb.by.titles())


def _url(verb: Action[Any, Any, Any]) -> str:
    if verb not in callable_actions(verb.lifecycle) or verb.lifecycle.shape is None:
        return "-"
    if verb.makes is not None and verb.makes.shape is not None and collection_birth(verb.makes) is verb:
        return f"POST /api/v1/{verb.makes.collection}"
    return f"POST /api/v1/{verb.lifecycle.collection}/{{id}}/{verb.name}"


@click.command()
@click.argument("lifecycle", required=False)
def actions(lifecycle: str | None) -> None:
    """Every action with its arrow, who may, and its URL."""
    for one in sorted(LIFECYCLES.values(), key=lambda each: each.name):
        if lifecycle in (None, one.name):
            for verb in one.actions.values():
                click.echo(f"{verb.full_name:<38} {verb.arrow:<44} {_doers(verb):<60} {_url(verb)}")


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is not what the declarations say.")
def docs(check: bool) -> None:
    """Write docs/states.md, docs/refusals.md, docs/events.md and docs/actions.md from the declarations."""
    folder = Path(current_app.root_path).parent / "docs"
    stale = []
    for name, text in pages().items():
        path = folder / name
        if check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        elif not check:
            folder.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        raise click.ClickException(f"Out of date: {', '.join(stale)}. Run flask docs.")


def pages() -> dict[str, str]:
    """File name -> text of every generated page."""
    return {
        "states.md": _states(),
        "actions.md": _actions(),
        "refusals.md": _refusals(),
        "events.md": _events(),
    }


def _states() -> str:
    parts = ["# States\n\n", GENERATED, "One diagram per record: its states and the actions between them.\n"]
    for lifecycle in sorted(LIFECYCLES.values(), key=lambda each: each.name):
        parts += [f"\n## {lifecycle.title} (`{lifecycle.name}`)\n\n", *_diagram(lifecycle)]
    return "".join(parts)


def _diagram(lifecycle: Lifecycle[Any]) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2\n"
    for state in sorted({birth.born or lifecycle.initial for birth in lifecycle.births} or {lifecycle.initial}):
        yield f"  [*] --> {state}\n"
    for _, verb in sorted(lifecycle.actions.items()):
        for source in sorted(verb.sources):
            if verb.target is not None:
                yield f"  {source} --> {verb.target}: {verb.name}\n"
    for ending in lifecycle.states.values():
        if ending.final:
            yield f"  {ending.name} --> [*]\n"
    yield "```\n\n| State | Waits for | What happens next |\n|---|---|---|\n"
    for one in lifecycle.states.values():
        waits = ", ".join(" ".join(filter(None, pair)) for pair in one.waits.titles()) if one.waits else "-"
        yield f"| {one.name} | {waits} | {one.next or '-'} |\n"


def _actions() -> str:
    parts = ["# Actions\n\n", GENERATED, "Every write of a record is one of these.\n"]
    for lifecycle in sorted(LIFECYCLES.values(), key=lambda each: each.name):
        parts.append(f"\n## {lifecycle.title} (`{lifecycle.name}`)\n\n")
        if lifecycle.shape is not None:
            parts.append(f"Collection `/api/v1/{lifecycle.collection}`.\n\n")
        parts.append("| Action | From -> to | By | URL | What it does |\n|---|---|---|---|---|\n")
        parts += [
            f"| {verb.name} | `{verb.arrow.replace('|', ' or ')}` | {_doers(verb)} | {_url(verb)} | {verb.sentence} |\n"
            for _, verb in sorted(lifecycle.actions.items())
        ]
    parts.append("\nCollections: " + ", ".join(f"`{name}`" for name in sorted(collections())) + ".\n")
    return "".join(parts)


def _refusals() -> str:
    rows = [f"| `{code.code}` | {code.kind.status} | {code.words} |\n" for _, code in sorted(CODES.items())]
    head = "# Refusals\n\n" + GENERATED + "Stable codes of problem documents (RFC 9457).\n\n"
    return head + "| Code | Status | Words |\n|---|---|---|\n" + "".join(rows)


def _events() -> str:
    readers: dict[str, list[str]] = {}
    for reader, answered in REACTIONS.items():
        for name in answered:
            readers.setdefault(name, []).append(reader)
    names = {verb.event_name for one in LIFECYCLES.values() for verb in one.actions.values()} | {"organisation.create"}
    head = (
        "# Events\n\n" + GENERATED + "Every action appends one; reactions answer some in a transaction of their own.\n"
    )
    rows = [f"| `{name}` | {', '.join(sorted(readers.get(name, []))) or '-'} |\n" for name in sorted(names)]
    return head + "\n| Event | Answered by |\n|---|---|\n" + "".join(rows)
