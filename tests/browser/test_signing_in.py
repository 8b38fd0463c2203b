"""Invitation, second factors, passkeys and the switch of organisations in a real browser, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page

from app.accounts import people
from app.accounts.actions import memberships
from app.accounts.models import Membership, Passkey
from app.kernel.db import db, mode
from app.kernel.events import Delivery
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from tests.conftest import Apps, serving
from tests.live import serve
from tests.world import PASSWORD, World, build

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_MS = 15_000
NEW_PASSWORD = "four green walls and a kettle"
WORDS = {
    "zh": {
        "sign_in": "登录", "app": "设置验证器应用", "on": "开启二次验证", "kept": "我已保存", "next": "继续",
        "needed": "需要二次验证", "accept": "接受邀请", "make": "创建通行密钥", "use": "使用通行密钥",
        "removed": "已移除。", "remove": "移除",
    },
    "en": {
        "sign_in": "Sign in", "app": "Set up an app", "on": "Switch on the second step", "kept": "I have kept them",
        "next": "Continue", "needed": "A second factor is needed", "accept": "Accept the invitation",
        "make": "Make a passkey", "use": "Use a passkey", "removed": "Removed.", "remove": "Remove",
    },
}  # fmt: skip

both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture
def strict(database: str, apps: Apps) -> Iterator[Flask]:
    """An application that asks for second factors, as in production."""
    with serving(apps, database, SECOND_FACTOR="required") as made:
        token = mode.set("read")
        yield made
        mode.reset(token)


@pytest.fixture
def world(strict: Flask) -> World:
    """The small park."""
    del strict
    return build()


@dataclass
class Somebody:
    """A person at a browser, and what the browser had to complain of."""

    page: Page
    url: str
    words: dict[str, str]
    faults: list[str]

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        """E-mail and password."""
        self.page.goto(f"{self.url}/login")
        self.page.fill("main input[name=email]", address)
        self.page.fill("main input[name=password]", password)
        self.press("sign_in")

    def press(self, what: str) -> None:
        """A button or link of the page's content, by its word in the page's language."""
        name = re.compile(f"^{re.escape(self.words[what])}$")
        target = self.page.locator("main").get_by_role("button", name=name)
        if not target.count():
            target = self.page.locator("main").get_by_role("link", name=name)
        target.first.click()
        self.page.wait_for_load_state()

    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("main").inner_text()

    def set_up_app(self) -> tuple[str, list[str]]:
        """Scan and type: (secret, recovery codes)."""
        self.press("app")
        assert self.page.locator("img.qr").get_attribute("src", timeout=PATIENCE_MS).startswith("data:image/svg+xml")  # type: ignore[union-attr]
        secret = self.page.locator("#secret").inner_text().replace(" ", "")
        self.page.fill("main input[name=code]", pyotp.TOTP(secret).at(now()))
        self.press("on")
        return secret, self.page.locator("ol.codes code").all_inner_texts()


@contextmanager
def somebody(browser: Browser, app: Flask, language: str) -> Iterator[Somebody]:
    """A fresh browser at the running park, under a name for which passkeys are possible."""
    with serve(app) as address:
        url = address.replace("127.0.0.1", "localhost")
        app.config["BASE_URL"] = url
        context = browser.new_context(
            locale="zh-CN" if language == "zh" else "en-GB", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "language", "value": language, "url": url}])
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
        yield Somebody(page, url, WORDS[language], faults)
        assert faults == []
        context.close()


def speak(world: World, name: str, language: str) -> None:
    with unit_of_work():
        db.session.get_one(people.Person, world.people[name]).language = language


@both_languages
def test_a_finance_officer_sets_up_an_app_before_anything_else(
    strict: Flask, world: World, browser: Browser, language: str
) -> None:
    speak(world, "cai", language)
    with somebody(browser, strict, language) as cai:
        cai.sign_in(world.email("cai"))
        assert cai.page.url.startswith(f"{cai.url}/account/security?next=")
        assert cai.words["needed"] in cai.text()
        secret, codes = cai.set_up_app()
        assert len(set(codes)) == 10
        cai.press("kept")
        assert cai.page.url == f"{cai.url}/work"
        cai.page.context.clear_cookies(name="labpark")

        cai.sign_in(world.email("cai"))
        assert cai.page.url == f"{cai.url}/login/code?next=/work" or cai.page.url == f"{cai.url}/login/code"
        cai.page.fill("main input[name=code]", "000000")
        cai.press("next")
        assert cai.page.locator(".summary").count() == 1
        cai.page.fill("main input[name=code]", pyotp.TOTP(secret).at(int(now().timestamp()) + 30))
        cai.press("next")
        assert cai.page.url == f"{cai.url}/work"
        cai.page.context.clear_cookies(name="labpark")

        cai.sign_in(world.email("cai"))
        cai.page.fill("main input[name=code]", codes[3].lower())
        cai.press("next")
        assert cai.page.url == f"{cai.url}/work"
        assert re.search(r"\b9\b", cai.text())


@both_languages
def test_a_passkey_replaces_password_and_code(strict: Flask, world: World, browser: Browser, language: str) -> None:
    """With Chromium's virtual authenticator, which verifies its user (WebAuthn, section 11)."""
    speak(world, "jin", language)
    with somebody(browser, strict, language) as jin:
        client = jin.page.context.new_cdp_session(jin.page)
        client.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                   "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
        authenticator = client.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        jin.sign_in(world.email("jin"))
        jin.page.fill("main input[name=name]", "phone")
        jin.press("make")
        jin.page.wait_for_selector("ol.codes")
        with reading() as session:
            kept = session.scalars(sa.select(Passkey)).one()
            assert (kept.name, kept.person_id) == ("phone", world.people["jin"])
            counted = kept.sign_count
        jin.press("kept")
        assert jin.page.url == f"{jin.url}/work"
        jin.page.context.clear_cookies(name="labpark")

        jin.page.goto(f"{jin.url}/login?next=/account/security")
        jin.press("use")
        jin.page.wait_for_url(f"{jin.url}/account/security")
        assert "phone" in jin.text()
        with reading() as session:
            assert session.scalars(sa.select(Passkey.sign_count)).one() > counted

        jin.page.context.clear_cookies(name="labpark")
        jin.sign_in(world.email("jin"))
        assert "/login/code" in jin.page.url, "the password alone does not do any more"
        jin.press("use")
        jin.page.wait_for_url("**/work")

        client.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
        jin.page.context.clear_cookies(name="labpark")
        jin.page.goto(f"{jin.url}/login")
        jin.press("use")
        jin.page.wait_for_selector("[data-trouble]:not([hidden])")
        assert jin.page.url == f"{jin.url}/login", "an authenticator that does not know its user opens nothing"


