"""Signing in through an organisation's identity provider: OpenID Connect Core 1.0, code flow with PKCE (RFC 7636).

The provider speaks for its own organisation only: it lets in people who are members there, by an address that it has
verified within the domains that the organisation has named; the session acts for that organisation alone.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import sqlalchemy as sa
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.accounts import outgoing, vault
from app.accounts.actions.sign_ons import secret_purpose, welcome
from app.accounts.models import Membership, Organisation, Person, SignOn, SignOnIdentity
from app.accounts.people import may_act
from app.kernel.actors import STAFF_KINDS, SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import FORBIDDEN, Refusal, refusal
from app.kernel.lifecycle import find, visible
from app.kernel.values import N_, now

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: none, and no shared secret, is accepted."""
LEEWAY_SECONDS: Final = 60
SCOPE: Final = "openid email profile"
RANDOM_BYTES: Final = 32
SUBJECT_MOST: Final = 255
NAME_MOST: Final = 80

SIGN_ON_REFUSED = refusal(
    "sign_on_refused",
    FORBIDDEN,
    N_(
        "Signing in through your organisation did not work. If you are no member here yet, ask its admin to invite you."
    ),
)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider vouches for."""

    subject: str
    email: str
    name: str


def offered_for(email: str) -> list[tuple[SignOn, Organisation]]:
    """The sign-ons in use that name the domain of an address; nothing is asked of people."""
    domain = email.rpartition("@")[2].lower()
    rows = db.session.execute(
        sa.select(SignOn, Organisation)
        .join(Organisation, Organisation.id == SignOn.org_id)
        .where(SignOn.state == "on")
        .order_by(SignOn.id)
    )
    return [(one, org) for one, org in rows if domain and domain in one.domains and may_act(org)]


def in_use(sign_on_id: str) -> SignOn:
    """A sign-on that is switched on; the same refusal for every other."""
    found: SignOn | None = db.session.scalar(
        visible(SignOn, SYSTEM_ACTOR).where(SignOn.id == sign_on_id, SignOn.state == "on")
    )
    if found is None or not may_act(db.session.get_one(Organisation, found.org_id)):
        raise SIGN_ON_REFUSED()
    return found


# Asking the provider; outside any transaction -------------------------------------------------------------------------


def discover(issuer: str) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 4); it has to name itself as it is configured."""
    said = _json(outgoing.fetch(get_well_known_url(issuer, external=True)))
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if said.get("issuer") != issuer or not all(_same_kind(said.get(name)) for name in wanted):
        raise SIGN_ON_REFUSED()
    return said


def _same_kind(url: object) -> bool:
    schemes = ("https://", "http://") if current_app.config["OUTGOING_LOOPBACK"] else ("https://",)
    return isinstance(url, str) and url.startswith(schemes)


def _json(answer: outgoing.Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if answer.status != 200 or not isinstance(said, dict):
        raise SIGN_ON_REFUSED()
    return said


def redirect_uri() -> str:
    """Where the provider sends people back: from the configuration, never from a request."""
    return f"{current_app.config['BASE_URL']}/sign-on/callback"


def begin(sign_on: SignOn) -> tuple[str, dict[str, str]]:
    """(where the browser goes, what it has to bring back): state, nonce and the verifier of PKCE."""
    sign_on_id, client_id, issuer = sign_on.id, sign_on.client_id, sign_on.issuer
    db.session.rollback()
    kept = {name: secrets.token_urlsafe(RANDOM_BYTES) for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri(), "scope": SCOPE,
        "state": kept["state"], "nonce": kept["nonce"],
        "code_challenge": create_s256_code_challenge(kept["verifier"]), "code_challenge_method": "S256",
    }  # fmt: skip
    endpoint = discover(issuer)["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", kept | {"sign_on": sign_on_id}


def finish(sign_on: SignOn, *, code: str, verifier: str, nonce: str) -> Claims:
    """Redeem the code and read the identity token; a refusal for whatever does not fit."""
    client_id, issuer = sign_on.client_id, sign_on.issuer
    secret = vault.unseal(sign_on.secret, purpose=secret_purpose(sign_on.org_id))
    db.session.rollback()
    provider = discover(issuer)
    token = _redeem(provider, client_id, secret, code, verifier)
    keys = _json(outgoing.fetch(provider["jwks_uri"]))
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]
        said = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            params={"nonce": nonce, "client_id": client_id},
        )
        said.validate(now=int(now().timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError):
        raise SIGN_ON_REFUSED() from None
    return _claims(dict(said))


def _redeem(provider: dict[str, Any], client_id: str, secret: str, code: str, verifier: str) -> str:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri(), "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if "client_secret_basic" in provider.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"  # RFC 6749, 2.3.1
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client_id, "client_secret": secret}
    answer = outgoing.fetch(provider["token_endpoint"], method="POST", body=urlencode(form).encode(), headers=headers)
    token = _json(answer).get("id_token")
    if not isinstance(token, str):
        raise SIGN_ON_REFUSED()
    return token


