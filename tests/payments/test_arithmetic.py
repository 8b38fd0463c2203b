"""The sums of payments: parts never drift from the whole, and every unit of money is somewhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.arithmetic import (
    Standing,
    Terms,
    entitled,
    fill,
    losses,
    moved,
    portion,
    portions,
    refundable,
    releasable,
    released_between,
    shifts,
    takings,
    unbacked,
)

TRADE = [3_000, 6_500, 500]
minors = st.integers(0, 10**12)
rates = st.integers(0, 5_000)


@st.composite
def shares(draw: st.DrawFn) -> list[int]:
    """Shares in basis points that sum to the whole."""
    cuts = draw(st.lists(st.integers(1, 9_999), max_size=6, unique=True))
    edges = [0, *sorted(cuts), 10_000]
    return [after - before for before, after in pairwise(edges)]


terms = st.builds(Terms, rate_bp=rates, vat_bp=st.integers(0, 3_000), owner_share_bp=st.integers(0, 10_000))


@given(minors, shares())
def test_the_parts_of_a_plan_sum_to_the_whole(base: int, plan: list[int]) -> None:
    assert sum(portions(base, plan)) == base
    assert min(portions(base, plan)) >= 0


def test_a_hundred_thousand_at_thirty_sixtyfive_five_in_three_acceptances_never_drifts() -> None:
    """Three roundings of a third each would lose cents; the cumulative entitlement does not."""
    whole = 10_000_000
    posted = 0
    for accepted in (3_333_333, 6_666_667, whole):
        due = sum(portion(base, TRADE, place) for place, base in enumerate((whole, accepted, 0)))
        posted += due - posted
    assert posted == 9_500_000
    assert portions(whole, TRADE) == [3_000_000, 6_500_000, 500_000]


@given(base=st.integers(1, 10**10), cuts=st.lists(st.integers(0, 10**10), max_size=8), plan=shares(), fee=terms)
def test_releases_in_any_parts_post_what_one_release_would(
    base: int, cuts: list[int], plan: list[int], fee: Terms
) -> None:
    """Accepted in any steps, commission, shares and VAT come to the same cent as all at once."""
    released = 0
    posted = entitled(0, fee)
    for accepted in [*sorted(min(cut, base) for cut in cuts), base]:
        goal = sum(portion(accepted, plan, place) for place in range(len(plan)))
        step = released_between(released, goal, fee)
        assert step.gross == goal - released
        posted, released = posted - (entitled(0, fee) - step), goal
    assert released == base
    assert posted == entitled(base, fee)


def test_the_release_of_sixty_thousand_is_split_as_the_postings_say() -> None:
    split = entitled(6_000_000, Terms(rate_bp=200, vat_bp=600, owner_share_bp=4_000))
    assert (split.supplier, split.operator, split.owner, split.vat) == (5_880_000, 67_925, 45_283, 6_792)


def test_taking_ten_thousand_back_is_split_as_the_postings_say() -> None:
    split = released_between(6_000_000, 5_000_000, Terms(rate_bp=200, vat_bp=600, owner_share_bp=4_000))
    assert (split.supplier, split.operator, split.owner, split.vat) == (-980_000, -11_321, -7_547, -1_132)


@given(minors, terms)
def test_released_money_belongs_to_somebody_to_the_last_unit(released: int, fee: Terms) -> None:
    split = entitled(released, fee)
    assert split.gross == released
    assert min(split.supplier, split.operator, split.owner, split.vat) >= 0


def test_one_of_ten_given_up_after_the_advance_leaves_fiftyfive_and_a_half_thousand_at_acceptance() -> None:
    whole, rest = 10_000_000, 9_000_000
    rows = [
        Standing(amount=amount, due=due, paid=paid, released=paid)
        for amount, due, paid in zip(portions(rest, TRADE), (2_700_000, 0, 0), (3_000_000, 0, 0), strict=True)
    ]
    assert portions(whole, TRADE)[0] == 3_000_000
    (move,) = shifts(rows)
    assert (move.source, move.target, move.paid, move.released) == (0, 1, 300_000, 300_000)
    main = moved(rows[1], move.paid, move.released)
    main = replace(main, due=5_850_000)
    assert main.open_now == 5_550_000
    main = replace(main, paid=main.paid + main.open_now)
    assert releasable(main, portion(rest, TRADE, 1)) == 5_550_000
    assert 3_000_000 + 5_550_000 + portions(rest, TRADE)[2] == rest


standings = st.builds(
    lambda amount, due, paid, back, released, refunded: _valid(amount, due, paid, back, released, refunded),
    minors, minors, minors, minors, minors, minors,
)  # fmt: skip


def _valid(amount: int, due: int, paid: int, back: int, released: int, refunded: int) -> Standing:
    """Figures that can be: nothing released or refunded that was not there."""
    refunded = min(refunded, paid)
    released = min(released, paid - refunded)
    back = min(back, paid - refunded)
    owed = max(0, back + released + refunded - paid)
    return Standing(amount=amount, due=min(due, amount), paid=paid, reversed=back, owed=owed, released=released,
                    refunded=refunded)  # fmt: skip


rows_of = st.lists(standings, min_size=1, max_size=5)


@given(rows_of)
def test_shifting_moves_money_and_makes_none(rows: list[Standing]) -> None:
    after = list(rows)
    for one in shifts(rows):
        after[one.source] = moved(after[one.source], -one.paid, -one.released)
        after[one.target] = moved(after[one.target], one.paid, one.released)
    for figure in ("paid", "released", "held", "net"):
        assert sum(getattr(one, figure) for one in after) == sum(getattr(one, figure) for one in rows)
    assert all(one.held >= 0 and one.released + one.refunded <= one.paid for one in after)
    assert not (any(one.excess for one in after) and any(one.open for one in after))
    assert [one for one in shifts(after) if one.paid] == []


@given(rows_of, st.integers(1, 10**12))
def test_a_payment_is_counted_to_the_last_unit(rows: list[Standing], amount: int) -> None:
    filled = fill(rows, amount)
    assert sum(filled) == amount
    assert min(filled) >= 0
    if sum(one.open for one in rows) >= amount:
        assert all(part <= one.open for part, one in zip(filled, rows, strict=True))


@given(rows_of, st.sampled_from(["excess", "prepaid"]), st.data())
def test_a_refund_takes_what_can_go_back_and_nothing_else(
    rows: list[Standing], cause: str, data: st.DataObject
) -> None:
    most = refundable(rows, cause=cause)
    amount = data.draw(st.integers(0, most))
    found = takings(rows, amount, cause=cause)
    assert sum(one.held + one.clawed for one in found) == amount
    assert all(one.held <= rows[one.place].held and one.clawed <= rows[one.place].released for one in found)
    assert cause == "excess" or all(one.clawed == 0 for one in found)
    with pytest.raises(ValueError, match="more than can go back"):
        takings(rows, most + 1, cause=cause)


@given(rows_of, st.data())
def test_a_late_failure_takes_held_money_first_and_owes_the_rest(rows: list[Standing], data: st.DataObject) -> None:
    allocated = [data.draw(st.integers(0, one.paid - one.reversed)) for one in rows]
    for loss in losses(rows, allocated):
        before = rows[loss.place]
        after = replace(before, reversed=before.reversed + loss.held + loss.owed, owed=before.owed + loss.owed)
        assert after.held == before.held - loss.held >= 0
        assert loss.held + loss.owed == allocated[loss.place]


@given(standings, minors)
def test_nothing_is_released_that_is_not_there(one: Standing, entitlement: int) -> None:
    amount = releasable(one, entitlement)
    assert 0 <= amount <= one.held
    assert one.released + amount <= max(one.released, entitlement)


@given(standings)
def test_taking_back_what_nobody_paid_for_never_goes_below_the_amount(one: Standing) -> None:
    amount = unbacked(one)
    assert one.released - amount >= min(one.released, one.amount)
    assert amount <= one.owed


@pytest.mark.parametrize(
    "standing, state",
    [
        (Standing(amount=100), "planned"),
        (Standing(amount=100, due=100), "due"),
        (Standing(amount=100, due=40, paid=40), "planned"),
        (Standing(amount=100, due=100, paid=40), "due"),
        (Standing(amount=100, paid=100), "paid"),
        (Standing(amount=100, due=100, paid=100, released=60), "paid"),
        (Standing(amount=100, due=100, paid=100, released=100), "released"),
        (Standing(amount=90, due=90, paid=100, released=90, refunded=10), "released"),
        (Standing(amount=100, due=100, paid=100, reversed=100, owed=100, released=100), "due"),
        (Standing(), "cancelled"),
        (Standing(paid=50, refunded=50), "cancelled"),
        (Standing(paid=50, refunded=20, released=30), "paid"),
    ],
)
def test_the_state_follows_from_the_figures(standing: Standing, state: str) -> None:
    assert standing.state == state