@both_languages
def test_an_invited_person_joins_and_switches_between_organisations(
    strict: Flask, world: World, browser: Browser, language: str
) -> None:
    with unit_of_work():
        for org, admin in (("lab", "guan"), ("lab2", "lab2admin")):
            memberships.invite(world.org(org), world.actor(admin), email="neu@lab.example", roles=["member"])
    with reading() as session:
        rows = session.scalars(sa.select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id))
        first, second = [row.payload["link"].removeprefix("http://localhost") for row in rows][-2:]
        names = {org: world.org(org).name(language) for org in ("lab", "lab2")}
    with somebody(browser, strict, language) as neu:
        neu.page.goto(neu.url + first)
        neu.page.fill("main input[name=name]", "Neu")
        for name in ("password", "again"):
            neu.page.fill(f"main input[name={name}]", "password12")
        neu.press("accept")
        assert neu.page.locator(".summary").count() == 1, "a weak password is refused on the same page"
        for name in ("password", "again"):
            neu.page.fill(f"main input[name={name}]", NEW_PASSWORD)
        neu.press("accept")
        assert neu.page.url == f"{neu.url}/work"
        neu.page.goto(neu.url + second)
        assert names["lab2"] in neu.text()
        neu.press("accept")
        assert names["lab2"] in neu.page.locator("header").inner_text()

        neu.page.locator("header details.menu summary").click()
        neu.page.locator("header .menu-list button", has_text=names["lab"]).click()
        neu.page.wait_for_url("**/work")
        assert names["lab"] in neu.page.locator("header details.menu summary").inner_text()
        assert neu.page.get_attribute("html", "lang") == ("zh-CN" if language == "zh" else "en")
    with reading() as session:
        held = session.scalars(sa.select(Membership).where(Membership.email == "neu@lab.example")).all()
        assert [one.state for one in held] == ["active", "active"]
