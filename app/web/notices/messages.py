"""The inbox: what happened, newest first; opening a message marks it as read and leads to its record."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import people
from app.http import signed_in
from app.kernel.errors import SIGN_IN
from app.kernel.lifecycle import lifecycle_of
from app.kernel.work import unit_of_work
from app.notices import inbox
from app.notices.inbox import Entry
from app.notices.letters import sentence_of, title_of, turn_words
from app.web.core.directory import label_of, names, url_of
from app.web.core.pages import NO_SUCH_VIEW
from app.web.core.protection import local_path
from app.web.notices.blueprint import pages

CURSOR_MOST_CHARS: Final = 200
UNREAD: Final = "unread"


@pages.get("/inbox")
def index() -> str:
    """The messages for the organisation acted for; a constant number of queries."""
    asking = signed_in()
    view = request.args.get("view", "")
    if view not in ("", UNREAD):
        raise NO_SUCH_VIEW()
    after = (request.args.get("after") or "")[:CURSOR_MOST_CHARS] or None
    entries, following = inbox.read(asking, after=after, unread=view == UNREAD)
    elsewhere = inbox.unread_elsewhere(asking)
    named = names(elsewhere)
    return render_template(
        "notices/inbox.html",
        tabs=[
            {"label": _("All"), "href": "/inbox", "current": not view},
            {"label": _("Unread"), "href": f"/inbox?view={UNREAD}", "current": view == UNREAD},
        ],
        entries=[_row(one) for one in entries],
        elsewhere=[
            {"id": org_id, "name": named.get(org_id, ""), "number": number} for org_id, number in elsewhere.items()
        ],
        next_url=_address(view, following) if following else None,
        first_url=_address(view, None) if after else None,
        here=_address(view, after),
        filtered=bool(view),
    )


def _address(view: str, after: str | None) -> str:
    query = "&".join(f"{name}={value}" for name, value in (("view", view), ("after", after)) if value)
    return "/inbox" + (f"?{query}" if query else "")


def _row(entry: Entry) -> dict[str, Any]:
    notice, record = entry.notice, entry.record
    return {
        "id": notice.id,
        "title": title_of(notice),
        "sentence": sentence_of(notice),
        "words": entry.words,
        "record": label_of(record),
        "kind": i18n.say(lifecycle_of(record).title),
        "when": i18n.when(notice.created_at),
        "turn": notice.turn,
        "until": i18n.when(notice.until) if notice.until is not None else None,
        "unread": notice.read_at is None,
    }


@pages.get("/inbox/<id:notice_id>")
def message(notice_id: str) -> str:
    """One message, where the link of a letter leads, whichever of one's organisations it is for."""
    entry, hat = inbox.find_own(_person_id(), notice_id)
    return render_template(
        "notices/message.html", **_row(entry), org=names([hat.org_id]).get(hat.org_id or ""), todo=turn_words(entry)
    )


@pages.post("/inbox/<id:notice_id>/open")
def open_message(notice_id: str) -> BaseResponse:
    """Mark it as read, act for the organisation it is for, and go to its record."""
    person_id, token = _person_id(), current_user.token
    with unit_of_work():
        entry, hat = inbox.find_own(person_id, notice_id)
        inbox.mark_read(hat, notice_id)
        if hat.org_id != current_user.org_id:
            people.switch(token, str(hat.org_id), person_id)
        where = url_of(entry.record)
    return redirect(where, 303)


@pages.post("/inbox/<id:notice_id>/read")
def mark(notice_id: str) -> BaseResponse:
    """Mark one as read and stay."""
    person_id = _person_id()
    with unit_of_work():
        _entry, hat = inbox.find_own(person_id, notice_id)
        inbox.mark_read(hat, notice_id)
    return redirect(local_path(request.form.get("next")) or "/inbox", 303)


@pages.post("/inbox/read")
def mark_all() -> BaseResponse:
    """Mark everything as read."""
    with unit_of_work():
        g.pop("actor", None)  # who asks is read again, inside the writing transaction
        inbox.mark_read(signed_in())
    flash(_("All messages are marked as read."), "good")
    return redirect("/inbox", 303)


def _person_id() -> str:
    if not current_user.is_authenticated:
        raise SIGN_IN()
    return str(current_user.person_id)
