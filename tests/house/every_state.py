"""One record in every state of every lifecycle that has a face, reached by actions alone.

Time passes once: the park and what a clock has to move are made two months ago, the worker rings, the rest is made now.
The lab buys and the supplier sells throughout. States that look different to different people by what came before stand
twice, the second time with a word: an order cancelled before the supplier saw it, a quote before and after its opening.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import Membership, Organisation
from app.approvals.actions import rules as approval_rules
from app.http import collections
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import Record, db
from app.kernel.lifecycle import lifecycle_of
from app.kernel.values import MICRO, Money, clock_at, now
from app.ordering.actions import acceptances, orders, placing, receipts, requisitions, rules, shipments
from app.ordering.models import Order
from app.payments.actions import bank_entries, commission_rates, payments, payouts, refunds, statements
from app.sourcing.actions import rfqs
from tests.house.everybody import ITSELF, hire, hire_dealing, join_dealing
from tests.world import World
from tests.worlds import ordering, sourcing
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, approval_rule, do, reach_claim, reach_order, requisition, transaction_rule
from tests.worlds.payments import (
    arrived,
    bank_account,
    bank_line,
    bought,
    cny,
    give_up,
    paid,
    paid_out,
    parts,
    proposed_refund,
    rate,
    refunded,
    run,
    told,
)

PAST: Final = timedelta(days=-60)
DEAR: Final = 200
"""Centrifuges that are dear enough for the lab's approver and for the owner."""
REASON: Final = "测试"

State = tuple[str, str]
"""Lifecycle and state; behind the state a word where the same state looks different."""


def every_state(world: World) -> dict[State, str]:
    """(lifecycle, state) -> id of a record of the lab and the supplier in that state."""
    found: dict[State, Record] = {}
    with clock_at(PAST):
        hire_dealing(world)
        _rules(world)
        for name, record in _awaiting_their_clock(world):
            found[name] = record
    run()
    for part in (_organisations, _accounts, _listings, _approvals, _requisitions, _orders, _deliveries, _claims,
                 _platform_rules, _requests, _decisions, _money, _refunds, _payouts, _bank):  # fmt: skip
        for name, record in part(world):
            found[name] = record
    run()
    wrong = [f"{name}: {record.state}" for name, record in found.items() if again(record).state != name[1].split()[0]]
    assert not wrong, f"they moved on: {wrong}"
    return {name: record.id for name, record in found.items()}


def missing(found: dict[State, str]) -> list[State]:
    """The states of lifecycles with a face that nobody has reached."""
    wanted = {(lifecycle.name, state) for lifecycle in collections().values() for state in lifecycle.states}
    return sorted(wanted - set(found))


def _is(record: Record, word: str = "") -> tuple[State, Record]:
    """The record under the state in which it is now."""
    record = again(record)
    return (lifecycle_of(record).name, f"{record.state} {word}".strip()), record


def _rules(world: World) -> None:
    """What is dear needs a signature of the lab's approver and the owner's word; commission 2 %."""
    approval_rule(world, roles=["approver"], from_amount="10000000.00")
    approval_rule(world, roles=["approver"], from_amount="1000000.00", subject="award")
    transaction_rule(world, "0.00", "1000000.00")
    bank_account(world)
    rate(world)


def _awaiting_their_clock(world: World) -> Iterator[tuple[State, Record]]:
    """Made two months ago; by now their clocks have moved them into the state under which they are kept."""
    yield ("requisition", "lapsed"), ordering.approved(world)
    yield ("order", "lapsed"), reach_order(world, "awaiting_supplier")
    yield ("payment", "cancelled"), told(world, bought(world, "100.00", 2), "200.00")
    yield ("commission_rate", "retired"), rate(world, since=timedelta(minutes=1))
    rate(world, since=timedelta(minutes=2))
    yield ("rfq", "closed"), sourcing.rfq(world, "open")
    yield ("quote", "expired"), _evaluated(world)[1]
    asked = sourcing.rfq(world, "open")
    yield ("quote", "expired unopened"), sourcing.quote(world, asked, submit=False)


# Who is here ----------------------------------------------------------------------------------------------------------

LABS_OWN: Final = "(the lab)"
"""An organisation to which other people belong: what is said of it says nothing of the others."""
CREDIT_CODES: Final = {
    "applied": "91410800MA9AAAAA09", "correcting": "91410800MA9AAAAA1C", "suspended": "91410800MA9AAAAA2F",
    "terminated": "91410800MA9AAAAA3J", "rejected": "91410800MA9AAAAA4M", "admitted": "91410800MA9AAAAA5Q",
}  # fmt: skip


