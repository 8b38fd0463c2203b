"""Lets the months of the demo park pass, and sets what must not stand in the past: indicators, index, one document."""

from __future__ import annotations

from app.catalogue import index as catalogue_index
from app.cli.seed import drawings, park
from app.cli.seed.calendar import Calendar
from app.cli.seed.programme import programme
from app.cli.seed.stage import Stage
from app.cli.seed.stories import documents, imports, people
from app.indicators.measuring import measure_all
from app.kernel import chain_checks, worker


def seed(password_hash: str) -> Stage:
    """Live through the months of the park; whoever is on the stage at the end is who is there."""
    stage, calendar = Stage(password_hash), Calendar()
    for days_ago, story in programme(stage):
        calendar.begin(days_ago, story)
    try:
        calendar.run()
    finally:
        drawings.clear()
    worker.settle()
    park.listen(stage)
    documents.being_made(stage, "lab")
    imports.under_way(stage, "huayi")
    people.let_in(stage, "env", "密钥疑似外泄，管理员出差无法联网。")
    measure_all()
    chain_checks.check()
    catalogue_index.rebuild()
    return stage
