"""Ordering at the JSON face: the whole way of an order, who may, what is hidden, and commands that arrive twice."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.ordering.actions import orders
from app.ordering.models import Order
from tests.world import Api, World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import approved, do, reach_claim, reach_order

pytestmark = pytest.mark.database_matters


def api(app: Flask, world: World, name: str) -> Api:
    return Api(app, world.key(name))


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def names_of(body: Any) -> set[str]:
    """The actions that a representation offers and would do now."""
    return {action["name"] for action in body["actions"] if action["enabled"]}


def test_an_order_goes_its_whole_way_over_the_api(app: Flask, world: World) -> None:
    one = listing(world)
    pu, tao, xiao, fa, rong, qiu = (api(app, world, name) for name in ("pu", "tao", "xiao", "fa", "rong", "qiu"))
    demand = done(pu.post("requisitions", {"lines": [{"listing": one.id, "quantity": "2"}]}), 201)
    done(pu.do(f"requisitions/{demand['id']}", "submit"))
    assert done(pu.do(f"requisitions/{demand['id']}", "order"))["state"] == "ordered"
    order = done(pu.get("orders"))["items"][0]
    path = f"orders/{order['id']}"
    assert (order["state"], order["total"]) == ("awaiting_operator", {"amount": "137000.00", "currency": "CNY"})
    done(tao.do(path, "approve", {"reason": "同意"}))
    assert names_of(done(xiao.get(path))) == {"attach", "confirm", "print", "refuse"}
    done(xiao.do(path, "confirm"))
    line = order["lines"][0]["id"]
    shipment = done(fa.post(f"{path}/pack", {"lines": [{"order_line": line, "quantity": "2"}]}), 201)
    done(fa.do(f"shipments/{shipment['id']}", "ship", {"carrier": "顺丰", "tracking": "SF1"}))
    count = {"lines": [{"order_line": line, "received": "2", "serials": ["A1", "A2"]}]}
    receipt = done(rong.post(f"shipments/{shipment['id']}/receive", count), 201)
    done(rong.do(f"receipts/{receipt['id']}", "record"))
    pending = done(qiu.get("acceptances"))["items"][0]
    assert done(qiu.do(f"acceptances/{pending['id']}", "accept", {"quantity": "1"}))["quantity"] == "1"
    assert done(qiu.get(path))["state"] == "delivered"
    rest = next(row for row in done(qiu.get("acceptances"))["items"] if row["state"] == "pending")
    done(qiu.do(f"acceptances/{rest['id']}", "accept"))
    body = done(pu.get(path))
    assert (body["state"], body["lines"][0]["accepted"]) == ("accepted", "2")
    told = [event["name"] for event in done(pu.get(f"{path}/history"))["items"]]
    assert told[:2] == ["order.accept", "order.deliver"]


def test_ordering_twice_with_one_key_makes_one_order(app: Flask, world: World) -> None:
    demand = approved(world)
    pu = api(app, world, "pu")
    first = pu.post(f"requisitions/{demand.id}/order", version=demand.version, key="order-once")
    second = pu.post(f"requisitions/{demand.id}/order", version=demand.version, key="order-once")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(done(pu.get("orders"))["items"]) == 1


def test_a_stale_version_is_refused_and_changes_nothing(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    xiao = api(app, world, "xiao")
    assert xiao.post(f"orders/{order.id}/confirm").status_code == 428
    assert xiao.post(f"orders/{order.id}/confirm", version=order.version + 1).status_code == 412
    db.session.rollback()
    assert db.session.get_one(Order, order.id).state == "awaiting_supplier"


def test_the_commission_and_the_rule_are_hidden_from_the_buyer(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    do(orders.freeze_commission, order, SYSTEM_ACTOR, commission={"rate_id": "rat_x", "rate_bp": 200})
    seen = {name: done(api(app, world, name).get(f"orders/{order.id}")) for name in ("pu", "xiao", "tao", "shen")}
    assert {name for name, body in seen.items() if "commission" in body} == {"xiao", "tao", "shen"}
    assert {name for name, body in seen.items() if "rule" in body} == {"tao", "shen"}


def test_system_verbs_have_no_route(app: Flask, world: World) -> None:
    order = reach_order(world, "delivered")
    for name in ("accept", "deliver", "close", "give_up", "freeze_commission", "put_up", "step_back"):
        for person in ("pu", "tao"):
            answer = api(app, world, person).post(f"orders/{order.id}/{name}", version=order.version)
            assert answer.status_code == 404, name


def test_a_stranger_learns_nothing_and_a_colleague_learns_who_may(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    assert api(app, world, "lab2pu").post(f"orders/{order.id}/cancel", version=1).status_code == 404
    assert api(app, world, "xiao").post(f"orders/{order.id}/confirm", version=1).status_code == 404
    told = api(app, world, "mei").post(f"orders/{order.id}/cancel", {"reason": "x"}, version=order.version)
    assert (told.status_code, told.get_json()["code"]) == (403, "not_yours")


def test_a_refused_action_is_listed_with_its_reason(app: Flask, world: World) -> None:
    claim = reach_claim(world, "agreed")
    body = done(api(app, world, "rong").get(f"orders/{claim.order_id}"))
    assert body["state"] == "confirmed"
    order = reach_order(world, "delivered")
    pending = next(row for row in done(api(app, world, "rong").get("acceptances"))["items"] if row["order"] == order.id)
    shown = done(api(app, world, "rong").get(f"acceptances/{pending['id']}"))["actions"]
    accept = next(action for action in shown if action["name"] == "accept")
    assert (accept["enabled"], accept["code"]) == (False, "not_the_receiver")


def test_input_errors_name_line_and_field(app: Flask, world: World) -> None:
    pu = api(app, world, "pu")
    for line, field in (
        ({"listing": "lst_nonsense", "quantity": "1"}, "lines.0.listing"),
        ({"listing": listing(world, "withdrawn").id, "quantity": "1"}, "lines.0.listing"),
        ({"quantity": "1"}, "lines.0.title"),
        ({"listing": None, "title": "泵", "unit": "台", "quantity": "0"}, "lines.0.quantity"),
    ):  # fmt: skip
        answer = pu.post("requisitions", {"lines": [line]})
        assert answer.status_code == 422, answer.get_data(as_text=True)
        pointers = {error.get("field", error.get("pointer", "")) for error in answer.get_json()["errors"]}
        assert any(field.replace(".", "/") in at.replace(".", "/") for at in pointers), pointers
    assert done(pu.get("requisitions"))["items"] == []


def test_quantities_beyond_reason_are_refused_with_words_not_with_a_defect(app: Flask, world: World) -> None:
    pu = api(app, world, "pu")
    huge = {"listing": listing(world).id, "quantity": "1000000000"}
    assert pu.post("requisitions", {"lines": [huge]}).status_code == 422
    tiny = {"listing": listing(world).id, "quantity": "0.000001"}
    answer = pu.post("requisitions", {"lines": [tiny]})
    assert answer.status_code in (201, 422)


@pytest.mark.parametrize("collection", ["orders", "requisitions", "shipments", "receipts", "acceptances", "claims"])
def test_a_collection_shows_each_party_its_own(app: Flask, world: World, collection: str) -> None:
    reach_claim(world, "open")
    assert done(api(app, world, "pu").get(collection))["items"]
    assert done(api(app, world, "lab2pu").get(collection))["items"] == []
    assert done(api(app, world, "xiao2").get(collection))["items"] == []
    theirs = done(api(app, world, "xiao").get(collection))["items"]
    assert bool(theirs) == (collection != "requisitions")
