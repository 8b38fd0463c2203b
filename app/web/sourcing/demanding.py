"""Typed demands on pages: a line of a request from compared listings, and which demands an offer meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.catalogue.comparing import table
from app.catalogue.comparing.common import in_common
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.sourcing.demands import measured
from app.sourcing.models import QuoteLine, RfqLine
from app.sourcing.schemas import MAX_DEMANDS
from app.web.sourcing import shown

NAMED: Final = 3
"""Unmet demands named in a cell of the comparison; the quote's page has them all."""


def line_of(ids: Sequence[str], wanted: Sequence[str], asking: Actor) -> list[dict[str, Any]]:
    """One line of a request for what some compared listings are: it demands what is ticked, or what all have."""
    found = table.compared(table.wanted(ids)[0], asking)
    if not found.offered:
        return []
    first = found.offered[0].listing
    category = found.categories[0] if len(found.categories) == 1 else None
    title = tree().name(category, i18n.language()) if category else first.name(i18n.language())
    demands = [
        {"attribute": code, "name": one.name(i18n.language()), **rest}
        for code, one, rest in in_common(found, set(wanted), i18n.language())
    ]
    return [{
        "kind": first.kind, "title": title, "unit": first.unit, "quantity": "1", "category": category,
        "description": _described(found), "demands": demands[:MAX_DEMANDS] if category else [],
    }]  # fmt: skip


def _described(found: table.Table) -> str:
    models = [" ".join(filter(None, (one.listing.brand, one.listing.model))) for one in found.offered]
    return str(_("Compared before: %(models)s", models=i18n.speak([one for one in models if one])))


def marks(line: RfqLine, offer: QuoteLine) -> list[tuple[str, str]]:
    """(words, tone): how many of the measurable demands an offer meets, and which it does not."""
    answers = {entry["index"]: str(entry.get("offered") or "") for entry in offer.deviations}
    typed = [(at, one) for at, one in enumerate(line.demands) if one.get("attribute")]
    verdicts = [(one, measured(line.category, one, answers.get(at, ""))) for at, one in typed]
    judged = [(one, verdict) for one, verdict in verdicts if verdict is not None]
    if not judged:
        return []
    unmet = [one for one, verdict in judged if verdict == "negative"]
    count = _("measured: %(met)s of %(all)s demands met", met=len(judged) - len(unmet), all=len(typed))
    named = [(_("not met: %(demand)s", demand=shown.demand(one, line.category)), "stop") for one in unmet[:NAMED]]
    return [(str(count), "good" if len(judged) == len(typed) and not unmet else "waiting"), *named]
