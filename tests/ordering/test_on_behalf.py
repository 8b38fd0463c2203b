"""What the operator does for a buyer without a computer is marked on every row: chain, history, search, page."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import events
from app.kernel.db import db, mode
from app.kernel.events import Event
from app.ledger import triggers
from app.ordering.models import Order
from tests.web.visitor import Visitor
from tests.world import Api, World
from tests.worlds.accounts import past_every_action
from tests.worlds.ordering import reach_order

pytestmark = pytest.mark.database_matters


def marked(world: World) -> list[Event]:
    db.session.rollback()
    lab = world.organisations["lab"]
    return list(db.session.scalars(sa.select(Event).where(Event.behalf_id == lab).order_by(Event.seq)))


def entered(world: World) -> Order:
    return reach_order(world, "awaiting_buyer")


def test_the_entry_and_all_that_follows_from_it_name_for_whom(world: World) -> None:
    order = entered(world)
    rows = marked(world)
    assert {"order.create", "requisition.create", "requisition.submit"} <= {row.name for row in rows}
    assert any(row.object_id == order.id for row in rows)
    assert all(row.data["actor"]["behalf"] == world.organisations["lab"] for row in rows)
    assert list(events.verify(db.session())) == []


def test_what_a_buyer_does_itself_is_not_marked(world: World) -> None:
    reach_order(world, "confirmed")
    assert marked(world) == []


def test_history_search_and_page_say_it(app: Flask, world: World) -> None:
    order, lab = entered(world), world.organisations["lab"]
    told = Api(app, world.key("pu")).get(f"orders/{order.id}/history").get_json()["items"]
    assert told[-1]["actor"]["behalf"] == lab
    assert "off line" in Visitor(app, world, "pu").get(f"/orders/{order.id}").text
    found = Api(app, world.key("shen")).get("audit", org=lab, event="order.create").get_json()["items"]
    assert [item["object"] for item in found] == [order.id]


def test_a_mark_that_was_taken_off_breaks_the_chain(world: World) -> None:
    entered(world)
    db.session.rollback()
    token = mode.set("write")
    try:
        with db.engine.begin() as connection:
            triggers.uninstall(connection)
    finally:
        mode.reset(token)
    past_every_action(sa.update(Event).where(Event.behalf_id.is_not(None)).values(behalf_id=None))
    db.session.rollback()
    assert any("columns differ" in problem for problem in events.verify(db.session()))
