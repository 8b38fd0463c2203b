"""What the badge of the chain says: read from the worker's last check, never worked out on a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.kernel.chain_checks import ChainCheck
from app.kernel.values import now

OLD_AFTER: Final = timedelta(hours=1)
"""A check comes every few minutes; without one for so long, somebody should look after the worker."""


def chain_badge(last: ChainCheck | None) -> dict[str, Any]:
    """Badge (text, tone, symbol), a sentence beside it, and the first finding where the chain is broken."""
    if last is None:
        return {"badge": (_("Not verified yet"), "draft", "clock"), "note": _("The worker verifies the chain.")}
    when = i18n.when(last.at)
    if not last.sound:
        return {
            "badge": (_("Chain broken"), "stop", "octagon-x"),
            "note": _("%(number)s findings, last looked at %(when)s", number=last.finding_count, when=when),
            "finding": last.findings[0] if last.findings else None,
        }
    note = _("up to event %(seq)s, %(when)s", seq=f"{last.seq:,}", when=when)
    if now() - last.at > OLD_AFTER:
        return {"badge": (_("Verification is old"), "waiting", "clock"), "note": note}
    return {"badge": (_("Chain verified"), "good", "shield-check"), "note": note}
