"""The buyer never hears of the commission: not in the order, not in its history."""

from __future__ import annotations

import pytest
from flask import Flask

from app.kernel import worker
from tests.world import Api, build
from tests.worlds.ordering import placed
from tests.worlds.payments import rate

pytestmark = pytest.mark.database_matters


def test_the_commission_is_frozen_without_the_buyer_hearing_of_it(app: Flask) -> None:
    world = build()
    rate(world)
    (order,) = placed(world)
    worker.settle()
    buyer, operator = Api(app, world.key("pu")), Api(app, world.key("tao"))
    assert "commission" not in buyer.get(f"orders/{order.id}").get_json()
    assert operator.get(f"orders/{order.id}").get_json()["commission"]["rate_bp"] > 0
    told = {name: _names(api, order.id) for name, api in (("buyer", buyer), ("operator", operator))}
    assert "order.freeze_commission" in told["operator"]
    assert "order.freeze_commission" not in told["buyer"]


def _names(api: Api, order_id: str) -> list[str]:
    return [event["name"] for event in api.get(f"orders/{order_id}/history").get_json()["items"]]
