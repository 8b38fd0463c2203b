"""The papers of the demo park: what every organisation hands in when it applies, reviewed before it is admitted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from app.accounts import files, standing
from app.accounts.models import Requirement
from app.catalogue.taxonomy.tree import tree
from app.cli.seed import facts
from app.cli.seed.stage import PARK_OFFSET, Stage
from app.kernel.shapes import Upload
from app.kernel.values import now

REVIEWER: Final = "operator.reviewer"
ISSUER: Final = "焦作市市场监督管理局（演示）"
LONGEST_DAYS: Final = 700
STEP_DAYS: Final = 37

_PAGE: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def scan(name: str) -> Upload:
    """An empty page under the name of a document: the park is invented, and so are its papers."""
    return files.stored(_PAGE, f"{name}.pdf", "application/pdf")


def in_days(days: int) -> str:
    """A day on the park's wall."""
    return ((now() + PARK_OFFSET).date() + timedelta(days=days)).isoformat()


def required(stage: Stage, key: str, offered: set[str]) -> list[Requirement]:
    """What an organisation has to meet: of its kind, and of the categories it offers in."""
    kinds = set(stage.organisations[key].kinds)
    return [
        one
        for one in stage.all("requirement", state="active")
        if one.mandatory and one.kind in kinds and (not one.category or one.category in offered)
    ]


def hand_in(stage: Stage, key: str, requirement: Requirement, *, days: int, subject: str = "") -> str:
    """The organisation's admin answers a requirement; the id of the draft."""
    by: dict[str, dict[str, Any]] = {
        "document": {"document_no": f"YS-{requirement.code[:4].upper()}-{days:04d}", "issuer": ISSUER},
        "attestation": {"attested": True},
        "field": {"statement": "一般纳税人。"},
    }
    given = {"requirement": requirement.id, "subject": subject, **by[requirement.form]}
    if requirement.form == "document":
        given["file"] = scan(requirement.title_zh)
    if requirement.expires:
        given |= {"valid_from": in_days(-30), "valid_until": in_days(days)}
    return stage.do(f"{key}.org_admin", "organisation.hand_in", stage.org(key), **given)


def submitted(stage: Stage, key: str, requirement: Requirement, *, days: int, subject: str = "") -> str:
    """The same, handed to the operator."""
    made = hand_in(stage, key, requirement, days=days, subject=subject)
    return stage.do(f"{key}.org_admin", "qualification.submit", made)


def approved(stage: Stage, key: str, requirement: Requirement, *, days: int, subject: str = "") -> str:
    """The same, reviewed and found good."""
    made = submitted(stage, key, requirement, days=days, subject=subject)
    return stage.do(REVIEWER, "qualification.approve", made)


def all_of(stage: Stage, key: str) -> None:
    """Everything that is asked of an organisation, approved; it runs out on different days, none of them soon."""
    offers = [*facts.offers(), *facts.second_offers(), *facts.later_offers().values()]
    places = {place for one in offers if one.supplier == key for place in tree().path(one.body["category"])}
    for place, one in enumerate(required(stage, key, places)):
        _usual(stage, key, one, place)


def for_lines(stage: Stage, key: str, listing_ids: list[str]) -> None:
    """What a supplier needs besides to quote in the categories of these listings."""
    places = {place for one in listing_ids for place in tree().path(stage.see("listing", one).category)}
    held = standing.met(stage.org(key))
    for place, one in enumerate(required(stage, key, places)):
        if one.id not in held:
            _usual(stage, key, one, place)


def _usual(stage: Stage, key: str, requirement: Requirement, place: int) -> None:
    step = (len(stage.organisations) + place) * STEP_DAYS
    approved(stage, key, requirement, days=LONGEST_DAYS - step % (LONGEST_DAYS // 2))
