"""A person in front of the HTML face: keeps the cookie, fills in forms with their tokens, reads what is on the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.world import PASSWORD, World


class Page(HTMLParser):
    """What a reader finds on a page: its words, its links, and its forms with their fields."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.status, self.html = response.status_code, response.get_data(as_text=True)
        self.location = response.headers.get("Location")
        self.headers = response.headers
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.forms: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] | None = None
        self._link: str | None = None
        self._silent = False
        self.feed(self.html)
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._silent = True
        elif tag == "a":
            self._link = given.get("href")
        elif tag == "form":
            self._form = self.forms.setdefault(given.get("action", ""), {})
        elif tag in ("input", "textarea", "select") and self._form is not None and "name" in given:
            off = given.get("type") in ("checkbox", "radio") and "checked" not in given
            self._form.setdefault(given["name"], "" if off else given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "a":
            self._link = None
        elif tag in ("script", "style"):
            self._silent = False

    def handle_data(self, data: str) -> None:
        if self._silent or not data.strip():
            return
        self.words.append(data.strip())
        if self._link is not None:
            self.links.setdefault(data.strip(), self._link)

    def hidden(self, action: str) -> dict[str, str]:
        """What a form of the page carries unseen."""
        kept = ("csrf_token", "version", "once", "next")
        return {name: value for name, value in self.forms[action].items() if name in kept}


class Visitor:
    """Somebody with a browser; signed in when a name of the small park is given."""

    def __init__(
        self, app: Flask, world: World | None = None, name: str | None = None, *, language: str = "en"
    ) -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": language}
        self.client.set_cookie("language", language)
        if world is not None and name is not None:
            page = self.send("/login", on="/login", email=world.email(name), password=PASSWORD)
            assert page.status == 303, page.text
            self.send("/language", on="/terms", lang=language)

    def get(self, path: str, **query: Any) -> Page:
        """Open a page."""
        return Page(self.client.get(path, query_string=query or None, headers=self.headers))

    def send(self, action: str, *, on: str | Page, **typed: Any) -> Page:
        """Send the form of a page (named by its path, or as it was opened) with what was typed."""
        page = self.get(on) if isinstance(on, str) else on
        if action in page.forms:
            given = page.hidden(action)
        else:  # a form that was not on the page still carries this browser's token
            given = {"csrf_token": next(form["csrf_token"] for form in page.forms.values() if "csrf_token" in form)}
        return Page(self.client.post(action, data={**given, **typed}, headers=self.headers))

    def do(self, action: str, **typed: Any) -> Page:
        """Open the form page of an action and send it."""
        return self.send(action, on=action, **typed)