def _organisations(world: World) -> Iterator[tuple[State, Record]]:
    """Organisations of their own, each with one person, `itself`; and the lab, whose people are told apart by roles."""
    reviewer = world.actor("rui")
    yield _is(world.org("lab"), LABS_OWN)
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
            do(organisations.terminate, one, reviewer, reason=REASON)
        yield _is(one)


def _itself(world: World, organisation: Organisation) -> str:
    """An API key of the one person who holds every role of the organisation; people of the platform belong to it too."""
    name = f"{ITSELF}_{len(world.things)}"
    world.organisations[name] = organisation.id
    join_dealing(world, name, "member")
    hire(world, name, name, sorted(organisation.roles_possible))
    return world.key(name)


def _accounts(world: World) -> Iterator[tuple[State, Record]]:
    admin, member = world.actor("guan"), world.actor("mei")
    yield _is(do(memberships.invite, world.org("lab"), admin, email="xin@lab.example", roles=["member"]))
    hire(world, "lab", "leaving", ["member"])
    held = sa.select(Membership).where(Membership.person_id == world.people["leaving"])
    yield _is(do(memberships.end, db.session.scalars(held).one(), admin))
    mine = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["mei"])).one()
    yield _is(mine)
    yield _is(do(keys.issue_key, mine, member, title="分析", scope="read"))
    yield _is(do(keys.revoke, do(keys.issue_key, mine, member, title="旧", scope="read"), member))


def _listings(world: World) -> Iterator[tuple[State, Record]]:
    for state in ("draft", "submitted", "returned", "published", "suspended", "withdrawn"):
        yield _is(listing(world, state, model=f"E-{state}"))


def _approvals(world: World) -> Iterator[tuple[State, Record]]:
    admin, lab = world.actor("guan"), world.org("lab")
    given: dict[str, Any] = {"subject": "award", "roles": ["finance"]}
    yield _is(do(approval_rules.set_approval_rule, lab, admin, from_amount=cny("90000000.00"), **given))
    old = do(approval_rules.set_approval_rule, lab, admin, from_amount=cny("91000000.00"), **given)
    yield _is(do(approval_rules.retire, old, admin))


# What is bought -------------------------------------------------------------------------------------------------------


def _requisitions(world: World) -> Iterator[tuple[State, Record]]:
    buyer, approver = world.actor("pu"), world.actor("an")
    one = listing(world, model="R")
    dear = [(one, DEAR)]
    yield _is(requisition(world, [(one, 1)]))
    yield _is(ordering.approved(world, [(one, 1)]))
    yield _is(ordering.approved(world, dear))
    yield _is(do(requisitions.return_, ordering.approved(world, dear), approver, reason=REASON))
    yield _is(do(requisitions.reject, ordering.approved(world, dear), approver, reason=REASON))
    yield _is(do(requisitions.cancel, requisition(world, [(one, 1)]), buyer, reason=REASON))
    asked = ordering.approved(world, [(one, 1)])
    yield _is(do(placing.source, asked, buyer, deadline=now() + timedelta(days=5)))
    ordered = ordering.approved(world, [(one, 1)])
    do(placing.order, ordered, buyer)
    yield _is(ordered)


def _orders(world: World) -> Iterator[tuple[State, Record]]:
    one = listing(world, model="O")
    for state in ("awaiting_buyer", "awaiting_operator", "returned", "awaiting_supplier", "confirmed", "delivered",
                  "accepted", "closed", "refused", "cancelled"):  # fmt: skip
        yield _is(reach_order(world, state, [(one, 2)]))
    yield _is(reach_order(world, "awaiting_owner", [(one, 20)]))
    unsent = reach_order(world, "awaiting_operator", [(one, 2)])
    yield _is(do(orders.cancel, unsent, world.actor("pu"), reason=REASON), "unsent")


