"""One record in every state of every lifecycle that has a face, reached by actions alone.

Time passes once: the park and what a clock has to move are made two months ago, the worker rings, the rest is made now.
The lab buys and the supplier sells throughout. States that look different to different people by what came before stand
twice, the second time with a word: an order cancelled before the supplier saw it, a quote before and after its opening.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import Membership, Organisation
from app.approvals.actions import rules as approval_rules
from app.catalogue.actions import attributes
from app.catalogue.changes.models import ListingChange
from app.http import collections
from app.indicators.actions import indicators
from app.kernel.db import Record, db
from app.kernel.values import clock_at
from app.standing.actions import handovers
from tests.house import (
    states_access,
    states_bought,
    states_decided,
    states_imports,
    states_paid,
    states_papers,
    states_people,
    states_served,
    states_sharing,
    states_standing,
)
from tests.house.everybody import ITSELF, hire, hire_dealing, join_dealing
from tests.house.kept import REASON, Kept, State, kept
from tests.world import World
from tests.worlds import ordering, sourcing
from tests.worlds.access import lost
from tests.worlds.brands import brand
from tests.worlds.catalogue import listing
from tests.worlds.changes import change, price_rule
from tests.worlds.indicators import indicator
from tests.worlds.media import with_picture
from tests.worlds.offers import contract_price, product
from tests.worlds.ordering import again, approval_rule, do, reach_order, transaction_rule
from tests.worlds.payments import bank_account, bought, cny, rate, run, told
from tests.worlds.taxonomy import attribute, category

PAST: Final = timedelta(days=-60)


def every_state(world: World) -> dict[State, str]:
    """(lifecycle, state) -> id of a record of the lab and the supplier in that state."""
    found: dict[State, Record] = {}
    with clock_at(PAST):
        hire_dealing(world)
        _rules(world)
        found.update(_awaiting_their_clock(world))
    run()
    for part in PARTS:
        found.update(part(world))
    run()
    wrong = [f"{name}: {record.state}" for name, record in found.items() if again(record).state != name[1].split()[0]]
    assert not wrong, f"they moved on: {wrong}"
    return {name: record.id for name, record in found.items()}


def missing(found: dict[State, str]) -> list[State]:
    """The states of lifecycles with a face that nobody has reached."""
    wanted = {(lifecycle.name, state) for lifecycle in collections().values() for state in lifecycle.states}
    return sorted(wanted - set(found))


def _rules(world: World) -> None:
    """What is dear needs a signature of the lab's approver and the owner's word; commission 2 %."""
    approval_rule(world, roles=["approver"], from_amount="10000000.00")
    approval_rule(world, roles=["approver"], from_amount="1000000.00", subject="award")
    transaction_rule(world, "0.00", "1000000.00")
    bank_account(world)
    rate(world)


def _awaiting_their_clock(world: World) -> Kept:
    """Made two months ago; by now their clocks have moved them into the state under which they are kept."""
    yield ("requisition", "lapsed"), ordering.approved(world)
    yield ("order", "lapsed"), reach_order(world, "awaiting_supplier")
    yield ("payment", "cancelled"), told(world, bought(world, "100.00", 2), "200.00")
    yield ("commission_rate", "retired"), rate(world, since=timedelta(minutes=1))
    rate(world, since=timedelta(minutes=2))
    yield ("factor_reset", "lapsed"), lost(world, "pu")
    yield ("rfq", "closed"), sourcing.rfq(world, "open")
    yield ("quote", "expired"), states_decided.evaluated(world)[1]
    yield from states_people.ended_by_clock(world)
    asked = sourcing.rfq(world, "open")
    yield ("quote", "expired unopened"), sourcing.quote(world, asked, submit=False)
    yield from states_standing.awaiting_their_clock(world)


# Who is here ----------------------------------------------------------------------------------------------------------

LABS_OWN: Final = "(the lab)"
"""An organisation to which other people belong: what is said of it says nothing of the others."""
CREDIT_CODES: Final = {
    "applied": "91410800MA9AAAAA09", "correcting": "91410800MA9AAAAA1C", "suspended": "91410800MA9AAAAA2F",
    "terminated": "91410800MA9AAAAA3J", "rejected": "91410800MA9AAAAA4M", "admitted": "91410800MA9AAAAA5Q",
}  # fmt: skip


def _organisations(world: World) -> Kept:
    """Organisations of their own, each with one person, `itself`; and the lab, whose people are told apart by roles."""
    reviewer = world.actor("rui")
    yield kept(world.org("lab"), LABS_OWN)
    for state, code in CREDIT_CODES.items():
        one = do(
            organisations.register, world.org("operator"), reviewer, name_zh=f"新来的{state}", name_en="",
            kinds=["lab", "supplier"], credit_code=code, address="",
        )  # fmt: skip
        world.things[one.id] = _itself(world, one)
        if state == "correcting":
            do(organisations.return_, one, reviewer, reason=REASON)
        if state == "rejected":
            do(organisations.reject, one, reviewer, reason=REASON)
        if state in ("admitted", "suspended", "terminated"):
            do(organisations.admit, one, reviewer)
        if state in ("suspended", "terminated"):
            do(organisations.suspend, one, reviewer, reason=REASON)
        if state == "terminated":
            do(handovers.terminate, one, reviewer, reason=REASON)
        yield kept(one)


def _itself(world: World, organisation: Organisation) -> str:
    """An API key of its one person, who holds every role; the platform's dealing people belong to it too."""
    name = f"{ITSELF}_{len(world.things)}"
    world.organisations[name] = organisation.id
    join_dealing(world, name, "member")
    hire(world, name, name, sorted(organisation.roles_possible))
    return world.key(name)


