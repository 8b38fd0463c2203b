"""Forged requests, borrowed links, and what the browser is told about each page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.kernel.values import now
from app.web.core.protection import local_path
from tests.kernel.kettles import a_kettle, kettle_of, kettles_in_the_park
from tests.web.visitor import Page, Visitor
from tests.world import build

UNSAFE = ("/login", "/logout", "/language", "/organisation", "/forgotten", "/password/x", "/invitations/x", "/account",
          "/account/password", "/account/sessions/end", "/organisations/new")  # fmt: skip


@pytest.mark.parametrize("path", UNSAFE)
def test_a_form_without_its_token_is_refused_everywhere(app: Flask, path: str) -> None:
    answer = Page(Visitor(app).client.post(path, data={"email": "x"}, headers={"Accept-Language": "en"}))
    assert answer.status == 400
    assert "The form has expired. Load the page again." in answer.text


def test_a_form_sent_from_another_site_is_refused_even_with_a_token(app: Flask) -> None:
    visitor = Visitor(app)
    token = visitor.get("/login").forms["/login"]["csrf_token"]
    given = {"csrf_token": token, "lang": "zh"}
    for origin, status in (
        ("https://evil.example", 400), ("null", 400), ("http://localhost:81", 400), ("http://localhost", 303),
    ):  # fmt: skip
        answer = visitor.client.post("/language", data=given, headers={"Origin": origin})
        assert answer.status_code == status, origin


def test_a_token_of_another_browser_is_refused(app: Flask) -> None:
    theirs = Visitor(app).get("/login").forms["/login"]["csrf_token"]
    visitor = Visitor(app)
    visitor.get("/login")
    assert visitor.client.post("/language", data={"csrf_token": theirs, "lang": "zh"}).status_code == 400


def test_an_old_form_says_that_it_has_expired_and_changes_nothing(app: Flask) -> None:
    with kettles_in_the_park() as world:
        pu, kettle = Visitor(app, world, "pu"), a_kettle(world)
        path = f"/kettles/{kettle}/heat"
        form = pu.get(path)
        with time_machine.travel(now() + timedelta(hours=13)):
            late = pu.send(path, on=form)
        assert late.status == 400
        assert "The form has expired." in late.text
        assert kettle_of(kettle).state == "cold"


def test_a_wrong_address_is_missing_rather_than_forged(app: Flask) -> None:
    assert Visitor(app).client.post("/no/such/place/at/all").status_code == 404


@pytest.mark.parametrize(
    "text, path",
    [
        ("/work", "/work"),
        ("/rfqs?state=open&after=x", "/rfqs?state=open&after=x"),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("/x\\y", None),
        ("/\n/evil.example", None),
        ("/a b", None),
        ("https://evil.example", None),
        ("work", None),
        ("", None),
        (None, None),
        ("/" + "x" * 600, None),
    ],
)
def test_only_paths_of_this_site_are_followed(text: str | None, path: str | None) -> None:
    assert local_path(text) == path


def test_pages_are_never_cached_and_run_nothing_but_our_own_files(app: Flask) -> None:
    world = build()
    for path in ("/", "/login", "/work", "/nowhere", "/docs"):
        page = Visitor(app, world, "pu").get(path)
        assert page.headers["Cache-Control"] == "no-store", path
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert "<script>" not in page.html
        assert " style=" not in page.html
        assert " onclick=" not in page.html


def test_what_people_wrote_is_shown_as_text(app: Flask) -> None:
    with kettles_in_the_park() as world:
        kettle = a_kettle(world, label="<b>bold</b>")
        pu = Visitor(app, world, "pu")
        pu.do(f"/kettles/{kettle}/drop", reason="<script>alert(1)</script>")
        page = pu.get(f"/kettles/{kettle}")
    assert "<script>alert(1)</script>" in page.text
    assert "<script>alert" not in page.html
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.html
