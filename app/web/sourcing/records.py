"""The pages of a quote and of an award."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from app import i18n
from app.http import actor
from app.kernel.db import db
from app.sourcing.lifecycles import QUOTE, RFQ
from app.sourcing.models import Award, Quote, QuoteLine, QuoteVersion, Rfq
from app.sourcing.schemas import SELLER_SIDE
from app.web import signing
from app.web.core.directory import Brief, label_of, names, read, register_brief, register_page, url_of
from app.web.core.record import crumbs, frame, grouped
from app.web.sourcing import shown
from app.web.sourcing.blueprint import pages

register_page("quote", "sourcing.show_quote")
register_page("award", "sourcing.show_award")
register_brief("quote", lambda quote: Brief(i18n.say(QUOTE.title), quote.total))

OUTCOMES = {"open": "draft", "won": "good", "lost": "stop", "confirmed": "good", "declined": "stop"}


def _outcome(word: str) -> tuple[str, str]:
    titles = {
        "open": _("undecided"), "won": _("won"), "lost": _("not chosen"), "confirmed": _("confirmed"),
        "declined": _("declined by the supplier"),
    }  # fmt: skip
    return titles[word], OUTCOMES[word]


# A quote -------------------------------------------------------------------------------------------------------------


@pages.get("/quotes/<id:record_id>")
def show_quote(record_id: str) -> str:
    """One quote: what it promises, until when, and the receipts of what was submitted."""
    asking = actor()
    quote: Quote = read(Quote, record_id, asking)
    rfq = db.session.get_one(Rfq, quote.rfq_id)
    selling = SELLER_SIDE.admits(asking, quote)
    writing = quote.drafted if selling else None
    shown_version = writing if writing is not None and quote.standing is None else quote.current
    context = frame(quote, asking, facts=_facts(quote, rfq), amount=shown.summed(shown_version.total))
    context |= {"title": rfq.title, "crumbs": _path(rfq, quote), "offers": grouped(context["offers"])}
    return render_template(
        "sourcing/quote.html",
        **context,
        quote=quote,
        rfq=rfq,
        request_href=url_of(rfq),
        tables=[_table(rfq, shown_version, decided=quote.state in ("won", "lost"))],
        writing=_writing(rfq, writing) if writing is not None and quote.standing is not None else None,
        terms=shown_version.terms,
        sealed=quote.opened_at is None and quote.state in ("draft", "submitted", "void"),
        receipts=_receipts(quote) if selling else _receipts(quote)[-1:],
    )


def _path(rfq: Rfq, record: Any) -> list[tuple[str, str | None]]:
    return crumbs(RFQ, (label_of(rfq), url_of(rfq)), label_of(record))


def _facts(quote: Quote, rfq: Rfq) -> list[tuple[str, str | None, str | None]]:
    known = names([quote.buyer_id, quote.supplier_id])
    version = quote.current
    return [
        (_("Request"), label_of(rfq), url_of(rfq)),
        (_("Buyer"), known.get(quote.buyer_id), None),
        (_("Supplier"), known.get(quote.supplier_id), None),
        (_("Deadline"), i18n.when(rfq.deadline), None),
        (_("Valid until"), i18n.when(quote.valid_until or version.valid_until), None),
        (_("Minimum order value"), i18n.money(version.min_order) if version.min_order else None, None),
        (_("Version"), str(quote.revision), None),
    ]


def _table(rfq: Rfq, version: QuoteVersion, *, decided: bool) -> dict[str, Any]:
    """Every line of the request with its answer."""
    answers = {line.rfq_line_id: line for line in version.lines}
    columns = [{"label": _("Line"), "main": True}, {"label": _("Quantity"), "num": True},
               {"label": _("Unit price"), "num": True}, {"label": _("Amount"), "num": True},
               {"label": _("Lead time"), "num": True}, {"label": _("Warranty"), "num": True},
               {"label": _("Deviations"), "wide": True}]  # fmt: skip
    if decided:
        columns.insert(1, {"label": _("Outcome"), "state": True})
    return {"columns": columns, "rows": [_answer(line, answers.get(line.id), decided) for line in rfq.lines]}


def _answer(line: Any, answer: QuoteLine | None, decided: bool) -> list[Any]:
    head: dict[str, Any] = {"text": f"{line.position}. {line.title}"}
    outcome = [{"badge": _outcome(answer.outcome)} if answer is not None else None] if decided else []
    if answer is None or answer.no_offer:
        words = _("not answered yet") if answer is None else _("no offer")
        return [head, *outcome, {"mark": (words, "stop" if answer is None else "draft")}, *[None] * 5]
    model = " ".join(part for part in (answer.brand, answer.model) if part)
    head["note"] = i18n.aside(model, _("alternative model")) if answer.alternative else model
    amount = {"text": i18n.money(answer.amount), "note": _("VAT %(rate)s", rate=i18n.percent(answer.vat_bp))}
    return [
        head, *outcome, shown.amount_of(answer.quantity_micro, line.unit), shown.unit_price(answer), amount,
        shown.days(answer.lead_time_days), shown.months(answer.warranty_months), _deviations(line, answer),
    ]  # fmt: skip


def _deviations(line: Any, answer: QuoteLine) -> str | None:
    """Each demand with what is offered, in one cell."""
    said = {entry["index"]: entry for entry in answer.deviations}
    parts = []
    for index, wanted in enumerate(line.demands):
        cell = shown.deviation(said.get(index))
        offered = i18n.aside(cell["text"] or "", cell["mark"][0]) if cell["mark"] else cell["text"]
        parts.append(str(_("%(where)s: %(what)s", where=shown.demand(wanted), what=offered)))
    return i18n.clauses(parts) or None


def _writing(rfq: Rfq, version: QuoteVersion) -> dict[str, Any]:
    """The revision that does not count yet."""
    return {"number": version.revision, "total": i18n.money(version.total), **_table(rfq, version, decided=False)}


def _receipts(quote: Quote) -> list[tuple[str, str]]:
    return [
        (_("Version %(number)s, %(when)s", number=version.revision, when=i18n.when(version.submitted_at)),
         shown.receipt(version.digest))
        for version in quote.versions
        if version.digest
    ]  # fmt: skip


# An award ------------------------------------------------------------------------------------------------------------


@pages.get("/awards/<id:record_id>")
def show_award(record_id: str) -> str:
    """One award: what goes to whom, why, and who signs."""
    asking = actor()
    award: Award = read(Award, record_id, asking)
    rfq = db.session.get_one(Rfq, award.rfq_id)
    known = names([*(line.supplier_id for line in award.lines), *signing.people_in(award.steps), award.person_id])
    offers = _offers_of(award)
    context = frame(award, asking, facts=_award_facts(award, rfq, known), amount=shown.summed(award.total))
    context |= {"title": rfq.title, "crumbs": _path(rfq, award)}
    return render_template(
        "sourcing/award.html",
        **context,
        award=award,
        columns=[{"label": _("Line"), "main": True}, {"label": _("Outcome"), "state": True}, {"label": _("Supplier")},
                 {"label": _("Quantity")}, {"label": _("Unit price"), "num": True},
                 {"label": _("Amount"), "num": True}, {"label": _("Lead time")}],
        lines=[_award_line(line, rfq, offers, known) for line in award.lines],
        signatures=signing.signatures(award.steps, known),
        compare=f"/rfqs/{rfq.id}/compare",
    )  # fmt: skip


def _offers_of(award: Award) -> dict[str, QuoteLine]:
    """The quote lines that it is pinned to, in one query with their versions."""
    ids = [line.quote_line_id for line in award.lines]
    rows = db.session.execute(db.select(QuoteLine, QuoteVersion).join(QuoteLine.version).where(QuoteLine.id.in_(ids)))
    return {line.id: line for line, _version in rows}


def _award_facts(award: Award, rfq: Rfq, known: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    suppliers = len({line.supplier_id for line in award.lines})
    return [
        (_("Request"), label_of(rfq), url_of(rfq)),
        (_("Decided by"), known.get(award.person_id or ""), None),
        (_("Suppliers"), ngettext("%(num)d supplier", "%(num)d suppliers", suppliers), None),
        (_("Approved on"), i18n.when(award.approved_at), None),
    ]


def _award_line(line: Any, rfq: Rfq, offers: dict[str, QuoteLine], known: dict[str, str]) -> list[Any]:
    wanted = next(one for one in rfq.lines if one.id == line.rfq_line_id)
    offer = offers[line.quote_line_id]
    model = " ".join(part for part in (offer.brand, offer.model) if part)
    return [
        {"text": f"{wanted.position}. {wanted.title}", "note": model},
        {"badge": _outcome(line.outcome)},
        {"text": known.get(line.supplier_id), "href": f"/quotes/{line.quote_id}"},
        shown.amount_of(line.quantity_micro, wanted.unit),
        shown.unit_price(offer),
        i18n.money(line.amount),
        shown.days(offer.lead_time_days),
    ]
