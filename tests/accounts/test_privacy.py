"""One person's data: given out whole, corrected, erased; and the chain and the ledger verify afterwards as before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.accounts import consents, triggers
from app.accounts.actions import memberships
from app.accounts.models import ApiKey, Consent, LoginSession, Membership, Person
from app.accounts.privacy import erasing, held
from app.catalogue import index as catalogue_index
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import Event, EventWords
from app.kernel.work import unit_of_work
from app.ordering.actions import requisitions
from app.web.legal import EDITIONS
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.accounts import lent, machine, machine_key, past_every_action, place_of
from tests.worlds.ordering import again, approval_rule, do, refuses, requisition
from tests.worlds.payments import bought, paid

pytestmark = pytest.mark.database_matters

WORDS = "我个人认为不必要"


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def run(app: Flask, *arguments: str) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(arguments))


def person(world: World, name: str) -> Person:
    db.session.rollback()
    return db.session.get_one(Person, world.people[name], populate_existing=True)


def a_life(app: Flask, world: World) -> None:
    """ "qiu" has signed in, bought, spoken, agreed, holds keys, answers for a machine, and somebody lends to them."""
    visitor = Visitor(app, world, "qiu")
    visitor.send("/account/consents", on="/account", document="all", given="1")
    demand = requisition(world, by="qiu")
    do(requisitions.cancel, demand, world.actor("qiu"), reason=WORDS)
    paid(world, bought(world, "100.00", 1), "100.00")
    world.key("qiu")
    lent(world, deputy="qiu")
    worker.settle()
    catalogue_index.rebuild()


# Given out ------------------------------------------------------------------------------------------------------------


def test_everything_is_given_out_and_no_secret(app: Flask, world: World) -> None:
    a_life(app, world)
    told = run(app, "person", "export", "qiu@lab.example")
    assert told.exit_code == 0, told.output
    data = json.loads(told.output)
    assert data["person"]["email"] == "qiu@lab.example"
    assert data["memberships"][0]["roles"] == ["purchaser", "receiver"]
    assert {one["document"] for one in data["own"]["consent"]} == {"terms", "privacy"}
    assert any(one["words"] == WORDS for one in data["did"])
    assert {one["kind"] for one in data["named_in"]} >= {"requisition", "delegation", "membership"}
    secrets = set(db.session.scalars(sa.select(LoginSession.token_hash))) | set(
        db.session.scalars(sa.select(ApiKey.secret_hash))
    )
    assert not any(secret in told.output for secret in secrets)


def test_no_table_that_refers_to_a_person_is_forgotten(app: Flask) -> None:
    """Every column with a foreign key to a person is either the person's own or named in what is given out."""
    del app
    tables = {table.name for table, _ in held.references()}
    assert len(tables) > 20
    own = {model.__tablename__ for model in held.belonging()}
    assert own == {
        "login_session", "single_use_link", "consent", "notice", "notice_sending", "notice_preference",
        "notice_kind_preference", "notice_contact", "basket_line", "compared_listing", "saved_search", "saved_list",
        "saved_list_line", "viewed_listing", "totp_secret", "recovery_code", "passkey", "ceremony", "sign_on_identity",
    }  # fmt: skip
    assert own <= tables


