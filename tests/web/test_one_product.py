"""Where admission, signing in, people and taxonomy meet: nobody is led to a refusal, asked for what is not needed, or
left without the way to a page.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import consents
from app.accounts.models import Application, Consent, FactorReset
from app.kernel.db import db
from app.kernel.lifecycle import visible
from tests.house.everybody import hire
from tests.web.test_joining import APPLICATION, mailed
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.access import lost, place_of, sign_on
from tests.worlds.standing import qualification, requirement
from tests.worlds.taxonomy import known_category


@pytest.fixture
def world(app: Flask) -> World:
    """The small park."""
    del app
    return build()


EVIDENCE = {
    "document": ({"file", "document_no", "issuer", "valid_from", "valid_until"}, {"attested", "statement"}),
    "attestation": ({"attested", "valid_from", "valid_until"}, {"file", "document_no", "issuer", "statement"}),
    "field": ({"statement", "valid_from", "valid_until"}, {"file", "document_no", "issuer", "attested"}),
}


@pytest.mark.parametrize("form", EVIDENCE)
def test_the_form_of_an_answer_asks_only_for_what_its_requirement_needs(app: Flask, world: World, form: str) -> None:
    asked = requirement(world, code=form, form=form)
    shown, hidden = EVIDENCE[form]
    fields = set(
        Visitor(app, world, "zong").get(f"/qualifications/new?requirement={asked.id}").forms["/qualifications/new"]
    )
    assert shown <= fields
    assert not hidden & fields
    draft = qualification(world, asked, "draft")
    edit = Visitor(app, world, "zong").get(f"/qualifications/{draft.id}/edit")
    assert shown <= set(edit.forms[f"/qualifications/{draft.id}/edit"])
    assert not hidden & set(edit.forms[f"/qualifications/{draft.id}/edit"])


def test_what_has_no_end_is_not_asked_for_one_and_what_was_said_stays_in_sight(app: Flask, world: World) -> None:
    asked = requirement(world, code="promise", form="attestation", expires=False)
    draft = qualification(world, asked, "draft", document_no="A-1")
    fields = set(
        Visitor(app, world, "zong").get(f"/qualifications/{draft.id}/edit").forms[f"/qualifications/{draft.id}/edit"]
    )
    assert {"attested", "document_no"} <= fields
    assert not {"valid_from", "valid_until"} & fields


def test_first_it_is_chosen_what_is_answered(app: Flask, world: World) -> None:
    asked = requirement(world)
    requirement(world, code="visit", form="review", title_en="Visit")
    visitor = Visitor(app, world, "zong")
    page = visitor.get("/qualifications/new")
    assert set(page.forms["/qualifications/new"]) == {"requirement"}
    assert "Licence" in page.text
    assert "Visit" not in page.text  # the operator looks at that itself
    sent = visitor.send("/qualifications/new", on=f"/qualifications/new?requirement={asked.id}", requirement=asked.id)
    assert sent.status == 303


def test_an_organisation_is_offered_the_roles_that_it_can_give(app: Flask, world: World) -> None:
    lab = world.organisations["lab"]
    visitor = Visitor(app, world, "guan")
    for path in (f"/organisations/{lab}/invite", f"/memberships/{place_of(world, 'mei').id}/change_roles",
                 f"/organisations/{lab}/make_service_account"):  # fmt: skip
        page = visitor.get(path).html
        assert 'value="purchaser"' in page
        assert 'value="settlement"' not in page, path
        assert 'value="sales"' not in page, path


def test_nobody_is_offered_a_form_that_only_says_no(app: Flask, world: World) -> None:
    reviewer = Visitor(app, world, "rui")
    assert "/memberships/new" not in reviewer.get("/memberships").html
    assert "/invite" not in reviewer.get("/people").html
    member = Visitor(app, world, "pu").get(f"/organisations/{world.organisations['lab']}/onboarding")
    assert member.status == 200
    assert not [link for link in member.links.values() if link.endswith(("/invite", "/edit_profile"))]
    theirs = Visitor(app, world, "guan").get(f"/memberships/{place_of(world, 'mei').id}")
    assert not [name for name in ("issue_key", "leave", "lend") if f"/{name}" in theirs.html]
    supplier = Visitor(app, world, "zong").get(f"/organisations/{world.organisations['supplier']}")
    assert "make_unit" not in supplier.html
    assert "Only" not in supplier.text


def test_single_sign_on_bank_accounts_and_hand_overs_are_reached_by_links(app: Flask, world: World) -> None:
    made = sign_on(world, "lab", "guan")
    admin = Visitor(app, world, "guan")
    assert f"/sign-ons/{made.id}" in admin.get("/people").links.values()
    own = Visitor(app, world, "zong").get(f"/organisations/{world.organisations['supplier']}")
    assert {"/people", "/qualifications", "/bank-accounts", "/handovers"} <= set(own.links.values())
    assert ("People and units", "/people") in admin.get(f"/memberships/{place_of(world, 'mei').id}").links.items()


def test_who_lost_a_second_factor_is_known_to_few(app: Flask, world: World) -> None:
    hire(world, "operator", "sec", ["security_admin"])
    asked = lost(world, "mei")
    for name in ("guan", "mei", "sec", "pu", "rui", "ops", "wang", "shen"):
        seen = [one.id for one in db.session.scalars(visible(FactorReset, world.actor(name)))]
        assert seen == ([asked.id] if name in ("guan", "mei", "sec") else []), name
    assert Visitor(app, world, "pu").get(f"/factor-resets/{asked.id}").status == 404


@pytest.mark.parametrize("language, name", [("zh", "离心机"), ("en", "Centrifuges")])
def test_beside_the_form_of_a_category_its_parent_has_a_name(
    app: Flask, world: World, language: str, name: str
) -> None:
    own = known_category("instruments.centrifuges.mini")
    page = Visitor(app, world, "rui", language=language).get(f"/categories/{own.id}/edit")
    parent = known_category("instruments.centrifuges")
    assert page.links[name] == f"/categories/{parent.id}"


def test_the_form_of_a_listing_says_what_its_category_asks(app: Flask, world: World) -> None:
    supplier = Visitor(app, world, "mu")
    blank = supplier.get("/listings/new")
    assert "Choose a category first" in blank.text
    told = supplier.send("/listings/new", on=blank, kind="goods", category="instruments.centrifuges.mini", add="specs")
    assert told.status == 200
    assert "Maximum speed" in told.text
    assert all(f" {unit}" in told.text for unit in ("mL", "dB", "kg"))
    assert f"/categories/{known_category('instruments.centrifuges.mini').id}" in told.links.values()


def test_a_title_says_once_that_something_is_wrong(app: Flask, world: World) -> None:
    wrong = Visitor(app, world, "guan").do(f"/organisations/{world.organisations['lab']}/invite", email="nobody")
    assert wrong.status == 422
    assert wrong.text.count("Error: Invite a person") == 1
    assert "Error: Error:" not in wrong.text


def test_whoever_applies_agrees_first_and_is_not_asked_again(app: Flask, world: World) -> None:
    del world
    visitor = Visitor(app)
    refused = visitor.send("/join", on="/join", **{**APPLICATION, "agree": ""})
    assert (refused.status, "Without this no application can be taken." in refused.text) == (422, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Application)) == 0
    visitor.send("/join", on="/join", **APPLICATION)
    [link] = mailed("application")
    invitation = str(visitor.send(link, on=link).location)
    assert "agree" not in visitor.get(invitation).forms[invitation]
    visitor.send(invitation, on=invitation, name="An", password="one two three", again="one two three")
    rows = db.session.execute(sa.select(Consent.document, Consent.edition, Consent.given)).all()
    assert {(one.document, one.edition, one.given) for one in rows} == {
        (document, edition, True) for document, edition in consents.EDITIONS.items()
    }
