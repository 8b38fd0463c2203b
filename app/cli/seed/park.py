"""The organisations of the demo park and their people: registered, joined, admitted, each by whoever does that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from stdnum.cn import uscc

from app.accounts import consents
from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import Membership, Organisation
from app.accounts.people import actor_for
from app.catalogue.actions import brands, editions
from app.cli.seed import facts, papers
from app.cli.seed.calendar import Story
from app.cli.seed.facts import OrganisationFacts, PersonFacts
from app.cli.seed.stage import Person, Somebody, Stage, together
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.lifecycle import find
from app.kernel.values import new_id
from app.notices import preferences
from app.notices.topics import ALWAYS, TOPICS

PLATFORM: Final = ("operator", "owner", "auditor")
BANKS: Final = ("中国工商银行焦作分行", "中国建设银行焦作分行", "中原银行焦作分行", "中国农业银行焦作示范区支行")
KEY_TITLE: Final = "演示"
KEY_DAYS: Final = 365
"""Longer than the months that the park lives through."""
QUIET: Final = {(topic, "mail"): "off" for topic in TOPICS} | {ALWAYS: "daily"}
"""While the months pass nobody reads mail; in the end everybody hears as usual."""


def code_of(number: str) -> str:
    """A unified social credit code from its first 17 characters."""
    return number + str(uscc.calc_check_digit(number))


def found_platform(stage: Stage) -> None:
    """Operator, owner and auditor are founded by the installation itself: nobody is there yet who could."""
    staff = facts.people()
    for one in facts.organisations():
        if one.kind in PLATFORM:
            with together():
                made = organisations.found(
                    SYSTEM_ACTOR, state="admitted", name_zh=one.zh, name_en=one.en, address=one.address,
                    credit_code=code_of(one.credit_code), platform=one.kind,
                )  # fmt: skip
                _known(stage, one.key, made)
                installation = Actor(
                    person_id=new_id("per"), org_id=made.id, roles=frozenset({"org_admin"}), channel="cli"
                )
                for person in staff[one.key]:
                    join(stage, one.key, installation, person)
    with together():
        editions.load_where_newer()
        brands.load_where_newer()


def admission(stage: Stage, one: OrganisationFacts, staff: list[PersonFacts]) -> Story:
    """An organisation applies, its admin joins; some days later it is admitted and brings its people in."""
    admin = next(person for person in staff if "org_admin" in person.roles)
    apply(stage, one, admin)
    yield 2
    with together():
        papers.all_of(stage, one.key)
        stage.do("operator.reviewer", "organisation.admit", stage.org(one.key))
        stage.forget_rights()
        inviter = stage.actor(f"{one.key}.org_admin")
        for person in staff:
            if person is not admin:
                join(stage, one.key, inviter, person)
        if one.kind != "lab":
            name_bank_account(stage, one.key)


def apply(stage: Stage, one: OrganisationFacts, admin: PersonFacts) -> None:
    """The operator enters the application that came on paper, and invites the applicant's admin."""
    with together():
        made = stage.do(
            "operator.support", "organisation.register", stage.org("operator"), name_zh=one.zh, name_en=one.en,
            kinds=[one.kind], credit_code=code_of(one.credit_code), address=one.address,
        )  # fmt: skip
        _known(stage, one.key, stage.see("organisation", made))
        join(stage, one.key, stage.actor("operator.support"), admin)


def name_bank_account(stage: Stage, key: str) -> None:
    """The supplier's admin says where payouts go, and settlement finds it confirmed."""
    number = len(stage.organisations)
    named = stage.do(
        f"{key}.org_admin", "organisation.name_account", stage.org(key), bank_name=BANKS[number % len(BANKS)],
        account_no=f"1709{number:04d}0900{number * 7919 % 10**7:07d}",
    )  # fmt: skip
    stage.do("operator.settlement", "bank_account.confirm", named)


def _known(stage: Stage, key: str, made: Organisation) -> None:
    stage.organisations[key] = Somebody(made.id, made.name_zh, made.name_en, sorted(made.kinds))


def join(stage: Stage, key: str, inviter: Actor, person: PersonFacts) -> None:
    """Somebody is invited, follows the link, and makes an API key of their own."""
    organisation = find(Organisation, stage.org(key), SYSTEM_ACTOR)
    email = f"{person.local}@{key}.example"
    membership = memberships.invite(organisation, inviter, email=email, roles=person.roles)
    memberships.join(membership, SYSTEM_ACTOR, name=person.name, language="zh", password_hash=stage.password_hash)
    joined = str(membership.person_id)
    preferences.replace(joined, telephone="", wechat="", chosen=QUIET)
    for document, edition in consents.EDITIONS.items():
        consents.answer(joined, document, edition, given=True, channel="invitation")
    stage.people[f"{key}.{person.local}"] = Person(
        joined, key, person.local, person.name, person.roles, _key(membership, joined)
    )


def _key(membership: Membership, person_id: str) -> str:
    actor = replace(actor_for(person_id, membership.org_id, channel="web"), proved=True)
    made: Any = keys.issue_key(membership, actor, title=KEY_TITLE, scope="write", days=KEY_DAYS)
    return str(made.secret)


def listen(stage: Stage) -> None:
    """From now on everybody hears by mail what is usual."""
    with together():
        for person_id in {person.person_id for person in stage.people.values()}:
            preferences.replace(person_id, telephone="", wechat="", chosen={})
