"""Everybody knocks at every door of both faces: route x method x caller x tenancy; routes.golden.txt says the answers.

The expected answers are read from that file alone, which a person reviews in the difference. An ordinary run lets the
kinds of answers and of tenancies take turns, some at every door; PROVE=1 asks everybody everywhere.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from app.accounts.files import StoredFile
from app.kernel.db import db
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.values import new_id
from app.notices.models import Notice
from app.payments.models import LocalCharge
from tests.conftest import ENGINE
from tests.house import route_golden
from tests.house.callers import HOMELESS, READER, UNKNOWN, Caller, Park, plain, told
from tests.house.doors import PROGRAMS, Door, doors, reached, shut
from tests.house.route_golden import Answers
from tests.kernel.rounds import PROVING
from tests.worlds.cards import opened
from tests.worlds.payments import bought

GOLDEN: Final = Path(__file__).with_name("routes.golden.txt")
ANEW: Final = os.environ.get("UPDATE_GOLDEN", "")
NEW_DOORS: Final = "new"
"""UPDATE_GOLDEN=1 asks at every door, which takes ten minutes; UPDATE_GOLDEN=new at those that the file lacks."""

EVERYTHING: Final = PROVING or bool(ANEW)
FILLERS: Final = {
    "token": "t" * 43, "number": "NO-SUCH-NUMBER", "filename": "no-such.css", "name": "no-such.js",
    "file_id": f"fil_{'0' * 26}", "notice_id": f"ntc_{'0' * 26}", "charge_id": f"chg_{'0' * 26}",
    "sign_on_id": f"sso_{'0' * 26}", "criterion": "response",
    "search_id": f"svs_{'0' * 26}", "list_id": f"svl_{'0' * 26}",
    "medium_id": f"lmd_{'0' * 26}", "size": "160",
}  # fmt: skip
"""What stands for a parameter that names no record: things that are not there. Files, notices and charges that are
there have tests of their own."""

UNSEEN: Final = frozenset({"401", "404", "sign in"})
NO_STRANGERS: Final = {
    "restriction": ("lab2.",), "handover": ("service.",), "shared_instrument": ("lab2.", "supplier2.", "elsewhere."),
}  # fmt: skip
"""Kinds of which some records here are theirs, or for the whole park, who are strangers to all others."""

STRANGERS: Final = ("lab2.", "supplier2.", "service.", "nobody.", "stranger.", "elsewhere.")
TURNS: Final = 2
"""Callers at a door whose rule has few; where a rule has many doors, each asks one."""
FEW_DOORS: Final = 2
TENANCIES: Final = ("lab.", "supplier.", "lab2.", "nobody.", "suspended-")
"""Own, own, foreign, none, suspended: somebody of each stands at every door."""

GARBAGE: Final = ("x", "ord_", "%00", "0" * 300, f"org_{'0' * 26}", "%F0%9F%94%AC", "1'--", "..", "%C3%28")
"""What nobody has as an id."""

NO_SUCH_METHOD: Final = frozenset({"405", "404", "401"})
"""Where the address fits a rule of records as well (POST /api/v1/<collection>), there is no such collection: 404, and
the API asks strangers to sign in before that."""

FORM_WITHOUT_TOKEN: Final = "400"
"""What a reader who was shown no form is told of every POST to a page, before anything is looked up."""

LEFT_ALONE: Final = frozenset({"security_note", "login_session", "api_key", "viewed_listing", "try_count"})
"""Where knocking leaves traces: denials, when a key was used last, what was looked at, and how often somebody tried."""

pytestmark = [
    pytest.mark.slow, pytest.mark.prove, pytest.mark.timeout(3600),
    pytest.mark.skipif(ENGINE != "sqlite", reason="who may what does not depend on the database"),
]  # fmt: skip


@pytest.fixture(scope="module")
def callers(parks: tuple[Park, Park]) -> dict[str, tuple[Park, Caller]]:
    """Label -> the park in which this caller stands, and the caller."""
    return {label: (park, caller) for park in parks for label, caller in park.callers.items()}


@pytest.fixture(scope="module")
def every_door(parks: tuple[Park, Park]) -> list[Door]:
    return doors(parks[0].app, FILLERS)


Callers = dict[str, tuple[Park, Caller]]


@pytest.fixture(scope="module")
def expected(every_door: list[Door], callers: Callers) -> Answers:
    """What the golden file says."""
    if ANEW:
        known = {} if ANEW != NEW_DOORS else route_golden.read(GOLDEN.read_text(encoding="utf-8"), callers)
        everybody = {
            door.name: known.get(door.name) or {label: told(_ask(door, *caller)) for label, caller in callers.items()}
            for door in every_door
        }
        GOLDEN.write_text(route_golden.written(everybody, callers), encoding="utf-8")
    return route_golden.read(GOLDEN.read_text(encoding="utf-8"), callers)


def _ask(door: Door, park: Park, caller: Caller) -> Any:
    return park.ask(door, caller, park.record(door) if door.to_a_record else "")


def test_every_rule_of_the_program_is_a_door(parks: tuple[Park, Park], every_door: list[Door]) -> None:
    rules = {rule.endpoint for rule in parks[0].app.url_map.iter_rules()}
    assert rules - reached(parks[0].app, every_door) == set()


def test_the_golden_file_knows_every_door_and_no_other(every_door: list[Door], expected: Answers) -> None:
    known, there = set(expected), {door.name for door in every_door}
    assert there - known == set(), f"not in {GOLDEN.name}: write them with UPDATE_GOLDEN=new and review who may enter"
    assert known - there == set(), f"in {GOLDEN.name}, but gone: write it anew with UPDATE_GOLDEN=1"


def test_the_golden_file_names_every_caller_at_every_door(expected: Answers, callers: Callers) -> None:
    assert {door: missing for door, table in expected.items() if (missing := set(callers) - set(table))} == {}


def test_everybody_is_answered_as_the_golden_file_says(
    every_door: list[Door], expected: Answers, callers: Callers
) -> None:
    wrong = []
    number = Counter(door.endpoint for door in every_door)
    for place, door in enumerate(every_door):
        table = expected.get(door.name, {})
        turns = TURNS if number[door.endpoint] <= FEW_DOORS else 1
        for label in callers if EVERYTHING else _some(table, callers, place, turns):
            answer = told(_ask(door, *callers[label]))
            if answer != table.get(label):
                wrong.append(f"{door.name} as {label}: {answer}, not {table.get(label)}")
    assert not wrong, "\n".join(wrong)


def _some(table: dict[str, str], callers: Callers, place: int, turns: int) -> set[str]:
    """Callers of some answers and tenancies, which take turns from door to door."""
    answers = sorted(set(table.values()))
    groups = [sorted(who for who in table if table[who] == answer) for answer in answers]
    groups += [sorted(who for who in callers if who.startswith(home)) for home in TENANCIES]
    groups = [groups[(place + step) % len(groups)] for step in range(turns)]
    return {group[place % len(group)] for group in groups}


def test_methods_that_an_address_does_not_have_are_refused_to_everybody(
    every_door: list[Door], callers: Callers
) -> None:
    wrong = []
    labels = sorted(callers)
    for place, (method, address) in enumerate(shut(_one_of_each(every_door))):
        door = Door(method, address.replace("{id}", f"org_{'0' * 26}"), "")
        for label in labels if PROVING else [(UNKNOWN, labels[place % len(labels)])[place % 2]]:
            answer = told(_ask(door, *callers[label]))
            if answer not in NO_SUCH_METHOD and (label, answer) != (READER, FORM_WITHOUT_TOKEN):
                wrong.append(f"{method} {address} as {label}: {answer}")
    assert not wrong, "\n".join(wrong)


def _one_of_each(every_door: list[Door]) -> list[Door]:
    """The doors of one address per rule: where an address leads is decided by its rule."""
    first = {door.endpoint: door.address for door in reversed(every_door)}
    return [door for door in every_door if door.address in first.values()]


def test_what_somebody_may_not_see_looks_to_them_as_if_it_was_not_there(
    every_door: list[Door], expected: Answers, callers: Callers
) -> None:
    """Status, headers and body at a foreign record are those at an id that nobody has."""
    wrong = []
    to_records = [door for door in every_door if door.to_a_record]
    for place, door in enumerate(to_records if EVERYTHING else to_records[::4]):
        strangers = _strangers(door, expected)
        for label in strangers if EVERYTHING or not strangers else [strangers[place % len(strangers)]]:
            park, caller = callers[label]
            there = park.record(door)
            nowhere = new_id(there.partition("_")[0])
            foreign, missing = (plain(park.ask(door, caller, one), one) for one in (there, nowhere))
            if foreign != missing:
                wrong.append(f"{door.name} as {label}: {_difference(foreign, missing)}")
    assert not wrong, "\n".join(wrong)


def _strangers(door: Door, expected: Answers) -> list[str]:
    """Whoever does not see the record at this face, by what the golden file says of reading one of its kind."""
    face = PROGRAMS if door.for_programs else "/"
    table = expected[f"GET {face}{LIFECYCLES[door.kind].collection}/{{id}}"]
    others = {label for label in table if table[label] in UNSEEN and label.startswith(STRANGERS)}
    return sorted(label for label in others if not label.startswith(NO_STRANGERS.get(door.kind, ("-",))))


def _difference(foreign: tuple[Any, ...], missing: tuple[Any, ...]) -> str:
    return next(
        f"{one!r:.300} is not {other!r:.300}" for one, other in zip(foreign, missing, strict=True) if one != other
    )


@pytest.fixture(scope="module")
def things(parks: tuple[Park, Park]) -> dict[str, str]:
    """Parameter -> the id of a thing of the lab's that is no record: a file, a notice, a charge at the gateway."""
    park = parks[0]
    with park.app.app_context():
        charged = opened(park.world, bought(park.world), "10.00")
        file = sa.select(StoredFile.id).where(StoredFile.org_id == park.world.organisations["lab"])
        notice = sa.select(Notice.id).where(Notice.org_id == park.world.organisations["lab"])
        charge = sa.select(LocalCharge.id).where(LocalCharge.payment_id == charged.id)
        found = {"file_id": file, "notice_id": notice, "charge_id": charge}
        made = {name: str(db.session.scalars(statement.limit(1)).one()) for name, statement in found.items()}
    park.keep()
    return made