def _claims(said: dict[str, Any]) -> Claims:
    subject, email, name = said.get("sub"), said.get("email"), said.get("name")
    texts = isinstance(subject, str) and 0 < len(subject) <= SUBJECT_MOST and isinstance(email, str)
    if not texts or said.get("email_verified") is not True or "\0" in f"{subject}{email}":
        raise SIGN_ON_REFUSED()
    shown = name if isinstance(name, str) and name.strip() and "\0" not in name else str(email).partition("@")[0]
    return Claims(str(subject), str(email).strip().lower(), shown.strip()[:NAME_MOST])


# Whom it means; inside a unit of work ---------------------------------------------------------------------------------


def person_of(sign_on_id: str, claims: Claims, *, language: str) -> tuple[str, str, bool]:
    """(person, organisation, whether it stands for the second factor). Refusal `sign_on_refused` for everybody else."""
    config = find(SignOn, sign_on_id, SYSTEM_ACTOR, lock=True)
    organisation = db.session.get_one(Organisation, config.org_id)
    domain = claims.email.rpartition("@")[2]
    if config.state != "on" or not may_act(organisation) or domain not in config.domains:
        raise SIGN_ON_REFUSED()
    person_id = _known(config, claims) or _by_address(config, claims) or _newcomer(config, claims, language)
    counts = config.two_factors and not organisation.kinds & STAFF_KINDS
    return person_id, config.org_id, counts


def _known(config: SignOn, claims: Claims) -> str | None:
    """Who came under this subject before, as long as they are a member."""
    known = db.session.get(SignOnIdentity, (config.id, claims.subject))
    if known is None:
        return None
    if not _is_member(config.org_id, known.person_id):
        raise SIGN_ON_REFUSED()
    return known.person_id


def _by_address(config: SignOn, claims: Claims) -> str | None:
    """A member with the verified address, who from now on is known by the subject; one person, one subject."""
    person = db.session.scalar(sa.select(Person).where(Person.email == claims.email))
    if person is None:
        return None
    taken = sa.exists().where(SignOnIdentity.sign_on_id == config.id, SignOnIdentity.person_id == person.id)
    if not _is_member(config.org_id, person.id) or db.session.scalar(sa.select(taken)):
        raise SIGN_ON_REFUSED()
    _remember(config, claims, person.id)
    return person.id


def _newcomer(config: SignOn, claims: Claims, language: str) -> str:
    """Nobody has this address: where the organisation wants it so, they join as a member of it."""
    if not config.admits_new:
        raise SIGN_ON_REFUSED()
    try:
        membership = welcome(config, SYSTEM_ACTOR, email=claims.email, name=claims.name, language=language)
    except Refusal:
        raise SIGN_ON_REFUSED() from None
    db.session.flush()
    _remember(config, claims, str(membership.person_id))
    return str(membership.person_id)


def _remember(config: SignOn, claims: Claims, person_id: str) -> None:
    db.session.add(
        SignOnIdentity(sign_on_id=config.id, subject=claims.subject, org_id=config.org_id, person_id=person_id)
    )
    db.session.flush()


def _is_member(org_id: str, person_id: str) -> bool:
    held = sa.exists().where(
        Membership.org_id == org_id, Membership.person_id == person_id, Membership.state == "active"
    )
    active = sa.exists().where(Person.id == person_id, Person.active)
    return bool(db.session.scalar(sa.select(sa.and_(held, active))))
