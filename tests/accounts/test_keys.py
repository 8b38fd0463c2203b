"""Keys of people and of machines: what each may touch, until when, who makes it, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import areas, credentials
from app.accounts.actions import keys, memberships, service_accounts
from app.accounts.areas import AREAS, EVERY_AREA
from app.accounts.models import ApiKey, ServiceAccount
from app.http import callable_actions, collections
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import clock_at
from app.ordering.actions import requisitions
from tests.world import Api, World, build
from tests.worlds.accounts import do_secret, machine, machine_key, past_every_action, place_of
from tests.worlds.ordering import again, approval_rule, do, refuses, requisition


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def key(world: World, name: str, **given: Any) -> tuple[ApiKey, str]:
    made, secret = do_secret(
        keys.issue_key, place_of(world, name), world.actor(name), title="test", scope=given.pop("scope", "write"),
        **given,
    )  # fmt: skip
    return made, secret


def opens(secret: str) -> bool:
    db.session.rollback()
    return credentials.live_key(secret) is not None


def newest() -> dict[str, Any]:
    db.session.rollback()
    return db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one().data


# Areas ----------------------------------------------------------------------------------------------------------------


def test_every_collection_and_every_other_word_of_the_api_has_an_area(app: Flask) -> None:
    words = {rule.rule.split("/")[3] for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    wanted = {word for word in words if not word.startswith("<")} | set(collections())
    assert sorted(wanted - areas.AREA_OF.keys() - areas.OPEN_WORDS) == []


def _paths() -> Iterator[tuple[str, str]]:
    """(area, path) of the list of every collection."""
    yield from ((areas.AREA_OF[word], word) for word in collections())


@pytest.mark.parametrize("area", sorted(AREAS))
@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_key_reads_its_area_and_no_other(app: Flask, world: World, area: str, scope: str) -> None:
    _, secret = key(world, "pu", areas=[area], scope=scope)
    api = Api(app, secret)
    found = {(at, word): api.get(word).status_code for at, word in _paths()}
    assert {pair for pair, status in found.items() if status == 200} == {pair for pair in found if pair[0] == area}
    assert {status for (at, _), status in found.items() if at != area} <= {403}
    assert api.get("me").get_json()["areas"] == [area]


@pytest.mark.parametrize("area", sorted(AREAS))
def test_a_key_does_nothing_outside_its_area_and_a_reading_one_nothing_at_all(
    app: Flask, world: World, area: str
) -> None:
    writing, reading = (Api(app, key(world, "pu", areas=[area], scope=scope)[1]) for scope in ("write", "read"))
    nobody = "org_" + "0" * 26
    for at, word in _paths():
        verb = next(iter(callable_actions(collections()[word])), None)
        if verb is None:
            continue
        path = f"{word}/{nobody}/{verb.name}"
        told = writing.post(path, version=1)
        made_in = areas.AREA_OF[(verb.makes or verb.lifecycle).collection]
        inside = at == area == made_in
        assert (told.status_code == 403) is not inside, (path, told.status_code)
        if not inside:
            assert told.get_json()["code"] == "key_out_of_area", path
        assert reading.post(path, version=1).get_json()["code"] == "read_only_key", path


def test_what_is_made_counts_too_not_only_the_address(app: Flask, world: World) -> None:
    """A key for the organisation's own matters does not begin requests under the organisation's address."""
    api = Api(app, key(world, "pu", areas=["organisation"])[1])
    told = api.post(f"organisations/{world.organisations['lab']}/ask_for_quotes", {})
    assert told.get_json()["code"] == "key_out_of_area"


def test_the_worklist_of_a_limited_key_holds_only_its_areas(app: Flask, world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = do_submit(world)
    wide, narrow = (Api(app, key(world, "an", areas=some)[1]) for some in (list(EVERY_AREA), ["payments"]))
    assert [row["id"] for row in wide.get("worklist").get_json()["items"]] == [demand]
    assert narrow.get("worklist").get_json()["items"] == []


def do_submit(world: World) -> str:
    return str(do(requisitions.submit, requisition(world, by="mei"), world.actor("mei")).id)


def test_a_limited_key_makes_none_for_another_area_nor_changes_a_wider_one(app: Flask, world: World) -> None:
    wide, _ = key(world, "pu")
    _, secret = key(world, "pu", areas=["organisation", "ordering"])
    api = Api(app, secret)
    path = f"memberships/{place_of(world, 'pu').id}"
    body = {"title": "x", "scope": "write"}
    assert api.do(path, "issue_key", body).get_json()["code"] == "wider_than_yours"
    assert api.do(path, "issue_key", body | {"areas": ["payments"]}).get_json()["code"] == "wider_than_yours"
    assert api.do(path, "issue_key", body | {"areas": ["ordering"]}).status_code == 201
    assert api.do(f"api-keys/{wide.id}", "rotate", {}).get_json()["code"] == "wider_than_yours"


def test_a_limited_key_opens_no_pages(app: Flask, world: World) -> None:
    _, secret = key(world, "pu", areas=["ordering"])
    answer = app.test_client().get("/requisitions", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403


# Until when -----------------------------------------------------------------------------------------------------------


def test_a_key_ends_at_its_last_moment_whether_the_worker_runs_or_not(world: World) -> None:
    made, secret = key(world, "pu", days=10)
    with clock_at(made.expires_at - timedelta(seconds=5)):
        assert opens(secret)
    with clock_at(made.expires_at):
        assert not opens(secret)
        assert again(made).state == "active"
        worker.settle()
        assert again(made).state == "expired"


def test_a_key_is_valid_as_long_as_the_settings_say(app: Flask, world: World) -> None:
    made, _ = key(world, "pu")
    assert (made.expires_at - made.created_at).days in (89, 90)
    most = app.config["API_KEY_MOST_DAYS"]
    key(world, "pu", days=most)
    with refuses("key_too_long"):
        key(world, "pu", days=most + 1)


# Rotation -------------------------------------------------------------------------------------------------------------


def test_after_a_rotation_both_secrets_open_until_the_grace_ends(world: World) -> None:
    made, old = key(world, "pu")
    rotated, new = do_secret(keys.rotate, made, world.actor("pu"))
    assert old != new
    assert opens(old)
    assert opens(new)
    with clock_at(rotated.previous_until - timedelta(seconds=5)):
        assert opens(old)
    with clock_at(rotated.previous_until):
        assert not opens(old)
        assert opens(new)


def test_a_secret_that_was_seen_stops_at_once(world: World) -> None:
    made, old = key(world, "pu")
    _, new = do_secret(keys.rotate, made, world.actor("pu"), at_once=True)
    assert (opens(old), opens(new)) == (False, True)


def test_of_three_secrets_only_the_last_two_may_open(world: World) -> None:
    made, first = key(world, "pu")
    made, second = do_secret(keys.rotate, made, world.actor("pu"))
    _, third = do_secret(keys.rotate, made, world.actor("pu"))
    assert [opens(one) for one in (first, second, third)] == [False, True, True]


def test_the_new_secret_is_shown_once_to_the_holder_alone(app: Flask, world: World) -> None:
    made, secret = key(world, "pu")
    api = Api(app, secret)
    version = api.get(f"api-keys/{made.id}").get_json()["version"]
    told = api.post(f"api-keys/{made.id}/rotate", {}, version=version, key="once")
    assert told.get_json()["secret"].startswith("lpk_")
    same = api.post(f"api-keys/{made.id}/rotate", {}, version=version, key="once")
    assert "secret" not in same.get_json()
    assert "secret" not in api.get(f"api-keys/{made.id}").get_json()
    admin = Api(app, world.key("guan"))
    assert admin.do(f"api-keys/{made.id}", "rotate", {}).get_json()["code"] == "key_for_oneself"


# Machines -------------------------------------------------------------------------------------------------------------


def test_a_machine_acts_in_the_name_of_whoever_answers_for_it_and_the_chain_says_so(app: Flask, world: World) -> None:
    account = machine(world)
    api = Api(app, machine_key(world, account))
    me = api.get("me").get_json()
    assert (me["person"]["id"], me["machine"], me["roles"]) == (world.people["pu"], account.id, ["purchaser"])
    line = {"title": "移液器吸头", "quantity": "2", "unit": "盒"}
    made = api.post("requisitions", {"title": "x", "lines": [line]})
    assert made.status_code == 201
    actor = newest()["actor"]
    assert (actor["person"], actor["machine"]) == (world.people["pu"], account.id)
    told = api.get(f"requisitions/{made.get_json()['id']}/history").get_json()["items"][-1]["actor"]
    assert told["machine"] == account.id


@pytest.mark.parametrize("role", ["approver", "org_admin"])
def test_a_machine_never_decides(world: World, role: str) -> None:
    with refuses("not_for_machines"):
        machine(world, "guan" if role == "org_admin" else "an", (role,))


def test_a_machine_signs_nothing_even_with_finance(app: Flask, world: World) -> None:
    approval_rule(world, roles=["finance"])
    demand = do_submit(world)
    api = Api(app, machine_key(world, machine(world, "cai", ("finance",)), by="cai"))
    assert api.do(f"requisitions/{demand}", "approve").get_json()["code"] == "machines_sign_nothing"


def test_whoever_answers_holds_every_role_of_the_machine(world: World) -> None:
    with refuses("lacks_the_roles"):
        machine(world, "mei", ("purchaser",))
    account = machine(world)
    do(memberships.change_roles, place_of(world, "pu"), world.actor("guan"), roles=["member"])
    with refuses("wider_than_yours"):
        machine_key(world, account)


def test_a_machine_loses_what_its_colleague_loses_at_the_next_request(app: Flask, world: World) -> None:
    api = Api(app, machine_key(world, machine(world)))
    assert api.get("me").get_json()["roles"] == ["purchaser"]
    do(memberships.change_roles, place_of(world, "pu"), world.actor("guan"), roles=["member"])
    assert api.get("me").get_json()["roles"] == []


def test_only_whoever_answers_makes_and_changes_the_keys_of_a_machine(world: World) -> None:
    account = machine(world)
    for name in ("guan", "qiu"):
        with refuses("not_responsible"):
            machine_key(world, account, by=name)
    made, _ = do_secret(keys.issue_machine_key, account, world.actor("pu"), title="x", scope="read")
    with refuses("not_responsible"):
        do(keys.rotate, made, world.actor("guan"))
    do(keys.revoke, made, world.actor("guan"))


def test_a_machine_makes_no_keys(app: Flask, world: World) -> None:
    account = machine(world)
    api = Api(app, machine_key(world, account))
    body = {"title": "x", "scope": "read"}
    path = f"memberships/{place_of(world, 'pu').id}"
    assert api.do(path, "issue_key", body).get_json()["code"] == "wider_than_yours"
    assert api.do(f"service-accounts/{account.id}", "issue_key", body).get_json()["code"] == "not_responsible"
    assert api.do(path, "leave").get_json()["code"] == "leave_yourself"


def test_after_a_hand_over_the_old_secrets_run_out_and_the_new_colleague_makes_others(world: World) -> None:
    account = machine(world)
    old = machine_key(world, account)
    account = do(service_accounts.hand_over, account, world.actor("guan"), responsible=place_of(world, "qiu").id)
    with refuses("not_responsible"):
        machine_key(world, account)
    new = machine_key(world, account, by="qiu")
    assert opens(old)
    assert credentials.actor_of_key(credentials.live_key(old)).person_id == world.people["qiu"]  # type: ignore[union-attr]
    with clock_at(keys.grace()):
        assert (opens(old), opens(new)) == (False, True)


def test_a_machine_ends_with_nobody_to_answer_for_it(world: World) -> None:
    account = machine(world)
    secret = machine_key(world, account)
    do(memberships.end, place_of(world, "pu"), world.actor("guan"))
    assert again(account).state == "ended"
    assert not opens(secret)
    states = set(db.session.scalars(sa.select(ApiKey.state).where(ApiKey.account_id == account.id)))
    assert states == {"revoked"}


def test_a_machine_of_one_organisation_is_never_answered_for_by_another(world: World) -> None:
    with refuses("no_such_colleague"):
        do(service_accounts.make_service_account, world.org("lab"), world.actor("guan"), title="x",
           roles=["purchaser"], responsible=place_of(world, "lab2pu").id)  # fmt: skip
    foreign = sa.insert(ServiceAccount).values(
        id="sva_" + "0" * 26, org_id=world.organisations["lab"], membership_id=place_of(world, "lab2pu").id,
        title="x", roles=["purchaser"], state="active", version=1,
    )  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(foreign)


def test_two_machines_of_one_name_cannot_be_told_apart(world: World) -> None:
    machine(world)
    with refuses("already_there"):
        machine(world, "qiu")
