"""What is asked of organisations and what they answer, in every state; nothing here is mandatory, so all may deal."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.actions import organisations, restrictions
from app.kernel.values import now
from app.standing import score
from app.standing.actions import handovers, requirements
from tests.house.kept import REASON, Kept, kept
from tests.world import World
from tests.worlds.ordering import do
from tests.worlds.standing import account, contest, handover, qualification, requirement, restriction


def awaiting_their_clock(world: World) -> Kept:
    """What ends by its date within the two months."""
    asked = requirement(world, "passing", mandatory=False)
    yield ("qualification", "expired"), qualification(world, asked, days=20)
    yield ("restriction", "ended"), restriction(world, "quoting", days=20)


def every_paper(world: World) -> Kept:
    """A requirement in every state, and answers of the supplier to one of them."""
    reviewer = world.actor("rui")
    asked = requirement(world, "standing", mandatory=False)
    yield kept(asked)
    yield kept(requirement(world, "later", mandatory=False, starts_at=now() + timedelta(days=90)))
    given_up = requirement(world, "given_up", mandatory=False)
    do(requirements.retire, given_up, reviewer, reason=REASON)
    yield kept(given_up)
    former = qualification(world, asked, subject="renewed")
    qualification(world, asked, subject="renewed", days=400)
    yield kept(former)
    for state in ("draft", "submitted", "returned", "approved", "rejected", "revoked", "withdrawn"):
        yield kept(qualification(world, asked, state, subject=state))


def every_account(world: World) -> Kept:
    """Accounts of the supplier; the one that payouts go to was there before."""
    yield kept(account(world, "1", state="declined"))
    yield kept(account(world, "2", state="withdrawn"))
    former = account(world, "3", org="supplier2")
    account(world, "4", org="supplier2")
    yield kept(former)
    yield kept(account(world, "5", org="service"))
    yield kept(account(world, "6", state="proposed"))


def every_restriction(world: World) -> Kept:
    """What is stopped alone; for the other laboratory, where it holds nothing up."""
    lifted = restriction(world, "listing")
    do(restrictions.lift, lifted, world.actor("rui"), reason=REASON)
    yield kept(lifted)
    appealed = restriction(world, "quoting", org="lab2")
    do(restrictions.appeal, appealed, world.actor("lab2admin"), reason=REASON)
    yield kept(appealed)
    yield kept(restriction(world, "payout", org="lab2"))


def every_leaving(world: World) -> Kept:
    """Plans of who takes over, and rows of the supplier's score."""
    for state in ("declined", "withdrawn"):
        yield kept(handover(world, state))
    yield kept(handover(world, "agreed", org="supplier2", heir="supplier"))
    yield kept(handover(world, "proposed", org="service", heir="supplier"))
    gone = do(
        organisations.register, world.org("operator"), world.actor("rui"), name_zh="离开者", name_en="",
        kinds=["supplier"], credit_code="91410800MA9AAAAA6U", address="",
    )  # fmt: skip
    world.organisations["gone"] = gone.id
    do(organisations.admit, gone, world.actor("rui"))
    plan = handover(world, "agreed", org="gone")
    do(organisations.suspend, gone, world.actor("rui"), reason=REASON)
    do(handovers.terminate, gone, world.actor("rui"), reason=REASON)
    yield kept(plan)
    rows = score.points_of(world.organisations["supplier"], "response")
    for row, state in zip(rows, ("open", "upheld", "dismissed", "withdrawn"), strict=False):
        yield kept(contest(world, row.object_id, state=state))
