"""Lifecycles and actions: what the declaration refuses, who may do what, what an action writes down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.accounts.actions import organisations
from app.accounts.models import Organisation
from app.kernel.actors import ANONYMOUS, SYSTEM, SYSTEM_ACTOR, Actor, Who, platform, who
from app.kernel.db import db
from app.kernel.errors import ALREADY_THERE, NOT_THERE, NOT_YOURS, RACE_LOST, WRONG_STATE, Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import BY_MODEL, LIFECYCLES, Lifecycle, State, find, graph_problems, offers, validate, visible
from app.kernel.values import Money, clock_at, now
from app.kernel.work import note, reading, unit_of_work
from tests.kernel import kettles
from tests.kernel.kettles import CUP, KETTLE, Cup, Kettle, a_kettle, invite, kettle_of
from tests.world import World

pytestmark = pytest.mark.database_matters

BY = who("purchaser", "buyer")


def events_of(record_id: str) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.object_id == record_id).order_by(Event.seq)))


# Declarations ---------------------------------------------------------------------------------------------------------


class Draught:
    """States without a table, for graphs that no program should have."""

    __states__ = "draft open done"
    until = Kettle.boils_at


def graph(name: str = "draught", *, final: tuple[str, ...] = ("done",)) -> Lifecycle[Any]:
    made: Lifecycle[Any] = Lifecycle(
        name,
        Draught,  # type: ignore[type-var]
        [State(one, one, final=one in final) for one in Draught.__states__.split()],
        title=name,
        collection=f"{name}s",
    )
    del LIFECYCLES[name], BY_MODEL[Draught]  # type: ignore[arg-type]
    return made


def verb(lifecycle: Lifecycle[Any], name: str, arrow: str, **kwargs: Any) -> None:
    def effect(record: Any, actor: Actor) -> None:
        """Something happens."""

    lifecycle.action(arrow, **{"by": BY, "title": name, "name": name, **kwargs})(effect)


@pytest.mark.parametrize(
    "arrow,sources,target",
    [
        ("draft -> open", {"draft"}, "open"),
        ("draft|open -> done", {"draft", "open"}, "done"),
        ("open -> =", {"open"}, None),
        ("* -> done", {"draft", "open", "done"}, "done"),
        ("* -> =", {"draft", "open", "done"}, None),
    ],
)
def test_an_arrow_says_from_which_states_to_which(arrow: str, sources: set[str], target: str | None) -> None:
    lifecycle = graph()
    verb(lifecycle, "go", arrow)
    assert lifecycle.actions["go"].sources == sources
    assert lifecycle.actions["go"].target == target


@pytest.mark.parametrize("arrow", ["draft->open", "draft => open", "-> open", "draft ->", "draft, open -> done", ""])
def test_an_arrow_that_cannot_be_read_stops_the_program(arrow: str) -> None:
    with pytest.raises(RuntimeError, match="cannot read the arrow"):
        verb(graph(), "go", arrow)


@pytest.mark.parametrize("arrow", ["draft -> gone", "gone -> open", "draft|gone -> ="])
def test_an_arrow_with_an_unknown_state_stops_the_program(arrow: str) -> None:
    with pytest.raises(RuntimeError, match="unknown states \\['gone'\\]"):
        verb(graph(), "go", arrow)


def test_a_sound_graph_has_no_problems() -> None:
    lifecycle = graph()
    verb(lifecycle, "open", "draft -> open")
    verb(lifecycle, "finish", "open -> done")
    assert graph_problems(lifecycle) == []
    validate([lifecycle])


def test_states_that_nobody_reaches_or_that_lead_nowhere_are_named() -> None:
    lifecycle = graph()
    verb(lifecycle, "finish", "draft -> done")
    assert graph_problems(lifecycle) == ["open is never reached", "open never reaches a final state"]
    stuck = graph()
    verb(stuck, "open", "draft|done -> open")
    verb(stuck, "close", "draft -> done")
    assert graph_problems(stuck) == ["open never reaches a final state"]
    with pytest.raises(RuntimeError, match="draught: open never reaches a final state"):
        validate([stuck])


def test_an_edit_is_no_way_out_of_a_state() -> None:
    lifecycle = graph()
    verb(lifecycle, "open", "draft -> open")
    verb(lifecycle, "edit", "open -> =")
    assert "open never reaches a final state" in graph_problems(lifecycle)


def test_an_action_without_a_sentence_is_named() -> None:
    lifecycle = graph(final=("done", "open"))
    verb(lifecycle, "open", "draft -> open")
    verb(lifecycle, "finish", "open -> done")
    lifecycle.actions["finish"].effect.__doc__ = None
    assert graph_problems(lifecycle) == ["finish has no sentence"]


def test_a_clock_must_be_the_systems_wait_for_a_moment_and_leave_final_states_alone() -> None:
    lifecycle = graph()
    verb(lifecycle, "open", "draft -> open")
    verb(lifecycle, "finish", "open|done -> done", after="until")
    assert graph_problems(lifecycle) == [
        "finish is a clock that SYSTEM may not ring",
        "finish would move the final state done",
    ]
    other = graph()
    verb(other, "open", "draft -> open")
    verb(other, "finish", "open -> done", by=SYSTEM, after="nowhere")
    assert graph_problems(other) == ["finish waits for nowhere, which is no moment of the record"]


def test_names_are_declared_once() -> None:
    lifecycle = graph()
    verb(lifecycle, "open", "draft -> open")
    with pytest.raises(RuntimeError, match=r"draught\.open is declared twice"):
        verb(lifecycle, "open", "draft -> open")
    with pytest.raises(RuntimeError, match="lifecycle 'organisation' is declared twice"):
        Lifecycle(
            "organisation", Organisation, list(organisations.ORGANISATION.states.values()), title="", collection=""
        )
    with pytest.raises(RuntimeError, match="states differ"):
        Lifecycle("draught", Draught, [State("draft", "draft")], title="", collection="")  # type: ignore[type-var]


def test_the_lifecycles_of_the_program_are_sound(park: World) -> None:
    del park
    validate()


# Who ------------------------------------------------------------------------------------------------------------------


def test_a_who_is_exactly_one_kind_and_never_without_roles() -> None:
    for wrong in (
        lambda: Who(roles=frozenset({"sales"})),
        lambda: Who(roles=frozenset({"sales"}), party="buyer", platform="operator"),
        lambda: Who(roles=frozenset(), party="buyer"),
        lambda: platform("reviewer", "lab"),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_only_the_role_in_the_right_organisation_is_admitted(park: World) -> None:
    kettle = kettle_of(a_kettle(park))
    admitted = {name for name in park.people if KETTLE.actions["fill"].by.admits(park.actor(name), kettle)}
    assert admitted == {"pu", "qiu", "xiao"}
    assert not KETTLE.actions["fill"].by.admits(SYSTEM_ACTOR, kettle)
    assert not KETTLE.actions["fill"].by.admits(ANONYMOUS, kettle)
    assert KETTLE.actions["boil"].by.admits(SYSTEM_ACTOR, kettle)


def test_an_actor_without_an_organisation_is_nobody_even_for_an_ownerless_record(park: World) -> None:
    with unit_of_work():
        db.session.add(Kettle(id="ket_" + "0" * 26, state="cold", label="ownerless", buyer_id=None, supplier_id=None))
    stray = Actor(person_id=park.people["pu"], roles=frozenset({"purchaser", "sales"}))
    kettle = kettle_of("ket_" + "0" * 26)
    assert not KETTLE.actions["fill"].by.admits(stray, kettle)
    for nobody in (stray, ANONYMOUS):
        assert db.session.scalars(visible(Kettle, nobody)).all() == []
        with pytest.raises(Refusal) as refused:
            find(Kettle, kettle.id, nobody)
        assert refused.value.code == NOT_THERE.code


def test_a_record_exists_for_its_parties_the_invited_the_public_and_staff_only(park: World) -> None:
    kettle = a_kettle(park)

    def readers() -> set[str]:
        return {home for home in park.organisations if park_sees(park, home, kettle)}

    assert readers() == {"lab", "supplier", "operator", "owner", "auditor"}
    invite(kettle, park.organisations["supplier2"])
    assert readers() == {"lab", "supplier", "supplier2", "operator", "owner", "auditor"}
    with unit_of_work():
        kettle_of(kettle).published = True
    assert readers() == set(park.organisations)
    assert find(Kettle, kettle, ANONYMOUS).id == kettle


def park_sees(park: World, home: str, kettle: str) -> bool:
    name = next(name for name, at in park.homes.items() if at == home)
    return db.session.scalar(visible(Kettle, park.actor(name)).where(Kettle.id == kettle)) is not None


def test_the_invited_do_what_a_grant_allows_and_nobody_else(park: World) -> None:
    kettle = a_kettle(park)
    invite(kettle, park.organisations["supplier2"])
    with pytest.raises(Refusal) as refused, unit_of_work():
        kettles.praise(kettle_of(kettle), park.actor("xiao"))
    assert refused.value.code == NOT_YOURS.code
    with unit_of_work():
        kettles.praise(kettle_of(kettle), park.actor("xiao2"))


# What an action does --------------------------------------------------------------------------------------------------


def test_a_birth_gives_id_state_number_and_an_event_about_the_child(park: World) -> None:
    kettle = kettle_of(a_kettle(park, supplier=None))
    (born,) = events_of(kettle.id)
    assert (kettle.state, kettle.number) == ("cold", f"KT-{now().year}-00001")
    assert (born.name, born.data["from"], born.data["to"]) == ("kettle.create", None, "cold")
    assert born.data["facts"] == {"parent": park.organisations["lab"]}
    assert born.data["audience"] == [park.organisations["lab"]]
    assert (born.person_id, born.org_id) == (park.people["pu"], park.organisations["lab"])


def test_a_move_changes_state_version_and_whom_it_waits_for(park: World) -> None:
    kettle = a_kettle(park)
    before = kettle_of(kettle)
    seen = (before.version, before.waits_org, before.waits_role, before.waits_until)
    assert seen[1:] == (park.organisations["lab"], "purchaser", None)
    with unit_of_work():
        kettles.heat(kettle_of(kettle), park.actor("pu"))
    after = kettle_of(kettle)
    assert (after.state, after.version) == ("warming", seen[0] + 1)
    assert (after.waits_org, after.waits_role, after.waits_until) == ("system", None, after.boils_at)
    last = events_of(kettle)[-1]
    assert (last.name, last.data["from"], last.data["to"]) == ("kettle.heat", "cold", "warming")
    assert last.data["facts"] == {"changed": ["boils_at"]}
    assert last.data["audience"] == sorted([park.organisations["lab"], park.organisations["supplier"]])


def test_an_edit_raises_the_version_even_when_it_changes_nothing(park: World) -> None:
    kettle = a_kettle(park)
    before = kettle_of(kettle).version
    with unit_of_work():
        kettles.fill(kettle_of(kettle), park.actor("xiao"), water=0, price=Money(1, "CNY"))
    assert kettle_of(kettle).version == before + 1


def test_a_birth_leaves_the_parents_version_alone_unless_it_touches_it(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    before = kettle_of(kettle).version
    with unit_of_work():
        cup = kettles.pour(kettle_of(kettle), park.actor("xiao"))
    assert (kettle_of(kettle).version, kettle_of(kettle).water_ml, cup.state) == (before, 900, "full")
    with unit_of_work():
        sipped = kettles.sip(kettle_of(kettle), park.actor("pu"))
    assert (kettle_of(kettle).version, sipped.state) == (before + 1, "drunk")


def test_a_birth_that_moves_its_parent_is_two_events_the_second_caused_by_the_first(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    before = kettle_of(kettle).version
    with unit_of_work():
        cup = kettles.empty(kettle_of(kettle), park.actor("pu"))
    assert (kettle_of(kettle).state, kettle_of(kettle).version) == ("empty", before + 1)
    moved, born = events_of(kettle)[-1], events_of(cup.id)[0]
    assert (moved.name, moved.data["from"], moved.data["to"]) == ("kettle.empty", "boiling", "empty")
    assert (born.name, born.data["cause"], born.data["facts"]) == ("cup.create", moved.id, {"parent": kettle})
    assert born.seq == moved.seq + 1


def test_actions_inside_an_action_are_events_with_their_cause(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    with unit_of_work():
        kettles.pour_cups(kettle_of(kettle), park.actor("pu"), ml=300)
    outer = events_of(kettle)[-1]
    inner = list(db.session.scalars(sa.select(Event).where(Event.seq > outer.seq).order_by(Event.seq)))
    assert [event.name for event in inner] == ["cup.create"] * 3
    assert {event.data["cause"] for event in inner} == {outer.id}
    assert outer.data["cause"] is None
    assert all(event.person_id is None and event.data["actor"]["channel"] == "system" for event in inner)


def test_words_facts_and_further_readers_go_to_the_event_of_the_running_action(park: World) -> None:
    kettle = a_kettle(park, supplier=None)
    with unit_of_work():
        kettles.drop_(kettle_of(kettle), park.actor("rui"), reason="  手滑了  ")
    last = events_of(kettle)[-1]
    assert last.data["facts"] == {"pieces": ["lid", "spout"]}
    assert "手滑了" not in last.body
    assert last.data["audience"] == [park.organisations["lab"]]
    assert len(last.data["words"]) == 64


def test_what_nobody_is_to_hear_of_has_no_audience_not_even_for_what_it_makes(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    with unit_of_work():
        cup = kettles.spill(kettle_of(kettle), SYSTEM_ACTOR)
    assert [event.data["audience"] for event in (events_of(kettle)[-1], events_of(cup.id)[0])] == [[], []]


def test_what_is_refused_leaves_nothing_behind(park: World) -> None:
    kettle = a_kettle(park)
    before = (kettle_of(kettle).version, len(events_of(kettle)))
    for refused_action, actor, code in (
        (kettles.heat, "xiao", NOT_YOURS.code),
        (kettles.pour, "pu", WRONG_STATE.code),
        (kettles.pour, "xiao2", NOT_YOURS.code),
    ):
        with pytest.raises(Refusal) as refused, unit_of_work():
            refused_action(kettle_of(kettle), park.actor(actor))
        assert refused.value.code == code
    assert (kettle_of(kettle).version, len(events_of(kettle))) == before


def test_a_write_outside_a_unit_of_work_is_a_bug_and_says_so(park: World) -> None:
    kettle = kettle_of(a_kettle(park))
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        kettles.heat(kettle, park.actor("pu"))
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        note(changed=["label"])
    db.session.rollback()
    assert kettle_of(kettle.id).state == "cold"


def test_units_of_work_do_not_nest(park: World) -> None:
    del park
    with unit_of_work(), pytest.raises(RuntimeError, match="do not nest"), unit_of_work():
        pass


def test_an_action_that_failed_half_way_cannot_be_swept_under_the_carpet(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    with pytest.raises(RuntimeError, match=r"kettle\.pour_cups failed half way"), unit_of_work():  # noqa: PT012
        with pytest.raises(Refusal) as refused:
            kettles.pour_cups(kettle_of(kettle), park.actor("pu"), ml=1_500)
        assert refused.value.code == "test_no_water"
    assert kettle_of(kettle).water_ml == 1_000
    assert db.session.scalars(sa.select(Cup)).all() == []


def test_a_refusal_before_anything_was_done_may_be_caught(park: World) -> None:
    kettle = a_kettle(park)
    with unit_of_work():
        with pytest.raises(Refusal):
            kettles.empty(kettle_of(kettle), park.actor("pu"))
        kettles.heat(kettle_of(kettle), park.actor("pu"))
    assert [event.name for event in events_of(kettle)] == ["kettle.create", "kettle.heat"]


def test_a_unique_index_that_decides_a_race_is_a_conflict_and_a_broken_check_is_our_own_defect(park: World) -> None:
    a_kettle(park, label="the only one")
    with pytest.raises(Refusal) as refused:
        a_kettle(park, label="the only one")
    assert refused.value.code == ALREADY_THERE.code
    kettle = a_kettle(park)
    with pytest.raises(sa.exc.IntegrityError), unit_of_work():
        kettle_of(kettle).water_ml = -1
    assert kettle_of(kettle).water_ml == 1_000


def test_a_record_that_changed_under_ones_hands_is_a_lost_race(park: World) -> None:
    kettle = a_kettle(park)
    with pytest.raises(Refusal) as refused, unit_of_work():  # noqa: PT012
        mine = kettle_of(kettle)
        db.session.execute(sa.text("UPDATE kettle SET version = version + 1 WHERE id = :id"), {"id": kettle})
        mine.label = "mine"
    assert refused.value.code == RACE_LOST.code
    assert kettle_of(kettle).label != "mine"


def test_a_unit_of_work_sees_what_others_have_committed_since(park: World) -> None:
    kettle = kettle_of(a_kettle(park))
    db.session.rollback()
    assert kettle.state == "cold"
    db.session.commit()  # the record stays loaded
    with db.engine.begin() as other:
        other.execute(sa.text("UPDATE kettle SET label = 'from elsewhere', version = version + 1"))
    with unit_of_work():
        assert db.session.get_one(Kettle, kettle.id).label == "from elsewhere"


# Offers ---------------------------------------------------------------------------------------------------------------


def names(record: Any, actor: Actor) -> dict[str, bool]:
    return {offer.action.name: offer.enabled for offer in offers(record, actor)}


def test_a_record_offers_what_is_yours_to_do_from_its_state(park: World) -> None:
    cold, boiling = kettle_of(a_kettle(park)), kettle_of(a_kettle(park, state="boiling"))
    assert names(cold, park.actor("pu")) == {"heat": True, "fill": True, "sip": True, "drop": True}
    assert names(cold, park.actor("xiao")) == {"fill": True}
    assert names(cold, park.actor("rui")) == {"drop": True}
    assert names(cold, park.actor("shen")) == {}
    assert names(cold, ANONYMOUS) == {}
    assert names(boiling, park.actor("xiao")) == {"pour": True}
    assert names(boiling, SYSTEM_ACTOR) == {"serve": True, "spill": True}


def test_what_would_be_refused_now_is_offered_with_its_reason(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    with unit_of_work():
        kettles.pour_cups(kettle_of(kettle), park.actor("pu"), ml=1_000)
    offered = {offer.action.name: offer for offer in offers(kettle_of(kettle), park.actor("xiao"))}
    assert not offered["pour"].enabled
    assert offered["pour"].refusal is not None
    assert (offered["pour"].refusal.code, offered["pour"].refusal.params["left"]) == ("test_no_water", 0)
    with pytest.raises(Refusal) as refused, unit_of_work():
        kettles.pour(kettle_of(kettle), park.actor("xiao"))
    assert refused.value.code == "test_no_water"


def test_waiting_moments_may_be_a_column_a_time_from_now_or_nothing(park: World) -> None:
    with clock_at(timedelta(0)):
        kettle = kettle_of(a_kettle(park, state="boiling"))
    assert kettle.waits_until is not None
    assert timedelta(minutes=59) < kettle.waits_until - now() <= timedelta(hours=1)
    with unit_of_work():
        cup = kettles.empty(kettle_of(kettle.id), park.actor("pu"))
    assert kettle_of(kettle.id).waits_org is None
    assert (cup.waits_org, cup.waits_role, cup.waits_until) == (park.organisations["lab"], "purchaser", None)


def test_reading_cannot_write(park: World) -> None:
    kettle = a_kettle(park)
    with reading() as session, pytest.raises(sa.exc.DBAPIError):
        session.execute(sa.text("UPDATE kettle SET label = 'no' WHERE id = :id"), {"id": kettle})
    assert CUP.initial == "full"
    assert kettle_of(kettle).label != "no"
