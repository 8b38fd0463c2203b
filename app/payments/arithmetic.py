"""The sums of payments, pure: shares, entitlements, commission, and where money goes among the parts of a plan.

Everything is *cumulative entitlement minus what is already there* (states.md, Instalments): a figure is computed from
the whole and the part before is subtracted, so parts never drift from the whole and never exceed it. All amounts are
minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.kernel.values import half_up, tax_within

WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of one instalment."""

    amount: int = 0
    due: int = 0
    paid: int = 0
    reversed: int = 0
    owed: int = 0
    released: int = 0
    refunded: int = 0

    @property
    def received(self) -> int:
        """What arrived and did not fail afterwards."""
        return self.paid - self.reversed

    @property
    def net(self) -> int:
        """What the buyer has paid and not got back."""
        return self.paid - self.reversed - self.refunded

    @property
    def held(self) -> int:
        """What is kept for the order: neither with the supplier nor back with the buyer."""
        return self.paid - self.reversed + self.owed - self.released - self.refunded

    @property
    def open(self) -> int:
        """What the buyer still has to pay in all."""
        return max(0, self.amount - self.net)

    @property
    def open_now(self) -> int:
        """What of it has fallen due."""
        return max(0, self.due - self.net)

    @property
    def excess(self) -> int:
        """What was paid beyond the amount."""
        return max(0, self.net - self.amount)

    @property
    def prepaid(self) -> int:
        """What was paid within the amount, is held, and has not fallen due."""
        return max(0, min(self.held - min(self.held, self.excess), self.net - self.excess - self.due))

    @property
    def state(self) -> str:
        """The state that these figures are."""
        if self.amount == 0 and self.net == 0 and self.owed == 0:
            return "cancelled"
        if self.open == 0:
            return "released" if self.released >= self.amount > 0 and self.owed == 0 else "paid"
        return "due" if self.open_now else "planned"


def portion(base: int, shares_bp: Sequence[int], place: int) -> int:
    """The part of a base that belongs to one share: the sum to its end minus the sum to its beginning, each half-up."""
    before = sum(shares_bp[:place])
    return half_up(base * (before + shares_bp[place]), WHOLE_BP) - half_up(base * before, WHOLE_BP)


def portions(base: int, shares_bp: Sequence[int]) -> list[int]:
    """All parts of a base; shares that sum to 10,000 give the base exactly."""
    return [portion(base, shares_bp, place) for place in range(len(shares_bp))]


@dataclass(frozen=True, slots=True)
class Terms:
    """Commission as frozen on an order, in basis points: rate with VAT, its VAT, the owner's share of the net."""

    rate_bp: int = 0
    vat_bp: int = 0
    owner_share_bp: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Released money by whose it is."""

    supplier: int
    operator: int
    owner: int
    vat: int

    @property
    def commission(self) -> int:
        """The platform's fee without its VAT."""
        return self.operator + self.owner

    @property
    def gross(self) -> int:
        """All of it."""
        return self.supplier + self.commission + self.vat

    def __sub__(self, other: Split) -> Split:
        return Split(
            self.supplier - other.supplier, self.operator - other.operator, self.owner - other.owner,
            self.vat - other.vat,
        )  # fmt: skip


def entitled(released: int, terms: Terms) -> Split:
    """Who is entitled to what of everything released of an order so far."""
    fee = half_up(released * terms.rate_bp, WHOLE_BP)
    vat = tax_within(fee, terms.vat_bp)
    owner = half_up((fee - vat) * terms.owner_share_bp, WHOLE_BP)
    return Split(supplier=released - fee, operator=fee - vat - owner, owner=owner, vat=vat)


def released_between(before: int, after: int, terms: Terms) -> Split:
    """What a release (or, negative, a claw-back) moves: entitlement after it minus entitlement before it."""
    return entitled(after, terms) - entitled(before, terms)


def fill(standings: Sequence[Standing], amount: int) -> list[int]:
    """How a payment counts: the parts in their order, each up to what is open; a surplus on the last that lives."""
    filled = []
    rest = amount
    for one in standings:
        part = min(rest, one.open)
        filled.append(part)
        rest -= part
    if rest:
        living = [place for place, one in enumerate(standings) if one.amount or one.net]
        filled[living[-1] if living else -1] += rest
    return filled


@dataclass(frozen=True, slots=True)
class Shift:
    """Money that was paid (and perhaps released) for one part and counts for another now."""

    source: int
    target: int
    paid: int
    released: int


def shifts(standings: Sequence[Standing]) -> list[Shift]:
    """How what was overpaid on parts that became smaller moves to parts that are still open, held money first.

    What stays overpaid because nothing is open is then made good from money held for other parts, so that the
    supplier is asked for as little as can be.
    """
    rows = list(standings)
    found = _moves(
        rows, lambda source, target: min(source.excess, target.open), lambda paid, held: (paid, max(0, paid - held))
    )
    found += _moves(
        rows,
        lambda source, target: min(source.excess - source.held, target.held - target.excess),
        lambda released, _: (0, released),
    )
    return found


def _moves(
    rows: list[Standing], much: Callable[[Standing, Standing], int], parts: Callable[[int, int], tuple[int, int]]
) -> list[Shift]:
    found = []
    for source in range(len(rows)):
        for target in range(len(rows)):
            size = much(rows[source], rows[target]) if source != target else 0
            if size > 0:
                paid, released = parts(size, rows[source].held)
                found.append(Shift(source, target, paid, released))
                rows[source] = moved(rows[source], -paid, -released)
                rows[target] = moved(rows[target], paid, released)
    return found


def unbacked(standing: Standing) -> int:
    """What the supplier has of a part beyond its amount while the buyer owes it: taken back, the debt is gone."""
    return max(0, min(standing.owed, standing.released - standing.amount))


def moved(standing: Standing, paid: int, released: int) -> Standing:
    """The figures after money has moved in (positive) or out (negative)."""
    return replace(standing, paid=standing.paid + paid, released=standing.released + released)


def releasable(standing: Standing, entitlement: int) -> int:
    """What goes to the supplier now: the entitlement minus what was released, as far as the money is there."""
    return max(0, min(entitlement - standing.released, standing.held))


@dataclass(frozen=True, slots=True)
class Taking:
    """What a refund takes from one part: out of held money, and out of released money."""

    place: int
    held: int
    clawed: int


def takings(standings: Sequence[Standing], amount: int, *, cause: str) -> list[Taking]:
    """Where a refund comes from: what was overpaid, first part first; or what was prepaid, last part first."""
    found, rest = [], amount
    places = range(len(standings)) if cause == "excess" else reversed(range(len(standings)))
    for place in places:
        one = standings[place]
        part = min(rest, one.excess if cause == "excess" else one.prepaid)
        if part > 0:
            held = min(part, one.held)
            found.append(Taking(place, held, part - held))
            rest -= part
    if rest:
        raise ValueError("more than can go back")
    return found


def refundable(standings: Sequence[Standing], *, cause: str) -> int:
    """How much can go back to the buyer for a cause: "excess" or "prepaid"."""
    return sum(one.excess if cause == "excess" else one.prepaid for one in standings)


@dataclass(frozen=True, slots=True)
class Loss:
    """What the late failure of a payment takes from one part: held money, and money that the buyer then owes."""

    place: int
    held: int
    owed: int


def losses(standings: Sequence[Standing], allocated: Sequence[int]) -> list[Loss]:
    """How a payment that failed late is taken back, as it had been allocated."""
    found = []
    for place, part in enumerate(allocated):
        if part > 0:
            held = min(part, standings[place].held)
            found.append(Loss(place, held, part - held))
    return found
