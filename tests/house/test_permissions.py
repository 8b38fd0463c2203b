"""Everybody asks for every record and tries every action over HTTP; the answers are those of permissions.golden.txt.

The expected answers are read from that file alone, which a person reviews in the difference; they are never computed
from the declarations. Run with UPDATE_GOLDEN=1 to write it anew.

An ordinary run looks at every record in every state as some of those for whom each answer is expected, and tries every
action as one of them; PROVE=1 does both as everybody.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from app.http import callable_actions, collection_birth, collections
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.lifecycle import LIFECYCLES, Action, Lifecycle
from tests.conftest import ENGINE
from tests.house import golden
from tests.house.every_state import missing
from tests.house.everybody import ANONYMOUS, READ_ONLY
from tests.house.golden import Heading, Headings, Section, Sections
from tests.house.house import House
from tests.house.kept import State
from tests.kernel.rounds import PROVING

ANEW: Final = bool(os.environ.get("UPDATE_GOLDEN"))
OF_EACH: Final = 2
"""How many of a group of whom the same is expected look at a record; who, changes from record to record."""

GOLDEN: Final = Path(__file__).with_name("permissions.golden.txt")
INSIDERS: Final = ("lab.purchaser", "supplier.sales", "operator.settlement", "owner.owner")
"""Who tries what the system does alone."""

pytestmark = [
    pytest.mark.slow, pytest.mark.prove, pytest.mark.timeout(1800),
    pytest.mark.skipif(ENGINE != "sqlite", reason="who may what does not depend on the database"),
]  # fmt: skip


Text = tuple[str, Headings, Sections]
"""A golden file, as text and as what it says."""

Births = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def written_down(house: House) -> Text:
    """What the golden file says before anybody looks; nothing where it is written anew."""
    if ANEW:
        return "", {}, {}
    text = GOLDEN.read_text(encoding="utf-8")
    return text, *golden.read(text, house.people)


@pytest.fixture(scope="module")
def asked(house: House, written_down: Text) -> dict[State, set[str]]:
    """Who looks at a record: everybody, or some of each group of which the golden file says the same."""
    sections = written_down[2]
    return {
        state: set(house.callers(record_id)) if PROVING or state not in sections
        else set(_some_of_each(sections[state].told, house.callers(record_id), place))
        for place, (state, record_id) in enumerate(sorted(house.records.items()))
    }  # fmt: skip


def _some_of_each(told: Callable[[str], Hashable], people: Iterable[str], place: int) -> Iterator[str]:
    """Some of each group of whom the same is said; others from place to place."""
    groups: dict[Hashable, list[str]] = {}
    for one in sorted(people):
        groups.setdefault(told(one), []).append(one)
    for group in groups.values():
        yield from {group[(place * OF_EACH + step) % len(group)] for step in range(OF_EACH)}


@pytest.fixture(scope="module")
def observed(house: House, births: Births, asked: dict[State, set[str]]) -> tuple[Headings, Sections]:
    """What they see: the record in every state, the actions offered there, the fields kept from some."""
    headings = {lifecycle.name: _heading(lifecycle, births) for lifecycle in collections().values()}
    sections: Sections = {}
    for lifecycle in collections().values():
        fields: dict[str, set[str]] = {}
        for state in house.states(lifecycle):
            key = lifecycle.name, state
            sections[key] = _look(house, key, fields, asked[key])
        every = set().union(*fields.values())
        headings[lifecycle.name].keeps = {
            name: strangers
            for name in every
            if (strangers := {label for label, known in fields.items() if name not in known})
        }
    return headings, sections


def _look(house: House, state: State, fields: dict[str, set[str]], people: set[str]) -> Section:
    section = Section()
    record_id = house.records[state]
    for label, key in house.callers(record_id).items():
        if label not in people:
            continue
        answer = house.get(f"{LIFECYCLES[state[0]].collection}/{record_id}", key)
        assert answer.status_code in (200, 401, 404), f"{state} as {label}: {answer.status_code}"
        if answer.status_code == 401:
            section.turned_away.add(label)
        if answer.status_code != 200:
            continue
        section.seen_by.add(label)
        body = answer.get_json()
        fields.setdefault(label, set()).update(body)
        for offer in body["actions"]:
            groups = section.actions.setdefault(offer["name"], {})
            groups.setdefault(offer.get("code", ""), set()).add(label)
    return section


@pytest.fixture(scope="module")
def births(house: House, written_down: Text) -> Births:
    """Lifecycle -> label -> the status of an attempt to give birth to one at the own organisation."""
    headings, found = written_down[1], {}
    for place, lifecycle in enumerate(collections().values()):
        people: Iterable[str] = house.keys
        if lifecycle.name in headings and not PROVING:
            bearers = headings[lifecycle.name].born_by or set()
            expected = {label: (label in bearers, label == ANONYMOUS) for label in house.keys}
            people = _some_of_each(expected.__getitem__, house.keys, place)
        found[lifecycle.name] = {label: house.post(lifecycle.collection, house.keys[label]) for label in people}
    return found


def _heading(lifecycle: Lifecycle[Any], births: Births) -> Heading:
    """The routes of a lifecycle, and who gives birth to one at their own organisation."""
    routes = [verb.name for verb in callable_actions(lifecycle)]
    heading = Heading(routes, [name for name in lifecycle.actions if name not in routes])
    if collection_birth(lifecycle) is not None:
        heading.born_by = {label for label, status in births[lifecycle.name].items() if status == 422}
    return heading


@pytest.fixture(scope="module")
def expected(house: House, observed: tuple[Headings, Sections], written_down: Text) -> Text:
    """The golden file, as text and as what it says."""
    if not ANEW:
        return written_down
    text = golden.written(*observed, house.people)
    GOLDEN.write_text(text, encoding="utf-8")
    return text, *golden.read(text, house.people)


def test_every_state_of_every_record_is_reached_by_actions(house: House) -> None:
    assert missing(house.records) == []


def test_everybody_sees_and_is_offered_what_the_golden_file_says(
    house: House, observed: tuple[Headings, Sections], expected: Text, births: Births, asked: dict[State, set[str]]
) -> None:
    headings = {name: _of_those_asked(name, heading, observed, births) for name, heading in expected[1].items()}
    sections = {state: section.only(asked[state]) for state, section in expected[2].items() if state in asked}
    difference = difflib.unified_diff(
        *(golden.written(*one, house.people).splitlines() for one in ((headings, sections), observed)),
        GOLDEN.name, "observed", lineterm="", n=4,
    )  # fmt: skip
    told = "\n".join(difference)
    assert not told, f"\n{told}\nReview it, then write it with UPDATE_GOLDEN=1."


def _of_those_asked(name: str, heading: Heading, observed: tuple[Headings, Sections], births: Births) -> Heading:
    """What the golden file says of a lifecycle, of those alone who tried and who saw one."""
    tried = births.get(name, {}).keys()
    saw = set().union(*(section.seen_by for (kind, _), section in observed[1].items() if kind == name))
    kept = {field: who & saw for field, who in heading.keeps.items() if who & saw}
    return replace(heading, born_by=None if heading.born_by is None else heading.born_by & tried, keeps=kept)


def test_what_is_written_into_the_golden_file_is_what_is_read_from_it(house: House, expected: Text) -> None:
    text, headings, sections = expected
    assert set(sections) == set(house.records)
    assert golden.written(headings, sections, house.people) == text


def test_every_action_is_refused_to_everybody_who_is_not_named_for_it(house: House, expected: Text) -> None:
    """Once per action and person, in a state from which it leads somewhere; those who may, in another state too."""
    before = _written_so_far(house)
    wrong = []
    verbs = [verb for lifecycle in collections().values() for verb in callable_actions(lifecycle)]
    for place, verb in enumerate(verbs):
        attempts = list(_attempts(house, verb, expected[2]))
        for label, state, key, wanted in attempts if PROVING else _one_of_each(attempts, place):
            if (status := house.try_action(verb, state, key)) != wanted:
                wrong.append(f"{verb.full_name} in {state} as {label}: {status}, not {wanted}")
    assert not wrong, "\n".join(wrong)
    assert _written_so_far(house) == before


Attempt = tuple[str, str, str | None, int]
"""Label, state, key, and the status that the golden file promises."""


def _one_of_each(attempts: list[Attempt], place: int) -> Iterator[Attempt]:
    """For each expected status in each family of records one of the attempts; another one from action to action."""
    groups: dict[tuple[int, str], list[Attempt]] = {}
    for one in attempts:
        groups.setdefault((one[3], one[1]), []).append(one)
    for group in groups.values():
        yield group[place % len(group)]


def _attempts(house: House, verb: Action[Any, Any, Any], sections: Sections) -> Iterator[Attempt]:
    name = verb.lifecycle.name
    for states in _families(house.states(verb.lifecycle)):
        own = [state for state in states if state.split()[0] in verb.sources]
        for label in house.people if own else ():
            seen = [state for state in states if label in sections[name, state].seen_by]
            tried = {next((state for state in own if state in seen), own[0])}
            if _named(verb, label, own[0], sections):
                tried.update([state for state in seen if state not in own][:1])
            for state in sorted(tried):
                callers = house.callers(house.records[name, state])
                if label in callers:
                    yield label, state, callers[label], _wanted(verb, label, state, sections)


def _families(states: list[str]) -> list[list[str]]:
    """States of records to which the same people belong: those with the same word in parentheses."""
    words = sorted({state.partition("(")[2] for state in states})
    return [[state for state in states if state.partition("(")[2] == word] for word in words]


def _named(verb: Action[Any, Any, Any], label: str, state: str, sections: Sections) -> bool:
    """Whether the golden file names somebody for an action on such a record, in whichever state."""
    states = [one for name, one in sections if name == verb.lifecycle.name]
    family = next(family for family in _families(states) if state in family)
    return any(label in sections[verb.lifecycle.name, one].may(verb.name) for one in family)


def _wanted(verb: Action[Any, Any, Any], label: str, state: str, sections: Sections) -> int:
    """What the golden file says: somebody named for an action in any state may try it wherever they see the record."""
    here = sections[verb.lifecycle.name, state]
    if label == ANONYMOUS or label in here.turned_away:
        return 401
    if label not in here.seen_by:
        return 404
    return 422 if _named(verb, label, state, sections) else 403


def _written_so_far(house: House) -> int:
    with house.app.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0)


def test_births_at_the_own_organisation_are_refused_to_everybody_else(births: Births, expected: Text) -> None:
    wrong = []
    for name, heading in expected[1].items():
        for label, status in births[name].items():
            wanted = 401 if label == ANONYMOUS else 404 if heading.born_by is None else 403
            if status != (422 if label in (heading.born_by or ()) else wanted):
                wrong.append(f"{name} as {label}: {status}")
    assert not wrong, "\n".join(wrong)


def test_what_the_system_does_alone_has_no_route(house: House, expected: Text) -> None:
    alone = [LIFECYCLES[name].actions[one] for name, heading in expected[1].items() for one in heading.alone]
    wrong = [
        f"{verb.full_name} as {label}: {status}"
        for verb in alone
        for label in INSIDERS
        if (status := house.try_action(verb, house.states(verb.lifecycle)[0], house.keys[label])) != 404
    ]
    assert not wrong, "\n".join(wrong)


def test_a_key_that_may_only_read_sees_the_same(house: House, expected: Text) -> None:
    wrong = []
    for (name, state), section in expected[2].items():
        record = f"{LIFECYCLES[name].collection}/{house.records[name, state]}"
        wanted = 200 if READ_ONLY in section.seen_by else 404
        if (status := house.get(record, house.reader).status_code) != wanted:
            wrong.append(f"{name} {state}: {status}, not {wanted}")
    assert not wrong, "\n".join(wrong)


def test_a_key_that_may_only_read_does_nothing(house: House) -> None:
    statuses = {
        verb.full_name: house.try_action(verb, house.states(lifecycle)[0], house.reader)
        for lifecycle in collections().values()
        for verb in callable_actions(lifecycle)
    }
    births = {one.collection: house.post(one.collection, house.reader) for one in collections().values()
              if collection_birth(one) is not None}  # fmt: skip
    assert {name: status for name, status in (statuses | births).items() if status != 403} == {}