def test_a_person_downloads_their_own_and_nobody_elses(app: Flask, world: World) -> None:
    answer = Visitor(app, world, "qiu").client.get("/account/data")
    assert json.loads(answer.get_data())["person"]["id"] == world.people["qiu"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert app.test_client().get("/account/data").status_code in (302, 303)


# Corrected ------------------------------------------------------------------------------------------------------------


def test_a_name_and_an_address_are_corrected_wherever_they_stand(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "qiu")
    told = run(app, "person", "correct", "qiu@lab.example", "--name", "邱", "--new-email", "Qiu2@lab.example")
    assert told.exit_code == 0, told.output
    one = person(world, "qiu")
    assert (one.name, one.email, place_of(world, "qiu").email) == ("邱", "qiu2@lab.example", "qiu2@lab.example")
    assert visitor.get("/account").status == 303, "whoever was signed in signs in again"
    for wrong in (["--new-email", "pu@lab.example"], ["--new-email", "no address"], []):
        assert run(app, "person", "correct", "qiu2@lab.example", *wrong).exit_code == 1


# Erased ---------------------------------------------------------------------------------------------------------------


def test_after_an_erasure_nothing_names_the_person_and_everything_verifies(app: Flask, world: World) -> None:
    a_life(app, world)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
    told = run(app, "person", "erase", "qiu@lab.example", "--yes")
    assert told.exit_code == 0, told.output
    one = person(world, "qiu")
    assert (one.name, one.active, one.password_hash) == ("", False, None)
    assert one.email == f"{one.id}@erased.invalid"
    assert one.erased_at is not None
    assert _trace(app, "qiu@lab.example") == []
    assert _trace(app, WORDS) == []
    states = set(db.session.scalars(sa.select(ApiKey.state).where(ApiKey.person_id == one.id)))
    assert states == {"revoked"}
    for model in held.belonging():
        rows = sa.select(sa.func.count()).where(model.__table__.c.person_id == one.id)
        assert db.session.scalar(rows) == 0, model.__tablename__
    assert (db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0) > (before or 0)
    doctor = run(app, "doctor")
    wrong = [line for line in doctor.output.splitlines() if line.startswith("bad")]
    assert wrong == [], doctor.output
    assert "chain" in doctor.output
    assert run(app, "person", "erase", "qiu@lab.example", "--yes").exit_code == 1, "there is nobody of this address"


def _trace(app: Flask, text: str) -> list[str]:
    """Tables, columns and mails in which a text still stands; the security log is kept as the law asks."""
    db.session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        if table.name == "security_note":
            continue
        for column in table.columns:
            there = sa.cast(column, sa.Text).contains(text, autoescape=True)
            if db.session.scalar(sa.select(sa.func.count()).select_from(table).where(there)):
                found.append(f"{table.name}.{column.name}")
    mails = Path(app.instance_path) / "mail"
    return found + [str(path) for path in mails.glob("*.eml") if text in path.read_text(errors="replace")]


def test_an_erased_person_is_called_so_and_their_records_stay(app: Flask, world: World) -> None:
    demand = requisition(world, by="qiu")
    do(requisitions.cancel, demand, world.actor("qiu"), reason=WORDS)
    run(app, "person", "erase", "qiu@lab.example", "--yes")
    page = Visitor(app, world, "pu").get(f"/requisitions/{demand.id}")
    assert page.status == 200
    assert "erased person" in page.text
    assert WORDS not in page.text


def test_the_last_admin_is_not_erased_without_somebody_to_take_over(app: Flask, world: World) -> None:
    told = run(app, "person", "erase", "guan@lab.example", "--yes")
    assert told.exit_code == 1
    assert "last admin" in told.output
    assert person(world, "guan").active
    done = run(app, "person", "erase", "guan@lab.example", "--successor", "pu@lab.example", "--yes")
    assert done.exit_code == 0, done.output
    assert "org_admin" in world.actor("pu").roles


def test_whoever_is_waited_for_alone_is_not_erased_and_the_page_names_what_waits(app: Flask, world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = do(requisitions.submit, requisition(world, by="mei"), world.actor("mei"))
    told = run(app, "person", "erase", "an@lab.example", "--yes")
    assert (told.exit_code, "wait for this person alone" in told.output) == (1, True)
    page = Visitor(app, world, "guan").get(f"/memberships/{place_of(world, 'an').id}")
    assert f"/requisitions/{demand.id}" in page.links.values()
    assert "alone" not in Visitor(app, world, "pu").get(f"/memberships/{place_of(world, 'an').id}").text
    done = run(app, "person", "erase", "an@lab.example", "--successor", "rong@lab.example", "--yes")
    assert done.exit_code == 0, done.output
    assert do(requisitions.approve, demand, world.actor("rong")).state == "approved"


def test_a_machine_goes_to_whoever_takes_over(app: Flask, world: World) -> None:
    account = machine(world)
    machine_key(world, account)
    assert run(app, "person", "erase", "pu@lab.example", "--yes").exit_code == 1
    done = run(app, "person", "erase", "pu@lab.example", "--successor", "qiu@lab.example", "--yes")
    assert done.exit_code == 0, done.output
    assert again(account).responsible.person_id == world.people["qiu"]


def test_a_successor_belongs_to_the_organisation(app: Flask, world: World) -> None:
    done = run(app, "person", "erase", "guan@lab.example", "--successor", "xiao@supplier.example", "--yes")
    assert done.exit_code == 1
    assert person(world, "guan").active


def test_the_address_of_an_erased_person_is_free_again(app: Flask, world: World) -> None:
    run(app, "person", "erase", "qiu@lab.example", "--yes")
    made = do(memberships.invite, world.org("lab"), world.actor("guan"), email="qiu@lab.example", roles=["member"])
    assert made.state == "invited"


def test_a_wish_to_be_erased_is_written_down_listed_and_taken_back(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "qiu")
    visitor.send("/account/erasure", on="/account", wanted="1")
    assert "qiu@lab.example" in run(app, "person", "requests").output
    assert "be erased" in visitor.get("/account").text
    visitor.send("/account/erasure", on="/account", wanted="0")
    assert "qiu@lab.example" not in run(app, "person", "requests").output


def test_the_database_keeps_an_erased_person_out(world: World) -> None:
    past = sa.update(Person).where(Person.id == world.people["qiu"]).values(erased_at=person(world, "an").created_at)
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(past)


# Consents -------------------------------------------------------------------------------------------------------------


def test_a_reader_is_asked_until_they_answer_the_present_editions(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "qiu")
    assert "Please read the present editions" in visitor.get("/work").text
    visitor.send("/account/consents", on="/work", document="all", given="1")
    assert "Please read the present editions" not in visitor.get("/work").text
    assert consents.unanswered(world.people["qiu"], {**EDITIONS, "terms": "2.0"}) == ["terms"]


def test_every_answer_is_a_row_and_none_is_changed(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "qiu")
    for given in ("1", "0"):
        visitor.send("/account/consents", on="/account", document="privacy", given=given)
    rows = consents.log_of(world.people["qiu"])
    assert [(one.document, one.given, one.edition) for one in rows] == [
        ("privacy", False, EDITIONS["privacy"]), ("privacy", True, EDITIONS["privacy"])
    ]  # fmt: skip
    with pytest.raises(sa.exc.DatabaseError):
        past_every_action(sa.update(Consent).values(given=True))
    db.session.rollback()
    assert triggers.missing(db.session.connection()) == []


# Who never serves two -------------------------------------------------------------------------------------------------


def test_the_database_refuses_one_person_in_operator_and_owner(world: World) -> None:
    row: dict[str, Any] = {
        "id": "mem_" + "0" * 26, "org_id": world.organisations["owner"], "person_id": world.people["rui"],
        "email": "rui@operator.example", "roles": ["owner"], "state": "active", "version": 1,
    }  # fmt: skip
    with pytest.raises(sa.exc.DatabaseError, match="different people"):
        past_every_action(sa.insert(Membership).values(row))
    past_every_action(sa.insert(Membership).values(row | {"org_id": world.organisations["lab2"], "roles": ["member"]}))


def test_the_database_refuses_two_administrations_in_one_hand(world: World) -> None:
    one = place_of(world, "ops")
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(
            sa.update(Membership).where(Membership.id == one.id).values(roles=["system_admin", "audit_admin"])
        )
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(sa.insert(Membership).values(
            id="mem_" + "0" * 26, org_id=one.org_id, person_id=one.person_id, email="other@operator.example",
            roles=["audit_admin"], state="active", version=1,
        ))  # fmt: skip


# Leaving --------------------------------------------------------------------------------------------------------------


def test_a_member_leaves_by_their_own_will(app: Flask, world: World) -> None:
    with refuses("leave_yourself"):
        do(memberships.leave, place_of(world, "qiu"), world.actor("guan"))
    with refuses("last_admin"):
        do(memberships.leave, place_of(world, "guan"), world.actor("guan"))
    visitor, left = Visitor(app, world, "qiu"), place_of(world, "qiu")
    visitor.do(f"/memberships/{left.id}/leave")
    assert again(left).state == "ended"
    assert visitor.get("/work").status == 303


def test_erasing_is_refused_half_way_without_a_trace(world: World) -> None:
    with refuses("last_admin_of"), unit_of_work():
        erasing.erase(erasing.by_email("guan@lab.example"))
    assert person(world, "guan").email == "guan@lab.example"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventWords)) is not None
