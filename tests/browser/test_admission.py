"""An organisation's way in, in a real browser and in both languages: apply, prove the address, hand in, be returned,
correct, be admitted; then be restricted, suspended and readmitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page

from app.accounts.models import Organisation, Qualification, Restriction
from app.kernel import events, worker
from app.kernel.db import db, mode
from app.kernel.work import reading
from tests.live import serve
from tests.world import PASSWORD, World, build
from tests.worlds.standing import PDF, in_days, requirement

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_MS = 15_000
EMAIL = "founder@new.example"
OWN_PASSWORD = "quiet lake at seven"
REASON = {"zh": "扫描件不清晰，请重新上传", "en": "The scan cannot be read. Upload it again."}


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """The small park, which asks suppliers for a licence and an undertaking."""
    del app
    token = mode.set("read")
    made = build()
    requirement(made, "licence")
    requirement(
        made, "promise", form="attestation", expires=False, title_zh="诚信承诺", title_en="Integrity undertaking"
    )
    yield made
    mode.reset(token)


class Visitor:
    """Somebody at a browser of their own, who looks for what went wrong on every page."""

    def __init__(self, browser: Browser, url: str, language: str) -> None:
        locale = {"zh": "zh-CN", "en": "en-US"}[language]
        context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.url, self.language = url, language
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path: str) -> Page:
        """A page by its address, there and in the visitor's language."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        assert self.page.get_attribute("html", "lang", timeout=PATIENCE_MS).startswith(self.language)  # type: ignore[union-attr]
        return self.page

    def send(self, action: str, **typed: str) -> None:
        """Fill in the form of this action and send it."""
        form = self.page.locator(f'main form[action*="{action}"]').first
        for name, value in typed.items():
            control = form.locator(f'[name="{name}"]').first
            kind = control.get_attribute("type")
            if kind == "file":
                control.set_input_files(value)
            elif kind in ("checkbox", "radio"):
                form.locator(f'[name="{name}"][value="{value}"]').first.check()
            elif control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
        form.locator("button:not([type=button])").last.click()
        self.page.wait_for_load_state()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in; people of the small park read Chinese until they say otherwise."""
        self.open("/login")
        self.send("/login", email=email, password=password)
        self.page.wait_for_url("**/work")


def mailed(app: Flask, part: str) -> str:
    """The path of the newest link in the mails that were written as files."""
    worker.settle()
    for path in sorted((Path(app.instance_path) / "mail").glob("*.eml"), reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body()
        found = re.search(rf"https?://[^/\s]+(/{part}/\S+)", body.get_content() if body else "")
        if found:
            return found[1]
    raise AssertionError(f"no mail leads to /{part}/")


def state(statement: sa.Select[str]) -> list[str]:
    """What is stored now."""
    with reading() as session:
        return list(session.scalars(statement))


def new() -> str:
    """The state of the organisation that applied."""
    return state(sa.select(Organisation.state).where(Organisation.name_zh == "新仪器公司"))[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_organisation_comes_in_is_restricted_suspended_and_readmitted(
    app: Flask, browser: Browser, world: World, tmp_path: Path, language: str
) -> None:
    scan = tmp_path / "licence.pdf"
    scan.write_bytes(PDF)
    with serve(app) as url:
        founder, reviewer = Visitor(browser, url, language), Visitor(browser, url, language)
        _apply(app, founder)
        org_id = state(sa.select(Organisation.id).where(Organisation.name_zh == "新仪器公司"))[0]
        _hand_in(founder, org_id, str(scan))
        _review(reviewer, world, org_id)
        _correct(founder, str(scan))
        _admit(reviewer, org_id)
        _stop_and_let_go(reviewer, founder, org_id)
        assert founder.faults + reviewer.faults == []
    with reading():
        assert list(events.verify(db.session())) == []


def _apply(app: Flask, founder: Visitor) -> None:
    founder.open("/join")
    founder.send(
        "/join", name_zh="新仪器公司", name_en="New Instruments", kinds="supplier", credit_code="91110000600037341L",
        address="园区 5 号楼", email=EMAIL, agree="1",
    )  # fmt: skip
    assert EMAIL in founder.page.inner_text("main")
    assert state(sa.select(Organisation.id).where(Organisation.name_zh == "新仪器公司")) == []
    link = mailed(app, "applications")
    founder.open(link)
    founder.send("/applications/")
    founder.send("/invitations/", name="Founder", password=OWN_PASSWORD, again=OWN_PASSWORD)
    founder.page.wait_for_url("**/work")
    assert new() == "applied"


def _hand_in(founder: Visitor, org_id: str, scan: str) -> None:
    founder.page.click(f'main a[href="/organisations/{org_id}/onboarding"]')
    founder.page.click('main a.btn[href*="/qualifications/new?requirement="]')
    founder.send(
        "/qualifications/new", document_no="L-1", valid_until=in_days(300).isoformat(), issuer="市场监管局", file=scan
    )
    founder.page.click('main a[href$="/submit"]')
    founder.send("/submit")
    founder.open(f"/organisations/{org_id}/onboarding")
    founder.page.click('main a.btn[href*="/qualifications/new?requirement="]')
    founder.send("/qualifications/new", attested="1")
    founder.page.click('main a[href$="/submit"]')
    founder.send("/submit")
    assert state(sa.select(Qualification.state).order_by(Qualification.id)) == ["submitted", "submitted"]


def _review(reviewer: Visitor, world: World, org_id: str) -> None:
    reviewer.language = "zh"  # what the reviewer chose for themselves wins over the browser
    reviewer.page.goto(f"{reviewer.url}/login")
    reviewer.send("/login", email=world.email("rui"), password=PASSWORD)
    page = reviewer.open(f"/queues/admission?id={org_id}")
    assert page.locator('[aria-describedby="admit-why"]').count() == 1  # not yet, and it says why
    licence = state(sa.select(Qualification.id).where(Qualification.document_no == "L-1"))[0]
    page = reviewer.open(f"/queues/admission?id={licence}")
    page.fill('main form [name="reason"]', REASON[reviewer.language])
    page.click('main button[formaction$="/return"]')
    page.wait_for_load_state()
    assert state(sa.select(Qualification.state).where(Qualification.id == licence)) == ["returned"]


def _correct(founder: Visitor, scan: str) -> None:
    licence = state(sa.select(Qualification.id).where(Qualification.document_no == "L-1"))[0]
    page = founder.open(f"/qualifications/{licence}")
    assert REASON["zh"] in page.inner_text("#events")
    page.click('main a[href$="/edit"]')
    founder.send("/edit", document_no="L-2", file=scan)
    founder.page.click('main a[href$="/submit"]')
    founder.send("/submit")
    assert state(sa.select(Qualification.state).order_by(Qualification.id)) == ["submitted", "submitted"]


def _admit(reviewer: Visitor, org_id: str) -> None:
    for record_id in state(sa.select(Qualification.id).order_by(Qualification.id)):
        reviewer.open(f"/queues/admission?id={record_id}")
        reviewer.send("/approve")
    reviewer.open(f"/queues/admission?id={org_id}")
    reviewer.send("/admit")
    assert new() == "admitted"


def _stop_and_let_go(reviewer: Visitor, founder: Visitor, org_id: str) -> None:
    reviewer.open(f"/organisations/{org_id}/restrict")
    reviewer.send("/restrict", scope="listing", reason_code="quality", reason="送检不合格")
    assert state(sa.select(Restriction.state)) == ["in_force"]
    page = founder.open(f"/organisations/{org_id}")
    assert page.locator("#barred li").count() == 1
    reviewer.open(f"/organisations/{org_id}/suspend")
    reviewer.send("/suspend", reason="核查期间")
    assert new() == "suspended"
    reviewer.open(f"/organisations/{org_id}/reinstate")
    reviewer.send("/reinstate", reason="核查完毕")
    assert new() == "admitted"
    page = founder.open(f"/organisations/{org_id}")
    assert page.locator("#barred li").count() == 1  # back to what it was before, not to open
