"""Guesses and files that race: a code takes five wrong ones and is good once, a quota is never exceeded."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import files
from app.accounts.actions import memberships
from app.accounts.models import Membership
from app.kernel.db import db
from app.ordering.actions import attachments, confirming
from app.ordering.models import Order
from app.ordering.offline_models import OrderCode
from tests.ordering.test_offline_entry import enter, mailed_code, other_than
from tests.ordering.test_races import attempt, race
from tests.world import World
from tests.worlds.ordering import again, do, reach_order

pytestmark = pytest.mark.database_matters

GUESSES = 8
MB = 1024 * 1024


def _with_code(world: World, app: Flask) -> tuple[Order, str]:
    held = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["qiu"])).one()
    do(memberships.change_roles, held, world.actor("guan"), roles=["receiver"])
    order = enter(world)
    do(confirming.send_code, order, world.actor("sup"))
    return order, mailed_code(app)


def test_racing_guesses_are_counted_one_by_one(app: Flask, world: World) -> None:
    order, code = _with_code(world, app)
    guess = partial(attempt, confirming.confirm_by_code, Order, order.id, world.actor("sup"), code=other_than(code))
    done, codes = race(app, *[guess] * GUESSES)
    assert done == []
    assert sorted(codes) == ["no_live_code"] * 3 + ["wrong_code"] * 5
    assert db.session.scalars(sa.select(OrderCode.tries)).one() == 5


def test_the_right_code_sent_twice_at_once_confirms_once(app: Flask, world: World) -> None:
    order, code = _with_code(world, app)
    tries = [
        partial(attempt, confirming.confirm_by_code, Order, order.id, world.actor(name), code=code)
        for name in ("sup", "pu")
    ]
    done, codes = race(app, *tries)
    assert (len(done), codes) == (1, ["wrong_state"])
    assert again(order).state == "awaiting_operator"


def test_two_files_do_not_share_the_last_of_a_quota(app: Flask, world: World) -> None:
    """On two orders, so that no lock of the record settles it."""
    app.config["FILE_QUOTA_MB"] = 1
    tries = []
    for number in range(2):
        order = reach_order(world, "confirmed")
        file = files.stored(bytes([number]) * (MB // 2 + 1), f"{number}.txt", "text/plain")
        tries.append(partial(attempt, attachments.attach_to_order, Order, order.id, world.actor("pu"), file=file))
    done, codes = race(app, *tries)
    assert (done, codes) == (["attach"], ["file_quota"])
    assert files.used_bytes(world.organisations["lab"]) == MB // 2 + 1
