"""API keys: issued by a member for themselves, shown once, revoked by them or an admin."""

from __future__ import annotations

import secrets

from app.accounts.actions.memberships import MEMBERSHIP
from app.accounts.models import KIND_ROLES, ApiKey, Membership
from app.accounts.people import TOKEN_BYTES, hashed
from app.accounts.schemas import ApiKeyOut, KeyInput
from app.kernel.actors import Actor, who
from app.kernel.errors import FORBIDDEN, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh
from app.kernel.values import N_

ANY_ROLE = who("|".join(sorted({role for roles in KIND_ROLES.values() for role in roles})), "self")

KEY_FOR_ONESELF = refusal("key_for_oneself", FORBIDDEN, N_("Keys are issued to oneself only."))

API_KEY = Lifecycle(
    "api_key",
    ApiKey,
    [State("active", N_("active"), "good"), State("revoked", N_("revoked"), "draft", final=True)],
    title=N_("API key"),
    collection="api-keys",
    main_path="active",
    shape=ApiKeyOut,
)


def _for_oneself(membership: Membership, actor: Actor) -> None:
    if membership.person_id != actor.person_id:
        raise KEY_FOR_ONESELF()


def _own_or_admin(key: ApiKey, actor: Actor) -> None:
    if key.person_id != actor.person_id and "org_admin" not in actor.roles:
        raise KEY_FOR_ONESELF()


@MEMBERSHIP.action(
    "active -> =", by=ANY_ROLE, needs=[_for_oneself], takes=KeyInput, makes=API_KEY, title=N_("New API key")
)
def issue_key(membership: Membership, actor: Actor, *, title: str, scope: str) -> ApiKey:
    """A member makes a key that acts for them; the answer shows its secret once."""
    secret = f"lpk_{secrets.token_urlsafe(TOKEN_BYTES)}"
    key = fresh(
        ApiKey, org_id=membership.org_id, membership_id=membership.id, person_id=actor.person_id, title=title,
        scope=scope, secret_hash=hashed(secret),
    )  # fmt: skip
    key.secret = secret  # type: ignore[attr-defined] # lives in memory only, for the one answer that shows it
    return key


@API_KEY.action("active -> revoked", by=ANY_ROLE, needs=[_own_or_admin], title=N_("Revoke"), dangerous=True)
def revoke(key: ApiKey, actor: Actor) -> None:
    """The holder, or an admin, makes the key useless at once."""
    del key, actor
