"""What an organisation may do now: the requirements it meets, and what it is barred from. Questions only.

Nothing here looks at clocks: documents, requirements and restrictions end by actions of the worker, which reckon anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import LIVE_STATES, BankAccount, Barred, Organisation, Qualification, Requirement, Restriction
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import OWN_DEALING
from app.kernel.values import N_, Bilingual

OFFERS: Final = ("listing", "quoting")
"""What somebody may not do for want of a qualification: offer anything new. What is open goes on."""

Row = tuple[str, str, str]
"""Scope, category, and the id of the cause."""

RESTRICTED: Final = N_("a restriction of the operator")


def apart(record: Any, actor: Actor) -> None:
    """Guard: whoever decides about an organisation's paper does not belong to it."""
    if record.org_id in actor.org_ids:
        raise OWN_DEALING()


def asked_of(organisation: Organisation) -> list[Requirement]:
    """The requirements in force for what the organisation is: first those for everybody, then by category."""
    statement = sa.select(Requirement).where(
        Requirement.state == "active", Requirement.kind.in_(sorted(organisation.kinds))
    )
    return list(db.session.scalars(statement.order_by(Requirement.category, Requirement.id)))


def met(org_id: str) -> set[str]:
    """The ids of the requirements that an organisation meets now."""
    approved = sa.select(Qualification.requirement_id).where(
        Qualification.org_id == org_id, Qualification.state == "approved"
    )
    return set(db.session.scalars(approved))


def missing_for_admission(organisation: Organisation) -> list[Requirement]:
    """The mandatory requirements for everybody of its kinds that it does not meet."""
    held = met(organisation.id)
    return [
        one for one in asked_of(organisation) if one.mandatory and not one.category and one.id not in held
    ]  # fmt: skip


def reckoned(organisation: Organisation) -> set[Row]:
    """What follows from its qualifications and restrictions: the rows that have to stand in `barred`."""
    rows: set[Row] = set()
    if organisation.platform is None:
        held = met(organisation.id)
        lacking = [one for one in asked_of(organisation) if one.mandatory and one.id not in held and one.kind != "lab"]
        rows |= {(scope, one.category, one.id) for one in lacking for scope in OFFERS}
    live = sa.select(Restriction.scope, Restriction.id).where(
        Restriction.org_id == organisation.id, Restriction.state.in_(LIVE_STATES)
    )
    return rows | {(scope, "", cause) for scope, cause in db.session.execute(live)}


def stored(org_id: str) -> set[Row]:
    """The rows that do stand there."""
    found = sa.select(Barred.scope, Barred.category, Barred.cause_id).where(Barred.org_id == org_id)
    return {(scope, category, cause) for scope, category, cause in db.session.execute(found)}


def barred_from(org_id: str, scope: str, path: Iterable[str] = ()) -> list[Bilingual | str]:
    """Why an organisation may not do something, in words; empty when it may. `path`: a category and those above it."""
    places = ["", *path]
    causes = sa.select(Barred.cause_id).where(
        Barred.org_id == org_id, Barred.scope == scope, Barred.category.in_(places)
    )
    return why(list(db.session.scalars(causes)))


def why(causes: Collection[str]) -> list[Bilingual | str]:
    """The causes in words: titles of requirements that are not met, and that there is a restriction."""
    if not causes:
        return []
    asked = sa.select(Requirement.title_zh, Requirement.title_en).where(Requirement.id.in_(causes))
    words: list[Bilingual | str] = [Bilingual(zh, en) for zh, en in db.session.execute(asked.order_by(Requirement.id))]
    return [*words, RESTRICTED] if any(one.startswith(f"{Restriction.__prefix__}_") for one in causes) else words


def barred_rows(org_ids: Sequence[str], scope: str) -> dict[str, set[str]]:
    """The categories ("" is everywhere) from which organisations are barred in a scope; only those that are."""
    rows = db.session.execute(
        sa.select(Barred.org_id, Barred.category).where(Barred.org_id.in_(org_ids), Barred.scope == scope)
    )
    found: dict[str, set[str]] = {}
    for org_id, category in rows:
        found.setdefault(org_id, set()).add(category)
    return found


def bank_account_of(org_id: str) -> BankAccount | None:
    """The account in force."""
    return db.session.scalar(
        sa.select(BankAccount).where(BankAccount.org_id == org_id, BankAccount.state == "confirmed")
    )


def findings() -> Iterator[str]:
    """Organisations whose rows in `barred` differ from what follows, one sentence each, for the doctor."""
    everybody = sa.select(Organisation).where(Organisation.state.in_(("admitted", "suspended")))
    for one in db.session.scalars(everybody).all():
        if reckoned(one) != stored(one.id):
            yield f"{one.id}: what it is barred from was not reckoned anew"
