"""Nobody pays for an organisation to which they belong: every step of a refund, a payout and a statement asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.kernel.actors import Actor
from app.kernel.lifecycle import lifecycle_of
from app.payments.actions import statements
from tests.world import World
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import bought, paid, paid_out, proposed_refund, refunded, statement

REFUND = {"approved": ("submit", "cancel"), "submitted": ("lose_sight", "succeed", "fail"), "failed": ("retry",)}
PAYOUT = {"created": ("cancel",), "submitted": ("lose_sight",)}
GIVEN: dict[str, dict[str, str]] = {
    "succeed": {"bank_reference": "R-1"}, "fail": {"reason": "退汇"}, "cancel": {"reason": "重复"},
}  # fmt: skip


def insider(world: World, *homes: str) -> Actor:
    """Settlement's second person, belonging to other organisations too."""
    sen = world.actor("sen")
    return replace(sen, org_ids=sen.org_ids | {world.organisations[home] for home in homes})


def refused(record: Any, names: tuple[str, ...], actor: Actor) -> None:
    """Each of the actions is refused as one's own dealing, and the record stays where it is."""
    before = again(record).version
    for name in names:
        with refuses("own_dealing"):
            do(lifecycle_of(record).actions[name], record, actor, **GIVEN.get(name, {}))
    assert again(record).version == before


@pytest.mark.parametrize("home", ["lab", "supplier"])
def test_a_refund_is_moved_by_nobody_of_either_side(world: World, home: str) -> None:
    order = bought(world)
    paid(world, order, "100000.00")
    for state, names in REFUND.items():
        refused(refunded(world, proposed_refund(world, order, "100.00"), state), names, insider(world, home))


def test_a_payout_is_moved_by_nobody_of_the_supplier(world: World) -> None:
    paid(world, bought(world), "30000.00")
    payout = paid_out(world, "created")
    refused(payout, PAYOUT["created"], insider(world, "supplier"))
    for name in ("approve", "submit"):
        do(lifecycle_of(payout).actions[name], payout, world.actor("sen"))
    refused(payout, PAYOUT["submitted"], insider(world, "supplier"))


def test_a_statement_is_issued_and_answered_by_nobody_of_the_supplier(world: World) -> None:
    opened = statement(world, "open", supplier="supplier2")
    with refuses("own_dealing"):
        do(statements.issue, opened, insider(world, "supplier2"))
    answered = statement(world, "disputed")
    with refuses("own_dealing"):
        do(statements.answer, answered, insider(world, "supplier"), reason="差额计入下期")
    assert again(answered).state == "disputed"
    assert do(statements.answer, answered, world.actor("sen"), reason="差额计入下期").state == "issued"