def _accounts(world: World) -> Kept:
    admin, member = world.actor("guan"), world.actor("mei")
    yield kept(do(memberships.invite, world.org("lab"), admin, email="xin@lab.example", roles=["member"]))
    hire(world, "lab", "leaving", ["member"])
    held = sa.select(Membership).where(Membership.person_id == world.people["leaving"])
    yield kept(do(memberships.end, db.session.scalars(held).one(), admin))
    mine = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["mei"])).one()
    yield kept(mine)
    yield kept(do(keys.issue_key, mine, member, title="分析", scope="read"))
    yield kept(do(keys.revoke, do(keys.issue_key, mine, member, title="旧", scope="read"), member))


def _listings(world: World) -> Kept:
    for state in ("draft", "submitted", "returned", "published", "suspended", "withdrawn"):
        yield kept(listing(world, state, model=f"E-{state}"))
    for state in ListingChange.__states__.split():
        yield kept(change(world, state, model=f"E-change-{state}"))
    with_picture(world, "draft", model="E-media-draft")
    with_picture(world, "draft", model="E-media-foreign", supplier="supplier2")
    with_picture(world, "published", model="E-media-published")
    change(world, "draft", of=with_picture(world, "published", model="E-media-changing"))
    yield kept(price_rule(world, retired=True))
    yield kept(price_rule(world))
    for state in ("active", "dissolved"):
        yield kept(product(world, state))
    for place, state in enumerate(("proposed", "agreed", "declined", "withdrawn", "ended")):
        yield kept(contract_price(world, listing(world, model=f"C-{place}"), state))


def _taxonomy(world: World) -> Kept:
    reviewer = world.actor("rui")
    for state in ("draft", "active", "retired"):
        yield kept(category(world, state, code=f"instruments.every_{state}"))
    for state in ("proposed", "active", "merged", "declined"):
        yield kept(brand(world, state, name=f"Make {state}"))
    asked = category(world, "active", code="instruments.every_asked")
    for state in ("active", "retired"):
        made = attribute(world, asked, code=f"every_{state}")
        yield kept(do(attributes.retire, made, reviewer) if state == "retired" else made)


def _approvals(world: World) -> Kept:
    admin, lab = world.actor("guan"), world.org("lab")
    given: dict[str, Any] = {"subject": "award", "roles": ["finance"]}
    yield kept(do(approval_rules.set_approval_rule, lab, admin, from_amount=cny("90000000.00"), **given))
    old = do(approval_rules.set_approval_rule, lab, admin, from_amount=cny("91000000.00"), **given)
    yield kept(do(approval_rules.retire, old, admin))


def _indicators(world: World) -> Kept:
    yield kept(indicator(world, code="E1"))
    yield kept(do(indicators.retire, indicator(world, code="E2"), world.actor("wang"), reason=REASON))


PARTS: Final = (
    _organisations, _accounts, states_people.every_machine, states_people.every_unit, states_people.every_delegation,
    states_people.every_emergency, _taxonomy, _listings, _approvals,
    states_bought.every_requisition, states_bought.every_order, states_bought.every_delivery,
    states_bought.every_claim, states_bought.every_platform_rule,
    states_decided.every_request, states_decided.every_award,
    states_served.every_work_order, states_served.every_work_report,
    states_paid.every_payment, states_paid.every_refund, states_paid.every_payout, states_paid.every_bank_line,
    _indicators,
    states_papers.every_paper,
    states_imports.every_import,
    states_standing.every_paper, states_standing.every_account, states_standing.every_restriction,
    states_standing.every_leaving,
    states_access.every_sign_on, states_access.every_factor_reset,
    states_sharing.every_instrument,
)  # fmt: skip