@pytest.mark.parametrize("label", ["lab2.others", "supplier2.others", "service.others", HOMELESS, UNKNOWN])
def test_the_files_notices_and_charges_of_others_are_not_there(
    parks: tuple[Park, Park], things: dict[str, str], label: str
) -> None:
    park, wrong = parks[0], []
    for door in doors(park.app, FILLERS | dict.fromkeys(things, "{id}")):
        parameter = next((name for name in things if "{id}" in door.address and name in _parameters(park, door)), None)
        if parameter is None:
            continue
        there = things[parameter]
        nowhere = new_id(there.partition("_")[0])
        foreign, missing = (plain(park.ask(door, park.callers[label], one), one) for one in (there, nowhere))
        if foreign != missing:
            wrong.append(f"{door.name}: {_difference(foreign, missing)}")
    assert not wrong, "\n".join(wrong)


def _parameters(park: Park, door: Door) -> set[str]:
    return {name for rule in park.app.url_map.iter_rules(door.endpoint) for name in rule.arguments}


def test_an_id_that_cannot_be_one_is_not_there(every_door: list[Door], callers: Callers) -> None:
    wrong = []
    park, caller = callers["operator.settlement"]
    for place, door in enumerate(one for one in every_door if one.to_a_record and not one.states):
        for garbage in GARBAGE if EVERYTHING else {GARBAGE[place % len(GARBAGE)], GARBAGE[place // 2 % len(GARBAGE)]}:
            answer = told(park.ask(door, caller, garbage))
            if answer != "404":
                wrong.append(f"{door.name} with {garbage:.30}: {answer}")
    assert not wrong, "\n".join(wrong)


def test_head_is_get_without_a_body(every_door: list[Door], callers: Callers) -> None:
    park, caller = callers["lab.purchaser"]
    wrong = []
    asked = [one for one in every_door if one.method == "GET" and not one.states]
    for door in asked if PROVING else asked[::4]:
        record_id = park.record(door) if door.to_a_record else ""
        head, get = park.ask(door, caller, record_id, method="HEAD"), park.ask(door, caller, record_id)
        if head.status_code != get.status_code or head.get_data():
            wrong.append(f"{door.name}: {head.status_code}, not {get.status_code}")
    assert not wrong, "\n".join(wrong)


def test_knocking_has_changed_nothing(parks: tuple[Park, Park]) -> None:
    for park in parks:
        assert park.moved(LEFT_ALONE) == set()
