"""What an API key may be given for: areas of the platform, and which area each word of an address belongs to.

Declared here once and enforced in `app/http.py` before anything is read or done, so that a collection which nobody has
put into an area is open to no limited key at all (least privilege: OWASP API5:2023).
"""

from __future__ import annotations

from typing import Final

from app.kernel.actors import Actor
from app.kernel.errors import FORBIDDEN, READ_ONLY_KEY, refusal
from app.kernel.values import N_

AREAS: Final = {
    "organisation": N_("Organisation and people"),
    "catalogue": N_("Catalogue and baskets"),
    "sourcing": N_("Requests, quotes and awards"),
    "ordering": N_("Requisitions, orders and deliveries"),
    "services": N_("Work orders and reports"),
    "payments": N_("Payments and settlement"),
    "documents": N_("Documents and files"),
    "oversight": N_("Indicators and audit"),
}
"""Area -> title; the order is that of the form."""

EVERY_AREA: Final = tuple(AREAS)

_WORDS: Final = {
    "organisation": "organisations memberships api-keys service-accounts units delivery-addresses cost-centres "
                    "delegations emergency-accesses approval-rules notices notice-preferences "
                    "applications requirements qualifications restrictions contests handovers bank-accounts "
                    "sign-ons factor-resets security",
    "catalogue": "catalogue listings listing-changes price-rules imports basket comparison categories attributes "
                 "brands saved-searches saved-lists viewed-listings shared-instruments contract-prices "
                 "products",
    "sourcing": "rfqs quotes awards",
    "ordering": "requisitions orders shipments receipts acceptances claims transaction-rules",
    "services": "work-orders work-reports",
    "payments": "instalments payments refunds payouts statements bank-entries commission-rates money",
    "documents": "papers",
    "oversight": "indicators audit",
}  # fmt: skip

AREA_OF: Final[dict[str, str]] = {word: area for area, words in _WORDS.items() for word in words.split()}
"""First word of an address below /api/v1 -> area."""

OPEN_WORDS: Final = frozenset({"me", "worklist", "files"})
"""What a key of any area may read: who it is, and of what waits and of files whatever is in its areas."""

KEY_OUT_OF_AREA = refusal("key_out_of_area", FORBIDDEN, N_("This API key was not given for this part of the platform."))


def permits(actor: Actor, word: str | None) -> bool:
    """Whether the actor's key may touch what an address with this first word leads to; without a word, everything."""
    if actor.areas is None or word in OPEN_WORDS:
        return True
    return actor.may_touch(AREA_OF[word]) if word in AREA_OF else actor.areas >= frozenset(AREAS)


def stay_within(actor: Actor, word: str | None, *, writes: bool) -> None:
    """Refuse a key what it was not given for: refusals `read_only_key` and `key_out_of_area`."""
    if writes and actor.read_only:
        raise READ_ONLY_KEY()
    if not permits(actor, word):
        raise KEY_OUT_OF_AREA()
