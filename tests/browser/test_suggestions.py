"""Suggestions while typing: by keyboard and mouse, and a plain form where there is no script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.catalogue import index
from app.kernel.db import db
from tests.live import serve
from tests.world import build
from tests.worlds.catalogue import listing

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def there(app: Flask) -> Iterator[str]:
    """The address of a park with one listing."""
    world = build()
    listing(world)
    index.sync_once()
    db.session.remove()
    with serve(app) as url:
        yield url


def box(browser: Browser, url: str, *, script: bool = True) -> Page:
    page = browser.new_context(locale="en-US", java_script_enabled=script).new_page()
    page.goto(f"{url}/catalogue")
    return page


def test_the_keyboard_walks_picks_and_gives_back_what_was_typed(browser: Browser, there: str) -> None:
    page = box(browser, there)
    find = page.locator("#find")
    find.press_sequentially("lixin")
    options = page.locator("[role=option]")
    expect(options.first).to_have_text("离心机Category")
    expect(find).to_have_attribute("aria-expanded", "true")
    find.press("ArrowDown")
    expect(find).to_have_value("离心机")
    assert find.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    find.press("Escape")
    expect(find).to_have_value("lixin")
    expect(page.locator("[role=listbox]")).to_be_hidden()
    find.press_sequentially("j")
    expect(options.first).to_be_visible()
    find.press("ArrowDown")
    find.press("Enter")
    page.wait_for_url("**/catalogue?category=instruments.centrifuges")


def test_a_click_picks_and_enter_without_a_choice_searches(browser: Browser, there: str) -> None:
    page = box(browser, there)
    page.locator("#find").press_sequentially("湘")
    page.locator("[role=option]", has_text="Xiangyi").first.click()  # as this reader calls it
    page.wait_for_url("**/catalogue?brand=**")
    page.locator("#find").fill("离心机")
    page.locator("#find").press("Enter")
    page.wait_for_url("**/catalogue?q=**")


def test_without_script_it_is_a_form(browser: Browser, there: str) -> None:
    page = box(browser, there, script=False)
    page.locator("#find").fill("离心机")
    page.locator("form.find button").click()
    assert "H2100R" in page.content()