def _deliveries(world: World) -> Iterator[tuple[State, Record]]:
    """Shipments, receipts and acceptances of one order of ten pieces, one by one."""
    fulfilment, receiver, acceptor = world.actor("fa"), world.actor("rong"), world.actor("qiu")
    order = reach_order(world, "confirmed", [(listing(world, model="D"), 10)])
    yield _is(do(shipments.pack, order, fulfilment, lines=ordering.packing(order, p1=1)))
    unpacked = do(shipments.pack, order, fulfilment, lines=ordering.packing(order, p1=1))
    yield _is(do(shipments.cancel, unpacked, fulfilment))
    yield _is(ordering.send(world, order, p1=1))
    yield _is(do(shipments.report_lost, ordering.send(world, order, p1=1), fulfilment, reason=REASON))
    counted = ordering.send(world, order, p1=1)
    yield _is(do(receipts.receive, counted, receiver, lines=ordering.counting(counted)))
    yield _is(counted)

    def arrives() -> tuple[Record, Any]:
        receipt = ordering.receive_all(world, ordering.send(world, order, p1=1))
        return receipt, ordering.acceptances_of(order)[-1]

    wrong, waiting = arrives()
    yield _is(do(receipts.void, wrong, acceptor, reason=REASON))
    yield _is(waiting)
    yield _is(do(acceptances.accept, arrives()[1], acceptor))
    condition = {"condition": "补交校准证书", "until": now() + timedelta(days=9)}
    yield _is(do(acceptances.accept_conditionally, arrives()[1], acceptor, **condition))
    refused = arrives()[1]
    do(ordering.rejections.reject, refused, acceptor, reason=REASON)
    yield _is(refused)
    recorded, waiting = arrives()
    yield _is(recorded)
    yield _is(waiting)


def _claims(world: World) -> Iterator[tuple[State, Record]]:
    for state in ("open", "agreed", "disputed", "refused", "withdrawn"):
        yield _is(reach_claim(world, state))
    done = reach_claim(world, "done", wanted="reduce", reduction=Money(500_000, "CNY"))
    run()
    yield _is(done)


def _platform_rules(world: World) -> Iterator[tuple[State, Record]]:
    """The platform's own rules, each in a currency of its own."""
    operator, owner = world.actor("tao"), world.actor("wang")

    def proposed(currency: str) -> Any:
        limits = {"operator_from": Money(0, currency), "owner_from": Money(100_000_000, currency)}
        return do(rules.propose_rule, world.org("operator"), operator, reason=REASON, **limits)

    yield _is(proposed("USD"))
    yield _is(do(rules.approve, proposed("EUR"), owner))
    yield _is(do(rules.decline, proposed("GBP"), owner, reason=REASON))
    yield _is(do(rules.retire, do(rules.approve, proposed("CHF"), owner), owner))

    def offered(days: int) -> Any:
        return do(
            commission_rates.propose_rate, world.org("operator"), world.actor("shu"), rate=200, vat=600,
            owner_share=4_000, valid_from=now() + timedelta(days=days), reason=REASON,
        )  # fmt: skip

    yield _is(offered(30))
    yield _is(do(commission_rates.decline, offered(31), owner, reason=REASON))
    yield _is(do(commission_rates.approve, offered(32), owner))


# How it is decided ----------------------------------------------------------------------------------------------------


def _evaluated(world: World, prices: tuple[str, ...] = ("186000.00", "6000.00"), **given: Any) -> tuple[Any, Any]:
    """A request whose deadline was a day ago, closed by the worker, and the supplier's opened quote for it."""
    with clock_at(sourcing.BACK):
        asked = sourcing.rfq(world, "open", **given)
        offer = sourcing.quote(world, asked, prices=prices)
        sourcing.quote(world, asked, "supplier2", prices=prices)
    worker.ring_clocks()
    return sourcing.again(asked), sourcing.again(offer)


def _requests(world: World) -> Iterator[tuple[State, Record]]:
    """Requests and quotes; the supplier and supplier2 are invited, the service organisation is not."""
    buyer, sales = world.actor("pu"), world.actor("xiao")
    for state in ("draft", "failed", "cancelled"):
        yield _is(sourcing.rfq(world, state))
    asked = sourcing.rfq(world, "open")
    yield _is(asked)
    yield _is(sourcing.quote(world, asked, submit=False))
    asked = sourcing.rfq(world, "open")
    sourcing.quote(world, asked, "supplier2")
    yield _is(sourcing.quote(world, asked))
    asked = sourcing.rfq(world, "open")
    yield _is(sourcing.do(sourcing.quote(world, asked), "withdraw", sales))
    void = sourcing.quote(world, asked)
    do(rfqs.amend, asked, buyer, reason=REASON, deadline=asked.deadline + timedelta(days=5))
    yield _is(void)
    yield _is(_evaluated(world)[1], "opened")
    asked, offer = _evaluated(world)
    do(rfqs.fail, asked, buyer, reason=REASON)
    yield _is(offer)
    asked = sourcing.rfq(world, "open")
    sealed = sourcing.quote(world, asked)
    yield _is(do(rfqs.cancel, asked, buyer, reason=REASON), "published")
    yield _is(sealed, "unopened")


