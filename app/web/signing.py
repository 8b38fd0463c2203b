"""Signatures as pages show them: who signs, in whose place, and to whom a signature may be handed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.approvals import plans
from app.approvals.models import ApprovalStep
from app.kernel.actors import ROLE_TITLES, Actor
from app.kernel.db import Record
from app.web.core.actions import register_options
from app.web.core.forms import Options


def people_in(steps: Iterable[ApprovalStep]) -> set[str]:
    """Ids of everybody whom the signatures name."""
    return {
        one for step in steps for one in (step.decided_by, step.decided_for, step.delegate_id, step.delegated_by) if one
    }


def signatures(steps: Iterable[ApprovalStep], known: Mapping[str, str]) -> list[dict[str, Any]]:
    """One task of the list per signature, with the names of who signed and of who asked them to."""
    return [
        {
            "label": f"{step.position}. {i18n.say(ROLE_TITLES[step.role])}",
            "note": " ".join(part for part in (_who(step, known), _when(step)) if part),
            "badge": _badge(step.state),
        }
        for step in steps
    ]


def _badge(state: str) -> tuple[str, str]:
    return {
        "planned": (_("signs later"), "draft"), "waiting": (_("waiting"), "waiting"), "approved": (_("signed"), "good"),
        "rejected": (_("rejected"), "stop"), "skipped": (_("not needed any more"), "draft"),
    }[state]  # fmt: skip


def _who(step: ApprovalStep, known: Mapping[str, str]) -> str:
    signer = known.get(step.decided_by or step.delegate_id or "", "")
    if step.decided_for is not None:
        return str(_("%(deputy)s, for %(who)s", deputy=signer, who=known.get(step.decided_for, "")))
    if step.delegate_id is None or step.decided_by not in (None, step.delegate_id):
        return signer
    return str(_("%(deputy)s, asked by %(who)s", deputy=signer, who=known.get(step.delegated_by or "", "")))


def _when(step: ApprovalStep) -> str:
    return i18n.when(step.decided_at) if step.decided_at else ""


def _colleagues(document: Record, asking: Actor) -> Mapping[str, Options]:
    return {"person": [(one.id, one.name) for one in plans.deputies(document.id, asking)]}


for _lifecycle in ("requisition", "award"):
    register_options(_lifecycle, "delegate", _colleagues)
