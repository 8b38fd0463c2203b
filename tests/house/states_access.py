"""Single sign-on and lost second factors in every state."""

from __future__ import annotations

from app.accounts.actions import factor_resets, sign_ons
from tests.house.everybody import hire
from tests.house.kept import REASON, Kept, kept
from tests.world import World
from tests.worlds.access import lost, sign_on
from tests.worlds.ordering import do

WATCH = "watch"


def every_sign_on(world: World) -> Kept:
    """An organisation has one at a time: the lab retired its first; the supplier has not switched its own on."""
    admin = world.actor("guan")
    old = sign_on(world, "lab", "guan")
    do(sign_ons.retire, old, admin)
    yield kept(old)
    used = sign_on(world, "lab", "guan")
    do(sign_ons.switch_on, used, admin)
    yield kept(used)
    yield kept(sign_on(world, "supplier", "zong"))


def every_factor_reset(world: World) -> Kept:
    """The lab's admin has asked for colleagues; a security administrator answers."""
    hire(world, "operator", WATCH, ["security_admin"])
    yield kept(lost(world, "mei"))
    declined, done = lost(world, "an"), lost(world, "qiu")
    do(factor_resets.decline, declined, world.actor(WATCH), reason=REASON)
    do(factor_resets.take_away, done, world.actor(WATCH))
    yield kept(declined)
    yield kept(done)