def _decisions(world: World) -> Iterator[tuple[State, Record]]:
    """Awards of one large request, and a small one that is bought to its end."""
    buyer, approver = world.actor("pu"), world.actor("an")
    large = {**sourcing.LINES[0], "quantity": 40 * MICRO}
    asked, offer = _evaluated(world, ("186000.00",), lines=[large])

    def award(pieces: int, state: str = "proposed") -> Any:
        return sourcing.award(world, asked, [(offer, 0, pieces * MICRO)], state)

    yield _is(award(1, "draft"))
    yield _is(award(6))
    yield _is(sourcing.do(award(6), "reject", approver, reason=REASON))
    yield _is(award(1))
    yield _is(sourcing.do(award(1, "draft"), "cancel", buyer))
    yield _is(offer)
    asked, offer = _evaluated(world)
    both = [(offer, place, line.quantity_micro) for place, line in enumerate(asked.lines)]
    bought_all = sourcing.award(world, asked, both, "approved")
    sourcing.do(bought_all, "order", buyer)
    made = db.session.scalars(sa.select(Order).where(Order.award_id == bought_all.id)).one()
    do(orders.approve, made, world.actor("tao"))
    do(orders.confirm, made, world.actor("xiao"))
    yield _is(bought_all)
    yield _is(asked)


# What is paid ---------------------------------------------------------------------------------------------------------


def _money(world: World) -> Iterator[tuple[State, Record]]:
    """Payments and instalments: nothing paid, the advance and the main part paid, everything given up."""
    settler = world.actor("shu")
    unpaid = bought(world, model="M1")
    for part in parts(unpaid)[:2]:
        yield _is(part)
    order = bought(world, model="M2")
    yield _is(paid(world, order, "95000.00"))
    for part in parts(order)[:2]:
        yield _is(part)
    nothing = bought(world, model="M3")
    give_up(nothing, 10)
    yield _is(parts(nothing)[0])
    yield _is(told(world, unpaid, "10.00"))
    submitted = do(payments.submit, told(world, unpaid, "10.00"), SYSTEM_ACTOR)
    yield _is(submitted)
    lost = do(payments.submit, told(world, unpaid, "10.00"), SYSTEM_ACTOR)
    yield _is(do(payments.lose_sight, lost, SYSTEM_ACTOR))
    yield _is(do(payments.fail, told(world, unpaid, "10.00"), settler, reason=REASON))
    yield _is(do(payments.reverse, arrived(world, told(world, unpaid, "10.00")), settler, reason=REASON))


def _refunds(world: World) -> Iterator[tuple[State, Record]]:
    order = bought(world, model="B")
    paid(world, order, "100000.00")
    yield _is(proposed_refund(world, order, "100.00"))
    for state in ("approved", "submitted", "unknown", "succeeded", "failed"):
        yield _is(refunded(world, proposed_refund(world, order, "100.00"), state))
    yield _is(do(refunds.cancel, proposed_refund(world, order, "100.00"), world.actor("sen"), reason=REASON))


def _payouts(world: World) -> Iterator[tuple[State, Record]]:
    """One payout at a time and currency: so each in a currency of its own."""
    states = ("created", "approved", "submitted", "unknown", "succeeded", "failed", "cancelled")
    for state, currency in zip(states, ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD"), strict=True):
        paid(world, bought(world, model=f"P-{state}", currency=currency), "30000.00")
        payout = paid_out(world, "created" if state == "cancelled" else state, currency=currency)
        if state == "cancelled":
            do(payouts.cancel, payout, world.actor("shu"), reason=REASON)
        yield _is(payout)


def _bank(world: World) -> Iterator[tuple[State, Record]]:
    """Bank lines, and statements each in a currency of its own."""
    yield _is(bank_line(world, "unmatched", "60.00", booked=False))
    yield _is(bank_line(world, "unmatched", "61.00"))
    other = bank_line(world, "unmatched", "62.00", booked=False)
    yield _is(do(bank_entries.decline, other, world.actor("sen"), reason=REASON))
    found = bank_line(world, "unmatched", "63.00")
    arrived(world, told(world, bought(world, model="K"), "63.00"), unmatched=found.id)
    yield _is(found)
    settler, supplier = world.actor("shu"), world.actor("jin")
    for state, currency in (("open", "USD"), ("issued", "EUR"), ("agreed", "GBP"), ("disputed", "CHF")):
        one = do(
            statements.open_statement, world.org("operator"), settler, supplier=world.organisations["supplier"],
            currency=currency, until=(now() - timedelta(days=3)).date(),
        )  # fmt: skip
        if state != "open":
            do(statements.issue, one, settler)
        if state == "agreed":
            do(statements.agree, one, supplier)
        if state == "disputed":
            do(statements.dispute, one, supplier, reason=REASON)
        yield _is(one)
