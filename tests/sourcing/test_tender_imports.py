"""Foreign tenders become draft requests once, re-dated, with where they came from kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.models import Organisation
from app.exchange.foreign import ForeignLine, ForeignParty, ForeignTender
from app.exchange.tenders import read_tenders
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.shapes import MAX_LINES
from app.kernel.values import MICRO, now
from app.kernel.work import unit_of_work
from app.sourcing.imports import import_tender
from app.sourcing.models import Rfq
from tests.world import World, build
from tests.worlds.sourcing import OPEN_FOR, again, do

pytestmark = pytest.mark.database_matters

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "tenders"


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def tender(*, lines: int = 2, reference: str = "2025-123", title: str = "Centrifuges") -> ForeignTender:
    return ForeignTender(
        source="ted", reference=reference, buyer=ForeignParty("Universität X", "DE", ""), title=title,
        description="Two lots", language="en", published_on=date(2025, 3, 1),
        deadline=datetime(2025, 4, 1, 12, tzinfo=UTC), currency="EUR",
        lines=tuple(
            ForeignLine(f"LOT-{at}", f"Lot {at}", "as described", Decimal("2.5"), "lot", "38000000")
            for at in range(lines)
        ),
        awards=(),
    )  # fmt: skip


def take(world: World, found: ForeignTender, *, invite: tuple[str, ...] = ()) -> Rfq | None:
    actor = world.actor("pu")
    with unit_of_work():
        lab = find(Organisation, world.organisations["lab"], actor, lock=True)
        return import_tender(lab, actor, found, deadline=now() + OPEN_FOR, invite=invite)


def test_a_tender_becomes_a_draft_that_keeps_its_origin(world: World) -> None:
    made = take(world, tender(), invite=(world.organisations["supplier"],))
    assert made is not None
    made = again(made)
    assert (made.state, made.currency, made.title) == ("draft", "EUR", "Centrifuges")
    assert (made.source, made.source_reference, made.source_buyer) == ("ted", "2025-123", "Universität X")
    assert (made.source_published_on, made.source_deadline) == (date(2025, 3, 1), datetime(2025, 4, 1, 12, tzinfo=UTC))
    assert made.deadline > now()
    assert [(line.quantity_micro, line.cpv) for line in made.lines] == [(2_500_000, "38000000")] * 2
    do(made, "publish", world.actor("pu"))
    assert again(made).state == "open"


def test_it_is_imported_once_per_buyer(world: World) -> None:
    assert take(world, tender()) is not None
    assert take(world, tender(title="Changed")) is None
    assert take(world, tender(reference="other")) is not None
    assert db.session.scalar(db.select(db.func.count()).select_from(Rfq)) == 2


def test_a_tender_without_lines_or_with_too_many_is_refused(world: World) -> None:
    for lines, code in ((0, "tender_empty"), (MAX_LINES + 1, "tender_too_long")):
        with pytest.raises(Refusal) as caught:
            take(world, tender(lines=lines))
        assert caught.value.code == code


@pytest.mark.parametrize("name", ["ted_lab_notices.jsonl", "ocds_uk_contracts_finder.json"])
def test_real_tenders_become_drafts_and_a_second_run_changes_nothing(world: World, name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip(f"{name} is not beside the project (../shared/data/tenders)")
    with (DATA / name).open("rb") as stream:
        found, _ = read_tenders(stream)
    assert found
    taken = 0
    for one in found:
        if 1 <= len(one.lines) <= MAX_LINES:
            taken += take(world, one) is not None
    assert taken >= len(found) * 0.9
    made = db.session.scalars(db.select(Rfq)).all()
    assert len(made) == taken
    assert all(line.quantity_micro >= 1 and line.title for rfq in made for line in rfq.lines)
    assert all(take(world, one) is None for one in found if 1 <= len(one.lines) <= MAX_LINES)
    assert max(line.quantity_micro for rfq in made for line in rfq.lines) <= 10**9 * MICRO
