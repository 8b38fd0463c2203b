"""For every field that is an id: another tenant's and one of another kind are refused by name, as one that nobody has.

The fields are found in the input schemas of all actions; id_examples.py says what a good input of each looks like.
Each example is sent as it is first, so that it is known to be good but for the id that is put into it afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from app import domains
from app.catalogue import basket
from app.http import callable_actions, collections
from app.kernel.lifecycle import LIFECYCLES, Action
from app.kernel.shapes import Id
from app.kernel.values import new_id, now
from app.kernel.work import unit_of_work
from app.sourcing.actions import rfqs
from tests.conftest import ENGINE
from tests.house.callers import Caller, Park
from tests.house.id_examples import EXAMPLES, LATER, NEVER_ADMITTED, Example, Lab
from tests.house.kept import REASON
from tests.world import World
from tests.worlds import accounts, sourcing
from tests.worlds.catalogue import listing
from tests.worlds.ordering import do, pieces, reach_order
from tests.worlds.payments import run
from tests.worlds.standing import requirement

domains.load()

Path = tuple[str | int, ...]
"""Where a value stands in a body: ("lines", 0, "listing")."""

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif(ENGINE != "sqlite", reason="what an action refuses does not depend on the database"),
]  # fmt: skip


def id_fields(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Id]]:
    """(path, field) of every id in a schema; in a list it is the first entry's."""
    for name, field in schema.fields.items():
        yield from _ids_in(field, (*path, name))


def _ids_in(field: fields.Field[Any], path: Path) -> Iterator[tuple[Path, Id]]:
    if isinstance(field, fields.List):
        yield from _ids_in(field.inner, (*path, 0))
    elif isinstance(field, fields.Nested):
        yield from id_fields(field.schema, path)
    elif isinstance(field, Id):
        yield path, field


TAKING: Final = tuple(
    (verb, path, field.prefix)
    for lifecycle in collections().values()
    for verb in callable_actions(lifecycle)
    if verb.takes is not None
    for path, field in id_fields(verb.takes())
)
"""Every (action, path, prefix) where a caller names a row."""


def _the_other_labs(table: str) -> tuple[str, str]:
    """Those of the second lab, and the first one's own that are closed."""
    return (f"SELECT id FROM {table} WHERE org_id = :lab2 AND state = 'active'",
            f"SELECT id FROM {table} WHERE org_id = :lab AND state = 'closed'")  # fmt: skip


FOREIGN: Final[Mapping[str, tuple[str, ...]]] = {
    "lst": ("SELECT id FROM listing WHERE state = 'draft' AND supplier_id = :supplier",
            "SELECT id FROM listing WHERE state = 'withdrawn'"),
    "org": ("SELECT :lab2", *NEVER_ADMITTED),
    "ord": ("SELECT id FROM purchase_order WHERE buyer_id = :lab2",),
    "bke": ("SELECT id FROM bank_entry WHERE state = 'declined'",
            "SELECT id FROM bank_entry WHERE state = 'proposed'", "SELECT id FROM bank_entry WHERE state = 'matched'"),
    "rqn": ("SELECT id FROM rfq_question WHERE buyer_id = :lab2",),
    "rfl": ("SELECT id FROM rfq_line WHERE buyer_id = :lab2",
            "SELECT id FROM rfq_line WHERE buyer_id = :lab AND id NOT IN (:known) ORDER BY id DESC"),
    "qln": ("SELECT id FROM quote_line WHERE buyer_id = :lab2",
            "SELECT id FROM quote_line WHERE buyer_id = :lab AND id NOT IN (:known) ORDER BY id DESC"),
    "orl": ("SELECT id FROM order_line WHERE buyer_id = :lab2",
            "SELECT id FROM order_line WHERE buyer_id = :lab AND id NOT IN (:known) ORDER BY id DESC"),
    "per": ("SELECT person_id FROM membership WHERE org_id = :lab2 AND person_id IS NOT NULL",
            "SELECT person_id FROM membership WHERE org_id = :operator AND person_id IS NOT NULL"),
    "lmd": ("SELECT id FROM listing_medium WHERE supplier_id = :supplier2",
            "SELECT id FROM listing_medium WHERE supplier_id = :supplier AND id NOT IN (:known) ORDER BY id DESC"),
    "brd": ("SELECT id FROM brand WHERE state = 'merged'", "SELECT id FROM brand WHERE state = 'declined'"),
    "mem": ("SELECT id FROM membership WHERE org_id = :lab2",
            "SELECT id FROM membership WHERE org_id = :lab AND state = 'invited'"),
    "unt": _the_other_labs("unit"),
    "dla": _the_other_labs("delivery_address"),
    "ccr": _the_other_labs("cost_centre"),
    "rqm": ("SELECT id FROM requirement WHERE kind = 'lab'", "SELECT id FROM requirement WHERE state = 'retired'"),
}  # fmt: skip
"""prefix -> rows that are not the caller's to name: another tenant's, another record's, or not in the right state."""


@pytest.fixture(scope="module")
def lab(parks: tuple[Park, Park]) -> Lab:
    """The first park, in which the second lab buys too."""
    park = parks[0]
    with park.app.app_context():
        _second_lab_buys(park.world)
        _more_to_name(park.world)
    park.keep()
    return Lab(park)


