"""Known attacks on signing in and on sessions, one test each; equal answers for known and unknown addresses."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import people, throttle
from app.accounts.actions import memberships
from app.accounts.models import LoginSession, Person
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.conftest import Apps, make_app, serving
from tests.house.everybody import hire
from tests.kernel.rounds import PROVING, rounds
from tests.web.visitor import Page, Visitor
from tests.world import PASSWORD, World, build

FORGED = {
    "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example",
    "Forwarded": "host=evil.example;proto=https", "X-Original-URL": "https://evil.example/", "X-Forwarded-Port": "444",
}  # fmt: skip
STRANGER = "nobody@nowhere.example"


@pytest.fixture
def park(app: Flask) -> World:
    """The small park."""
    del app
    return build()


@pytest.fixture
def public(database: str, apps: Apps) -> Iterator[Flask]:
    """An installation as it stands in public: https, a host name of its own, behind one proxy."""
    with serving(
        apps,
        database,
        BASE_URL="https://park.example",
        TRUSTED_HOSTS=["park.example", "localhost"],
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_NAME="__Host-labpark",
        PREFERRED_URL_SCHEME="https",
    ) as made:
        yield made


def sign_in(visitor: Visitor, address: str, password: str = PASSWORD, **more: str) -> Page:
    return visitor.send("/login", on="/login", email=address, password=password, **more)


def cookie(client: FlaskClient, name: str = "labpark") -> str:
    held = client.get_cookie(name)
    assert held is not None
    return str(held.value)


def with_cookie(app: Flask, value: str) -> Page:
    """What somebody sees who brings a cookie."""
    client = app.test_client()
    client.set_cookie("labpark", value)
    return Page(client.get("/work", headers={"Accept-Language": "en"}))


# Equal answers --------------------------------------------------------------------------------------------------------


def without_tokens(page: Page, *typed: str) -> str:
    text = page.html
    for value in (*(form.get("csrf_token", "") for form in page.forms.values()), *typed):
        text = text.replace(value, "") if value else text
    return text


@pytest.mark.parametrize("path,more", [("/login", {"password": "wrong"}), ("/forgotten", {})])
def test_known_and_unknown_addresses_get_one_answer(app: Flask, park: World, path: str, more: dict[str, str]) -> None:
    answers = []
    for address in (park.email("pu"), STRANGER):
        page = Visitor(app).send(path, on=path, email=address, **more)
        names = sorted(name for name, _ in page.headers if name not in ("X-Request-ID", "Set-Cookie"))
        answers.append((page.status, without_tokens(page, address), names))
    assert answers[0] == answers[1]


def test_throttles_answer_alike_for_known_and_unknown_addresses(app: Flask, park: World) -> None:
    answers = []
    for address in (park.email("pu"), STRANGER):
        pages = [sign_in(Visitor(app), address, "wrong") for _ in range(12)]
        answers.append([(page.status, without_tokens(page, address)) for page in pages])
    assert answers[0] == answers[1]


def test_an_invitation_tells_its_sender_nothing_of_the_person(app: Flask, park: World) -> None:
    """Whether the address has an account already, the admin sees the same."""
    guan, told = Visitor(app, park, "guan"), []
    for address in (park.email("xiao"), STRANGER):
        path = f"/organisations/{park.organisations['lab']}/invite"
        page = guan.send(path, on=path, email=address, roles="member")
        told.append((page.status, (page.location or "").rpartition("/")[0]))
    assert told[0] == told[1] == (303, "/memberships")
    rows = db.session.scalars(sa.select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id))
    mails = [row.payload for row in rows if row.payload.get("template") == "invitation"][-2:]
    assert len({tuple(sorted(mail)) for mail in mails}) == 1


def test_a_reset_is_the_same_work_for_every_address(app: Flask, park: World) -> None:
    """One row either way: whether there is anybody is looked up by the worker, out of sight."""
    for address in (park.email("pu"), STRANGER):
        Visitor(app).send("/forgotten", on="/forgotten", email=address)
    owed = db.session.scalars(sa.select(Delivery).where(Delivery.kind == "reset_link")).all()
    assert [sorted(row.payload) for row in owed] == [["to"], ["to"]]
    worker.deliver()
    made = db.session.scalar(sa.text("SELECT count(*) FROM single_use_link WHERE purpose = 'reset'"))
    assert made == 1
    db.session.rollback()
    db.session.expire_all()
    kept = db.session.scalars(sa.select(Delivery.payload).where(Delivery.kind == "reset_link")).all()
    assert not any(STRANGER in str(payload) for payload in kept), "done is forgotten"


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.timeout(1_200)
def test_how_long_an_answer_takes_says_nothing_of_the_account(database: str, tmp_path: Path) -> None:
    """With the hashing of production, over the whole request: the two samples cannot be told apart (AUC 0.5)."""
    app = make_app(database, tmp_path, CHEAP_PASSWORDS=False)
    with app.app_context():
        with unit_of_work():
            hashed = people.hash_password(PASSWORD, email="")
            for number in range(20):
                people.person_with(f"k{number}@lab.example", name="K", language="zh", password_hash=hashed)
        client, chance = app.test_client(), random.Random(8)
        token = Page(client.get("/login")).forms["/login"]["csrf_token"]

        def seconds(address: str, turn: int) -> float:
            given = {"csrf_token": token, "email": address, "password": "wrong, wrong, wrong"}
            place = {"REMOTE_ADDR": f"10.{turn // 60_000}.{turn // 250 % 240}.{turn % 250}"}
            with clock_at(timedelta(minutes=turn)):
                started = time.perf_counter()
                answer = client.post("/login", data=given, environ_overrides=place)
                taken = time.perf_counter() - started
            assert answer.status_code == 401
            return taken

        samples: dict[str, list[float]] = {"k": [], "u": []}
        for turn in range(-4, rounds(12, 800)):
            for kind in chance.sample(("k", "u"), 2):
                taken = seconds(f"{kind}{turn % 20}@lab.example", turn + 4)
                if turn >= 0:
                    samples[kind].append(taken)
        db.session.remove()
        db.engine.dispose()
    if PROVING:
        assert 0.45 < auc(samples["k"], samples["u"]) < 0.55
    assert 0.5 < statistics.median(samples["u"]) / statistics.median(samples["k"]) < 2


def auc(these: list[float], those: list[float]) -> float:
    """How often one of these is larger than one of those: the area under the curve of a guesser who looks at time."""
    wins = sum((one > other) + (one == other) / 2 for one in these for other in those)
    return wins / (len(these) * len(those))


# Sessions -------------------------------------------------------------------------------------------------------------


def test_a_planted_session_is_not_the_one_that_signs_in(app: Flask, park: World) -> None:
    """Fixation: the attacker's cookie, put into the victim's browser, opens nothing after the victim signs in."""
    attacker = Visitor(app)
    attacker.get("/login")
    planted = cookie(attacker.client)
    victim = Visitor(app)
    victim.client.set_cookie("labpark", planted)
    assert sign_in(victim, park.email("pu")).status == 303
    assert cookie(victim.client) != planted
    assert with_cookie(app, planted).status == 303
    assert attacker.get("/work").status == 303


def test_a_session_that_somebody_had_ends_when_another_one_signs_in_there(app: Flask, park: World) -> None:
    browser = Visitor(app, park, "an")
    mine = cookie(browser.client)
    page = browser.get("/terms")
    token = page.forms["/language"]["csrf_token"]
    browser.client.post("/login", data={"csrf_token": token, "email": park.email("pu"), "password": PASSWORD})
    assert "Pu" in browser.get("/account").text
    assert with_cookie(app, mine).status == 303


def test_every_proof_gives_a_new_token(app: Flask, park: World) -> None:
    visitor = Visitor(app, park, "pu")
    seen = [cookie(visitor.client)]
    confirm = "/account/security/confirm"
    visitor.send(confirm, on=confirm, current=PASSWORD)
    seen.append(cookie(visitor.client))
    new = "a longer sentence"
    visitor.send("/account/password", on="/account", current=PASSWORD, password=new, again=new)
    seen.append(cookie(visitor.client))
    assert [with_cookie(app, one).status for one in seen] == [303, 303, 200]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 1


@pytest.mark.parametrize("end", ["logout", "password", "link", "revoked", "left", "idle", "old"])
def test_a_session_that_has_ended_opens_nothing(app: Flask, park: World, end: str) -> None:
    visitor = Visitor(app, park, "pu")
    held = cookie(visitor.client)
    assert with_cookie(app, held).status == 200
    late, new = timedelta(0), "a longer sentence"
    if end == "logout":
        visitor.send("/logout", on="/account")
    elif end == "password":
        visitor.send("/account/password", on="/account", current=PASSWORD, password=new, again=new)
    elif end == "link":
        with unit_of_work():
            link = people.make_link("reset", person_id=park.people["pu"])
        Visitor(app).send(f"/password/{link}", on=f"/password/{link}", password=new, again=new)
    elif end == "revoked":
        Visitor(app, park, "pu").send("/account/sessions/end", on="/account", all="1")
    elif end == "left":
        with unit_of_work():
            memberships.end(people.memberships_of(park.people["pu"])[0], park.actor("guan"))
    else:
        late = people.SESSION_LIFE if end == "old" else timedelta(minutes=121)
    with clock_at(late):
        assert with_cookie(app, held).status == 303


def test_use_keeps_a_session_alive_and_is_written_down_now_and_then_only(app: Flask, park: World) -> None:
    visitor = Visitor(app, park, "pu")
    seen = sa.select(LoginSession.seen_at)
    first = db.session.scalars(seen).one()
    visitor.get("/work")
    db.session.rollback()
    assert db.session.scalars(seen).one() == first
    for hours in (1, 2, 3):
        with clock_at(timedelta(hours=hours)):
            assert visitor.get("/work").status == 200
    db.session.rollback()
    assert db.session.scalars(seen).one() > first


def test_people_see_where_they_are_signed_in(app: Flask, park: World) -> None:
    phone = Visitor(app)
    phone.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    phone.client.environ_base.update(REMOTE_ADDR="198.51.100.9", HTTP_USER_AGENT=phone.headers["User-Agent"])
    sign_in(phone, park.email("pu"))
    page = Visitor(app, park, "pu").get("/account")
    assert "Safari, iPhone 198.51.100.9" in page.text
    assert "This device" in page.text


# Guessing, from the owner's side --------------------------------------------------------------------------------------


def guess(app: Flask, address: str, times: int = 12) -> None:
    for turn in range(times):
        stranger = Visitor(app)
        stranger.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{turn}"
        sign_in(stranger, address, "wrong")


def test_strangers_who_guess_do_not_keep_the_owner_out(app: Flask, park: World) -> None:
    address, new = park.email("pu"), "a longer sentence"
    known = Visitor(app, park, "pu")
    guess(app, address)
    assert sign_in(Visitor(app), address).status == 429, "a strange browser waits"
    assert known.get("/work").status == 200, "a signed-in one goes on"
    known.send("/logout", on="/account")
    assert sign_in(known, address).status == 303, "a known one signs in"
    fresh = Visitor(app)
    with unit_of_work():
        link = people.make_link("reset", person_id=park.people["pu"])
    assert fresh.send(f"/password/{link}", on=f"/password/{link}", password=new, again=new).status == 303
    assert sign_in(fresh, address, new).status == 303, "the link in the mail opens the account anywhere"


def test_a_known_browser_is_known_for_its_own_account_only(app: Flask, park: World) -> None:
    browser = Visitor(app, park, "an")
    browser.send("/logout", on="/account")
    guess(app, park.email("pu"))
    assert sign_in(browser, park.email("pu")).status == 429
    browser.client.set_cookie("known", cookie(browser.client, "known") + "x")
    guess(app, park.email("an"))
    assert sign_in(browser, park.email("an")).status == 429, "a forged cookie is none"


def test_those_who_watch_see_the_attempts_and_others_see_no_such_page(app: Flask, park: World) -> None:
    member = hire(park, "operator", "sec", ["security_admin"])
    with unit_of_work():
        hashed = people.hash_password(PASSWORD, email="")
        db.session.get_one(Person, member.person_id).password_hash = hashed
    guess(app, park.email("pu"))
    sec = Visitor(app, park, "sec")
    page = sec.get("/security")
    assert "An account is tried" in page.text
    assert throttle.mark(park.email("pu"))[:8] in page.text
    assert "People without a second factor" in page.text
    body = sec.client.get("/api/v1/security").get_json()
    assert (body["second_factor"], body["resting"]["account"], len(body["alarms"])) == ("optional", 1, 1)
    for name in ("mei", "rui", "wang"):
        other = Visitor(app, park, name)
        assert other.get("/security").status == 404
        assert other.client.get("/api/v1/security").status_code == 404
    assert 'labpark_resting{kind="account"} 1.0' in app.test_client().get("/metrics").get_data(as_text=True)


# Headers --------------------------------------------------------------------------------------------------------------


def test_links_in_mails_are_made_from_the_configuration_never_from_the_request(app: Flask, park: World) -> None:
    visitor = Visitor(app)
    token = visitor.get("/forgotten").forms["/forgotten"]["csrf_token"]
    visitor.client.post("/forgotten", data={"csrf_token": token, "email": park.email("pu")}, headers=FORGED)
    with app.test_request_context(headers=FORGED):
        worker.deliver()
    letters = list((Path(app.instance_path) / "mail").glob("*.eml"))
    assert letters or db.session.scalar(sa.select(sa.func.count()).where(Delivery.kind == "mail"))
    owed = [str(row) for row in db.session.scalars(sa.select(Delivery.payload))]
    assert not any("evil.example" in text for text in (*owed, *(one.read_text() for one in letters)))


def test_a_forged_host_is_not_answered_where_hosts_are_named(public: Flask) -> None:
    client = public.test_client()
    assert client.get("/login", base_url="https://park.example").status_code == 200
    assert client.get("/login", base_url="https://evil.example").status_code == 400
    forged = {name: value for name, value in FORGED.items() if name != "Host"}
    page = client.get("/work", base_url="https://park.example", headers=forged)
    assert page.headers["Location"] == "/login?next=/work"
    assert client.get("/healthz", base_url="http://localhost").status_code == 200


def test_forwarded_addresses_are_believed_from_our_own_proxies_only(app: Flask, park: World) -> None:
    """PROXY_HOPS is 0: what a stranger writes into X-Forwarded-For moves no throttle to another address."""
    del park
    for turn in range(70):
        visitor = Visitor(app)
        page = visitor.get("/login")
        given = {"csrf_token": page.forms["/login"]["csrf_token"], "email": f"v{turn}@x.example", "password": "wrong"}
        answer = visitor.client.post("/login", data=given, headers={"X-Forwarded-For": f"203.0.113.{turn}"})
        assert answer.status_code == (401 if turn < throttle.ADDRESS.most else 429)


def test_cookies_are_closed_to_scripts_other_sites_and_plain_http(public: Flask) -> None:
    world, client = build(), public.test_client()
    token = Page(client.get("/login", base_url="https://park.example")).forms["/login"]["csrf_token"]
    done = client.post(
        "/login", base_url="https://park.example", headers={"Referer": "https://park.example/login"},
        data={"csrf_token": token, "email": world.email("pu"), "password": PASSWORD},
    )  # fmt: skip
    assert done.status_code == 303
    set_by_us = done.headers.getlist("Set-Cookie")
    assert {one.partition("=")[0] for one in set_by_us} == {"__Host-labpark", "__Host-known"}
    for one in set_by_us:
        flags = {part.strip().lower() for part in one.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags, one
        assert not any(flag.startswith("domain") for flag in flags)
    assert "max-age=31536000" in done.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/", "/login", "/work", "/account", "/account/security", "/api/v1/me", "/nowhere"])
def test_no_page_is_framed_or_kept_by_a_cache_that_others_read(app: Flask, park: World, path: str) -> None:
    answer = Visitor(app, park, "pu").client.get(path)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] in ("no-store", "private, no-store")
    assert {"cookie", "authorization"} <= {one.strip().lower() for one in answer.headers["Vary"].split(",")}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "sent",
    [
        lambda visitor, where: visitor.send(
            "/login", on="/login", email="pu@lab.example", password=PASSWORD, next=where
        ),
        lambda visitor, where: visitor.send("/language", on="/login", lang="en", next=where),
    ],
    ids=["sign in", "language"],
)
@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example", "/%09/evil\t.example"])
def test_no_form_leads_to_another_site(
    app: Flask, park: World, sent: Callable[[Visitor, str], Any], where: str
) -> None:
    del park
    assert "evil.example" not in (sent(Visitor(app), where).location or "")
