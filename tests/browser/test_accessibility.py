"""axe-core (WCAG 2.2 A and AA, and its best practices) finds nothing on the pages, and none is wider than the screen.

In both languages, at 1280 and at 390 px. The pages that carry the platform are looked at in every run, one half on a
desk and the other on a telephone; `make prove` looks at all of them on both in both languages, and follows every link
that people of every role see, each kind of page once for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import axe_playwright_python
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from app.catalogue import index as catalogue_index
from app.kernel.db import db
from tests.kernel.rounds import PROVING
from tests.live import serve
from tests.world import PASSWORD, World, build
from tests.worlds.access import place_of
from tests.worlds.booking import reach_report
from tests.worlds.catalogue import listing
from tests.worlds.ordering import placed, reach_order, receive_all, reject_one, send, send_all
from tests.worlds.payments import bought, rate, run
from tests.worlds.sourcing import evaluated, rfq
from tests.worlds.standing import qualification, requirement
from tests.worlds.taxonomy import known_category

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.prove, pytest.mark.timeout(1200)]

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOK: Final = """axe.run().then(found => found.violations.map(one =>
  `${one.id}: ${one.nodes.length} x, ${one.nodes[0].html.slice(0, 200)}`))"""
SCREENS: Final = (("zh", 1280), ("en", 390), ("zh", 390), ("en", 1280))
EVERYBODY: Final = (
    "pu", "an", "rong", "cai", "guan", "mu", "xiao", "fa", "jin", "fuwu", "zhuan",
    "rui", "tao", "shu", "sup", "ops", "wang", "shen",
)  # fmt: skip
NO_PAGES: Final = re.compile(r"/(docs|openapi|metrics|files|export)\b|\.(csv|pdf|png|json)\b")


@pytest.fixture
def pages(app: Flask) -> tuple[World, dict[str, tuple[str, str]]]:
    """A park with something on every desk, and the main pages: name -> (who reads it, path); "" is nobody."""
    del app
    world = build()
    rate(world)
    bought(world)
    asked, _ = evaluated(world)
    rfq(world)
    reach_report(world, "submitted")
    order = placed(world, [(listing(world), 4)])[0]
    delivered = reach_order(world, "confirmed")
    receive_all(world, send(world, delivered, p1=1))
    reject_one(world, delivered)
    sent = reach_order(world, "confirmed")
    shipment = send_all(world, sent)
    run()
    papers = requirement(world)
    qualification(world, papers, "submitted")
    catalogue_index.sync_once()
    supplier, mini = world.organisations["supplier"], known_category("instruments.centrifuges.mini")
    found = {
        "catalogue": ("pu", "/catalogue?q=离心机"),
        "filters of a category": ("pu", "/catalogue?category=instruments.centrifuges"),
        "nothing found": ("pu", "/catalogue?q=离心&brand=X"),
        "saved": ("pu", "/saved"),
        "save a search": ("pu", "/saved/search?query=q%3Dx"),
        "comparison": ("pu", f"/rfqs/{asked.id}/compare"),
        "order": ("pu", f"/orders/{delivered.id}"),
        "queue": ("tao", f"/queues/transactions?id={order.id}"),
        "receipt": ("rong", f"/shipments/{shipment.id}/receive"),
        "first page": ("", "/"),
        "signing in": ("", "/login"),
        "applying": ("", "/join"),
        "what is asked": ("", "/requirements"),
        "getting started": ("zong", f"/organisations/{supplier}/onboarding"),
        "qualifications": ("zong", "/qualifications"),
        "an answer": ("zong", f"/qualifications/new?requirement={papers.id}"),
        "score": ("zong", "/standing"),
        "admission": ("rui", "/queues/admission"),
        "organisation": ("rui", f"/organisations/{supplier}"),
        "categories": ("rui", "/categories"),
        "category": ("rui", f"/categories/{mini.id}"),
        "new listing": ("mu", f"/listings/new?category={mini.code}"),
        "people": ("guan", "/people"),
        "member": ("guan", f"/memberships/{place_of(world, 'mei').id}"),
        "account": ("guan", "/account"),
        "second factors": ("guan", "/account/security"),
        "alarms": ("shen", "/security"),
    }
    db.session.remove()  # the server writes too
    return world, found


def desk(browser: Browser, url: str, world: World, name: str, language: str, width: int) -> Page:
    """The named person's browser, signed in, in a language; nobody's for ""."""
    context = browser.new_context(
        bypass_csp=True,  # axe is brought along by the test; the page itself may run nothing but its own
        viewport={"width": width, "height": 900},
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
    )
    page = context.new_page()
    if not name:
        return page
    page.goto(f"{url}/login")
    page.fill("main input[name=email]", world.email(name))
    page.fill("main input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/work")
    if not str(page.get_attribute("html", "lang")).startswith(language):
        with page.expect_navigation():
            page.evaluate("document.querySelector('form[action=\"/language\"] button').click()")
    assert str(page.get_attribute("html", "lang")).startswith(language)
    return page


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(LOOK)
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"{beyond} px wider than the screen"] if beyond > 1 else [])]


@pytest.mark.parametrize("turn, screen", list(enumerate(SCREENS if PROVING else SCREENS[:2])))
def test_the_main_pages_are_for_everybody(
    app: Flask, pages: tuple[World, dict[str, tuple[str, str]]], browser: Browser, turn: int, screen: tuple[str, int]
) -> None:
    world, every = pages
    language, width = screen
    found = {name: one for place, (name, one) in enumerate(every.items()) if PROVING or place % 2 == turn}
    with serve(app) as url:
        desks = {who: desk(browser, url, world, who, language, width) for who, _ in found.values()}
        for name, (who, path) in found.items():
            answer = desks[who].goto(url + path)
            assert answer is not None
            assert answer.status == 200, name
            assert faults(desks[who]) == [], name
        for page in desks.values():
            page.context.close()


@pytest.mark.skipif(not PROVING, reason="make prove follows all links: some hundred pages in a browser")
@pytest.mark.parametrize("language, width", SCREENS[:2])
def test_every_page_that_a_link_leads_to_is_for_everybody(
    app: Flask, pages: tuple[World, Any], browser: Browser, language: str, width: int
) -> None:
    world, _ = pages
    seen: set[str] = set()
    wrong: dict[str, list[str]] = {}
    with serve(app) as url:
        for who in EVERYBODY:
            page = desk(browser, url, world, who, language, width)
            for kind in followed(page, url):
                if kind not in seen:
                    seen.add(kind)
                    wrong[f"{kind} as {who}"] = faults(page)
            page.context.close()
    print(f"{len(seen)} kinds of pages in {language} at {width} px")
    assert len(seen) > len(EVERYBODY) * 2
    assert {kind: found for kind, found in wrong.items() if found} == {}


def followed(page: Page, url: str) -> Iterator[str]:
    """Follow links from the worklist on; each kind of page once, open when its kind is told."""
    waiting, known = [f"{url}/work"], set()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address.removeprefix(url))
        if kind in known or NO_PAGES.search(address):
            continue
        known.add(kind)
        try:
            answer = page.goto(address)
        except PlaywrightError as error:
            if "Download" not in str(error):
                raise
            continue
        assert answer is not None
        assert answer.status < 500, address  # 409 explains why an action does not wait for this person
        waiting += [link for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
                    if link.startswith(url)]  # fmt: skip
        yield kind


def kind_of(path: str) -> str:
    """A path without what differs between records: "/orders/{id}?view"."""
    place, _, query = path.partition("#")[0].partition("?")
    place = re.sub(r"[a-z]{3}_[0-9a-z]{26}", "{id}", place)
    return f"{place}?{'&'.join(sorted({one.partition('=')[0] for one in query.split('&') if one}))}"
