"""The contract, tried from outside: every operation, with what its description allows and with what it forbids.

Whatever is sent, the answer is one that the description names, in the form it promises, and never a failure of ours.
Half of the calls name a record that is there and the version it has, so that they reach the actions themselves. In an
ordinary run the callers take turns, an operation each; PROVE=1 has every operation tried by all of them on SQLite. How
answers look is not up to the database, so on PostgreSQL they take turns there, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import domains
from app.accounts.models import ApiKey, Membership, Organisation
from app.api.openapi import build
from app.http import collections
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from tests.api.busy_park import busy_park
from tests.conftest import ENGINE, make_app
from tests.kernel.rounds import PROVING, tries
from tests.world import World

pytestmark = [pytest.mark.prove, pytest.mark.slow]

domains.load()
TAGS = sorted(
    {tag for item in build()["paths"].values() for one in item.values() if "tags" in one for tag in one["tags"]}
)
CALLERS = ("lab", "supplier", "operator")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
RECORDS_TRIED = 6


@dataclass
class Contract:
    """The busy park, its description, and a key of each caller."""

    world: World
    schema: Any
    keys: dict[str, str] = field(default_factory=dict)

    def operations(self, tag: str) -> list[Any]:
        """The operations of one tag."""
        found = [result.ok() for result in self.schema.get_all_operations()]
        return [operation for operation in found if tag in operation.definition.raw["tags"]]

    def records(self, collection: str, caller: str) -> list[tuple[str, int]]:
        """(id, version) of records that the caller sees, as they are now; nothing whose loss would end the trial."""
        one = collections().get(collection)
        if one is None:
            return []
        seen = visible(one.model, self.world.actor(caller)).order_by(one.model.id.desc()).limit(RECORDS_TRIED)
        rows = [(row.id, row.version) for row in db.session.scalars(seen).unique() if not self.needed(row)]
        db.session.rollback()
        return rows

    def needed(self, row: Any) -> bool:
        """Whether the trial itself stands on this record."""
        homes = {self.world.organisations[home] for home in (*CALLERS, "owner", "auditor")}
        own = {self.world.people[name] for name in CALLERS}
        if isinstance(row, Organisation):
            return row.id in homes
        return isinstance(row, (Membership, ApiKey)) and row.person_id in own


@pytest.fixture(scope="module")
def contract(
    new_database: Callable[[str], tuple[str, Callable[[], None]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Contract]:
    url, drop = new_database(ENGINE)
    app: Flask = make_app(url, tmp_path_factory.mktemp("instance"), SHOW_FAILURES_AS_PAGES=True)
    with app.app_context():
        world = busy_park()
        made = Contract(world, schemathesis.openapi.from_wsgi("/openapi.json", app))
        made.keys = {name: world.key(name) for name in CALLERS}
        for other in ("mei", "mu", "rui"):
            world.key(other)  # there to be revoked
        yield made
        db.session.remove()
        db.engine.dispose()
    drop()


def anything_sent(operation: Any) -> st.SearchStrategy[Any]:
    """Good and bad input alike."""
    return st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("caller", CALLERS if PROVING and ENGINE == "sqlite" else ("each",))
def test_every_answer_is_one_that_the_description_promises(contract: Contract, caller: str, tag: str) -> None:
    for place, operation in enumerate(contract.operations(tag), start=TAGS.index(tag)):
        try_out(contract, caller if caller in CALLERS else CALLERS[place % len(CALLERS)], operation)


def try_out(contract: Contract, caller: str, operation: Any) -> None:
    collection = re.split("/", operation.path)[3]
    key = contract.keys[caller]

    @tries(3, 20)
    @given(case=anything_sent(operation), real=st.booleans(), place=st.integers(0, RECORDS_TRIED - 1))
    def tried(case: Any, real: bool, place: int) -> None:
        there = contract.records(collection, caller) if real and "id" in (case.path_parameters or {}) else []
        if there:
            record_id, version = there[place % len(there)]
            case.path_parameters["id"] = record_id
            case.headers["If-Match"] = f'"{version}"'
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(answer, checks=CHECKS)
        db.session.rollback()

    tried()


def test_the_trial_reaches_records_of_every_kind_that_has_some(contract: Contract) -> None:
    there = {
        name
        for name, one in collections().items()
        if db.session.scalar(sa.select(sa.func.count()).select_from(one.model))
    }
    reached = {name for name in there if any(contract.records(name, caller) for caller in CALLERS)}
    assert there - reached <= {"notifications"}
    assert len(there) >= 20
    assert isinstance(contract.world.actor("lab"), Actor)
