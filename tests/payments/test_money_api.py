"""Money over the API: births, rights, and fields that some readers never get."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.kernel.values import now
from tests.world import Api, World
from tests.worlds.ordering import again
from tests.worlds.payments import (
    bank_account,
    bought,
    paid,
    paid_out,
    proposed_refund,
    refunded,
    stands,
    statement,
    told,
)

pytestmark = pytest.mark.database_matters


def api(app: Flask, world: World, name: str) -> Api:
    return Api(app, world.key(name))


def transfer(order_id: str, amount: str = "30000.00") -> dict[str, Any]:
    return {"order": order_id, "amount": {"amount": amount, "currency": "CNY"}, "bank_reference": "ICBC-77",
            "paid_on": now().date().isoformat()}  # fmt: skip


def test_finance_records_and_settlement_confirms(app: Flask, world: World) -> None:
    order = bought(world)
    made = api(app, world, "cai").post("payments", transfer(order.id), key="k-1")
    assert made.status_code == 201, made.get_data(as_text=True)
    body = made.get_json()
    assert body["state"] == "created"
    assert body["told"] == {"amount": "30000.00", "currency": "CNY"}
    replayed = api(app, world, "cai").post("payments", transfer(order.id), key="k-1")
    assert replayed.get_json()["id"] == body["id"]
    done = api(app, world, "shu").do(
        f"payments/{body['id']}", "succeed",
        {"amount": {"amount": "30000.00", "currency": "CNY"}, "statement_reference": "2026-11-23/17"},
    )  # fmt: skip
    assert done.status_code == 200
    assert done.get_json()["state"] == "succeeded"
    assert stands("bank") == "30000.00"


def test_another_tenants_order_is_no_order(app: Flask, world: World) -> None:
    order = bought(world)
    answer = api(app, world, "lab2pu").post("payments", transfer(order.id))
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "order_unknown"
    assert stands("bank") == "0.00"


def test_the_buyer_never_sees_commission_nor_what_was_taken_back(app: Flask, world: World) -> None:
    order = bought(world)
    payment = paid(world, order, "40000.00")
    refund = refunded(world, proposed_refund(world, order, "10000.00"))
    buyer, supplier, staff = (api(app, world, name) for name in ("cai", "jin", "wang"))
    assert "commission" not in buyer.get(f"orders/{order.id}").get_json()
    assert supplier.get(f"orders/{order.id}").get_json()["commission"]["rate_bp"] == 200
    seen = {name: one.get(f"payments/{payment.id}").get_json() for name, one in
            (("buyer", buyer), ("supplier", supplier), ("staff", staff))}  # fmt: skip
    assert "bank_reference" in seen["buyer"]
    assert "bank_reference" not in seen["supplier"]
    assert "statement_reference" not in seen["buyer"]
    assert "statement_reference" in seen["staff"]
    assert "taken_back" not in buyer.get(f"refunds/{refund.id}").get_json()
    assert supplier.get(f"refunds/{refund.id}").get_json()["taken_back"]["amount"] == "0.00"


@pytest.mark.parametrize("collection", ["payouts", "statements", "commission-rates", "bank-entries"])
def test_what_is_between_platform_and_supplier_is_not_for_buyers(app: Flask, world: World, collection: str) -> None:
    paid(world, bought(world), "30000.00")
    bank_account(world)
    paid_out(world)
    statement(world)
    assert api(app, world, "cai").get(collection).get_json()["items"] == []
    assert api(app, world, "jin2").get(collection).get_json()["items"] == []


def test_instalments_are_read_by_both_sides_and_written_by_nobody(app: Flask, world: World) -> None:
    order = bought(world)
    for name in ("cai", "jin", "wang"):
        items = api(app, world, name).get("instalments").get_json()["items"]
        assert len(items) == 3
        assert {item["amount"]["amount"] for item in items} == {"30000.00", "65000.00", "5000.00"}
    assert api(app, world, "lab2pu").get("instalments").get_json()["items"] == []
    one = api(app, world, "cai").get("instalments").get_json()["items"][0]
    answer = api(app, world, "cai").post(f"instalments/{one['id']}/release", {"amount": 1}, version=one["version"])
    assert answer.status_code == 404
    assert again(order).state == "confirmed"


def test_a_foreign_payment_is_not_there(app: Flask, world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    for name in ("lab2pu", "jin", "jin2"):
        assert api(app, world, name).get(f"payments/{payment.id}").status_code == 404
    body = {"amount": {"amount": "30000.00", "currency": "CNY"}, "statement_reference": "1"}
    answer = api(app, world, "lab2pu").post(f"payments/{payment.id}/succeed", body, version=1)
    assert answer.status_code == 404
