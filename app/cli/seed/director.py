"""The programme of the demo park: which story begins on which day."""

from __future__ import annotations

from typing import Final

from app.catalogue import index as catalogue_index
from app.cli.seed import catalogue, facts, park
from app.cli.seed.calendar import Calendar, Story
from app.cli.seed.stage import Stage, together
from app.cli.seed.stories import ordering, rules, sourcing
from app.indicators.measuring import measure_all
from app.indicators.seeds import seed_indicators
from app.kernel import chain_checks, worker

FOUNDED_DAYS_AGO: Final = 200
LABS_FROM_DAYS_AGO: Final = 197
SELLERS_FROM_DAYS_AGO: Final = 194
LISTED_AFTER_DAYS: Final = 4


def seed(password_hash: str) -> Stage:
    """Live through the months of the park; whoever is on the stage at the end is who is there."""
    stage, calendar = Stage(password_hash), Calendar()
    calendar.begin(FOUNDED_DAYS_AGO, _founded(stage))
    _people(stage, calendar)
    _rules(stage, calendar)
    _trade(stage, calendar)
    calendar.run()
    worker.settle()
    park.listen(stage)
    measure_all()
    chain_checks.check()
    catalogue_index.rebuild()
    return stage


def _founded(stage: Stage) -> Story:
    park.found_platform(stage)
    with together():
        seed_indicators(stage.see("organisation", stage.org("owner")))
    yield 0


def _people(stage: Stage, calendar: Calendar) -> None:
    staff, offers = facts.people(), facts.offers()
    labs = [one for one in facts.organisations() if one.kind == "lab"]
    sellers = [one for one in facts.organisations() if one.kind in ("supplier", "service")]
    for place, lab in enumerate(labs):
        calendar.begin(LABS_FROM_DAYS_AGO - place, park.admission(stage, lab, staff[lab.key]))
        calendar.begin(LABS_FROM_DAYS_AGO - place - LISTED_AFTER_DAYS, rules.signatures(stage, lab.key))
    for place, seller in enumerate(sellers):
        began = SELLERS_FROM_DAYS_AGO - place * 3 // 4
        calendar.begin(began, park.admission(stage, seller, staff[seller.key]))
        own = [offer for offer in offers if offer.supplier == seller.key]
        calendar.begin(began - LISTED_AFTER_DAYS, catalogue.shelves(stage, seller.key, own))


def _rules(stage: Stage, calendar: Calendar) -> None:
    calendar.begin(FOUNDED_DAYS_AGO - 1, rules.transactions(stage))
    calendar.begin(FOUNDED_DAYS_AGO - 1, rules.commission(stage))
    calendar.begin(60, rules.changed_signatures(stage, "chem"))
    calendar.begin(3, rules.next_transactions(stage))
    calendar.begin(2, rules.next_commission(stage))


def _trade(stage: Stage, calendar: Calendar) -> None:
    for purchase in facts.purchases():
        calendar.begin(purchase.days_ago, ordering.purchase(stage, purchase))
    for number, request in enumerate(facts.requests()):
        calendar.begin(request.days_ago, sourcing.competition(stage, request, number))