def _second_lab_buys(world: World) -> None:
    """What it has looks just like what the first one has: orders, requests for quotes, units and their places."""
    reach_order(world, "confirmed", by="lab2pu", org="lab2")
    run()
    buyer, sales = world.actor("lab2pu"), world.actor("xiao")
    made = do(
        rfqs.ask_for_quotes, world.org("lab2"), buyer, title="离心机", deadline=now() + LATER, delivery_place="",
        lines=list(sourcing.LINES),
    )  # fmt: skip
    do(rfqs.invite, made, buyer, suppliers=[world.organisations["supplier"]])
    do(rfqs.publish, made, buyer)
    do(rfqs.ask, made, sales, question=REASON)
    sourcing.quote(world, made)
    theirs: dict[str, Any] = {"org": "lab2", "by": "lab2admin"}
    unit = accounts.unit(world, "合成组", **theirs)
    accounts.address(world, unit, **theirs)
    accounts.cost_centre(world, "2026-700", unit, **theirs)


def _more_to_name(world: World) -> None:
    """What the examples need beyond one record in every state."""
    own = sourcing.rfq(world, "open", invite=["supplier"])
    do(rfqs.ask, own, world.actor("xiao"), question=REASON)
    unit = accounts.unit(world, "真空组")
    accounts.unit_role(world, "rong", unit)
    requirement(world, "visited", mandatory=False, expires=False, form="review")
    requirement(world, "of_labs", mandatory=False, kind="lab")
    wanted = listing(world)
    with unit_of_work():
        basket.put(world.actor("lab_purchaser"), {wanted.id: pieces(1)})


def test_every_action_that_takes_an_id_has_an_example() -> None:
    named = {verb.full_name for verb, _, _ in TAKING}
    assert named - set(EXAMPLES) == set(), "say in EXAMPLES what a good input looks like"
    assert set(EXAMPLES) - named == set()


def test_every_kind_of_id_that_is_taken_has_foreign_ones() -> None:
    assert {prefix for _, _, prefix in TAKING} == set(FOREIGN), "say in FOREIGN which rows are not the caller's to name"


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_examples_are_good(lab: Lab, name: str) -> None:
    verb, example = _verb(name), EXAMPLES[name]
    record = lab(example.record)
    status, answer = _send(lab, verb, example, record, example.body(lab, record))
    assert status < 400, answer


@pytest.mark.parametrize(
    "verb, path, prefix", TAKING, ids=[f"{verb.full_name}:{'.'.join(map(str, path))}" for verb, path, _ in TAKING]
)
def test_a_foreign_id_is_refused_by_the_name_of_its_field(
    lab: Lab, verb: Action[Any, Any, Any], path: Path, prefix: str
) -> None:
    example = EXAMPLES[verb.full_name]
    record = lab(example.record)
    own = _at(example.body(lab, record), path)
    rows = (example.foreign if prefix == "org" else ()) or FOREIGN[prefix]
    foreign = [lab(statement, known=own) for statement in rows]
    missing = new_id(prefix)
    wrong, told = [], {}
    for put in (missing, *foreign, new_id("org" if prefix != "org" else "per"), "", "x", 7, {"id": own}):
        body = example.body(lab, record)
        _put(body, path, put)
        status, answer = _send(lab, verb, example, record, body)
        named = [error["field"] for error in answer.get("errors", [])]
        if not 400 <= status < 500 or not any(_about(field, path) for field in named):
            wrong.append(f"{put!r}: {status} {answer.get('code')} {named}")
        told[str(put)] = {name: words for name, words in answer.items() if name != "request_id"}
    assert not wrong, "\n".join(wrong)
    assert [put for put in foreign if told[put] != told[missing]] == [], "a foreign one answers like a missing one"


def test_what_was_refused_has_changed_nothing(lab: Lab) -> None:
    assert lab.park.moved(frozenset({"security_note", "login_session", "api_key"})) == set()


def _verb(name: str) -> Action[Any, Any, Any]:
    kind, _, action = name.partition(".")
    return LIFECYCLES[kind].actions[action]


def _about(field: str, path: Path) -> bool:
    """Whether an error speaks of a field, or of a part of it."""
    whole = ".".join(map(str, path))
    return field == whole or field.startswith(f"{whole}.") or (path[-1] == 0 and field == ".".join(map(str, path[:-1])))


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _put(body: Any, path: Path, value: Any) -> None:
    _at(body, path[:-1])[path[-1]] = value


def _send(
    lab: Lab, verb: Action[Any, Any, Any], example: Example, record: str, body: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Perform the action over HTTP as the caller of the example; what was done is undone."""
    version = int(lab(f"SELECT version FROM {verb.lifecycle.model.__tablename__} WHERE id = :id", id=record))
    address = f"/{verb.lifecycle.collection}/{record}/{verb.name}"
    ask = _by_form if example.in_person else _by_program
    answer = ask(lab.park, lab.park.callers[example.by], address, body, version)
    if answer.status_code < 400:
        lab.park.put_back()
    told = answer.get_data(as_text=True)
    return answer.status_code, _errors_of_page(told) if example.in_person else json.loads(told)


def _by_program(park: Park, caller: Caller, address: str, body: dict[str, Any], version: int) -> TestResponse:
    uploads = any(isinstance(value, tuple) for value in body.values())
    given: dict[str, Any] = {"data": body} if uploads else {"json": body}
    return park.client.post(f"/api/v1{address}", headers={**caller.program, "If-Match": f'"{version}"'}, **given)


def _by_form(park: Park, caller: Caller, address: str, body: dict[str, Any], version: int) -> TestResponse:
    typed = {name: value if isinstance(value, list) else str(value) for name, value in body.items()}
    return park.client.post(address, headers=caller.browser, data={**typed, "version": str(version)})


def _errors_of_page(page: str) -> dict[str, Any]:
    """The fields that a page marks as wrong, as the API would say it."""
    wrong = [tag for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", page) if 'aria-invalid="true"' in tag]
    return {"errors": [{"field": name} for tag in wrong for name in re.findall(r' name="([^"]*)"', tag)]}
