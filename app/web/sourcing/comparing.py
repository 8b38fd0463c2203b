"""The comparison: quotes side by side, one choice per line or a split by quantity, and the decision below.

Works without script: the choice is sent to be recalculated, or to be awarded; what stands in the way is said beside it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.http import actor, perform, signed_in
from app.kernel.actors import Actor
from app.kernel.errors import CONFLICT, INVALID, STALE, UNAVAILABLE, Refusal
from app.kernel.lifecycle import find
from app.kernel.values import Money, micro, quantity_text
from app.sourcing.actions import awards
from app.sourcing.comparison import Cell, Choice, Column, Comparison, comparison, decision, picks
from app.sourcing.lifecycles import RFQ
from app.sourcing.models import Rfq
from app.web.core.actions import ONCE_BYTES
from app.web.core.directory import label_of, read, url_of
from app.web.core.forms import error_list
from app.web.core.record import badge, crumbs
from app.web.sourcing import demanding, shown
from app.web.sourcing.blueprint import pages

MAX_COLUMNS: Final = 6
"""Quotes side by side; more stand on further pages of the same choice."""

Errors = list[tuple[str | None, str]]


@pages.get("/rfqs/<id:record_id>/compare")
def compare(record_id: str) -> str:
    """The opened quotes of a request, with a ready-made choice (?pick=lowest, fewest, fastest, one)."""
    asking = actor()
    rfq: Rfq = read(Rfq, record_id, asking)
    found = comparison(rfq, asking)
    ready = picks(found)
    pick = request.args.get("pick", "lowest")
    return _page(found, asking, ready.get(pick, {}), {}, [], pick=pick)


@pages.post("/rfqs/<id:record_id>/compare")
def decide(record_id: str) -> BaseResponse:
    """Recalculate the choice, or award it."""
    asking = signed_in()
    found = comparison(find(Rfq, record_id, asking), asking)
    chosen, errors = chosen_in(request.form, found)
    if request.form.get("do") != "award" or errors:
        return _again(found, asking, chosen, errors, 422 if errors else 200)
    given = {
        "lines": [{"quote_line": one, "quantity": quantity_text(quantity)} for one, quantity in chosen.items()],
        "reason": request.form.get("reason", ""),
    }
    try:
        outcome = perform(awards.award, record_id, given, version=_version(), key=request.form.get("once") or None)
    except Refusal as refused:
        if refused.kind not in (CONFLICT, INVALID, STALE, UNAVAILABLE):
            raise
        fresh = comparison(find(Rfq, record_id, asking), asking)
        return _again(fresh, asking, chosen, [(None, words) for _name, words in error_list(refused)],
                      refused.kind.status)  # fmt: skip
    flash(_("The choice is kept. Propose it when it is right."), "good")
    return redirect(f"/awards/{outcome.object_id}", 303)


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def chosen_in(form: MultiDict[str, str], found: Comparison) -> tuple[Choice, Errors]:
    """What a posted form chooses: per line a split by quantities, else the marked offer, else nothing.

    It is read from the form alone, so that the same form sent twice says the same.
    """
    chosen: Choice = {}
    errors: Errors = []
    for line, cells in found.rows:
        if form.get(f"skip-{line.id}"):
            continue
        ids = [cell.offer.id for cell in cells if cell.offer is not None]
        typed = {one: text for one in ids if (text := form.get(f"quantity-{one}", "").strip())}
        marked, _colon, whole = (form.getlist(f"line-{line.id}") or [""])[-1].partition(":")
        if not typed and marked in ids:
            typed = {marked: whole}
        for quote_line_id, text in typed.items():
            quantity = _quantity(text)
            if quantity is None:
                words = _("Line %(position)s: expected a quantity such as 2 or 2.5.", position=line.position)
                errors.append((f"quantity-{quote_line_id}", words))
            elif quantity:
                chosen[quote_line_id] = quantity
    return chosen, errors


def _quantity(text: str) -> int | None:
    try:
        quantity = micro(text.replace(",", ""))
    except ValueError:
        return None
    return quantity if quantity >= 0 else None


def _again(found: Comparison, asking: Actor, chosen: Choice, errors: Errors, status: int) -> BaseResponse:
    html = _page(found, asking, chosen, request.form, errors)
    return BaseResponse(html, status=status, mimetype="text/html")


def _page(
    found: Comparison, asking: Actor, chosen: Choice, typed: Mapping[str, str], errors: Errors, *,
    pick: str | None = None,
) -> str:  # fmt: skip
    rfq = found.rfq
    columns, pages_of = _shown_columns(found)
    made = decision(found, chosen)
    may = awards.award.by.admits(asking, rfq) and rfq.state == "closed" and rfq.attended()
    return render_template(
        "sourcing/compare.html",
        rfq=rfq,
        number=label_of(rfq),
        badges=[badge(RFQ, rfq.state)],
        crumbs=crumbs(RFQ, (label_of(rfq), url_of(rfq)), _("Comparison")),
        offers=[_offer(column) for column in columns],
        top=_top_rows(found, columns),
        lines=[_line(found, at, columns, chosen, typed) for at in range(len(found.lines))],
        elsewhere=_elsewhere(found, columns, chosen),
        splits=_splits(found, columns, chosen, typed),
        picks=_pick_links(found, pick),
        pages=pages_of,
        notice=_notice(found),
        errors=errors,
        may=may,
        sums=_sums(found, made.total, len(made.suppliers), made.saving),
        obstacles=[_obstacle(found, one) for one in made.obstacles] if chosen else [_("Nothing is chosen yet.")],
        left=i18n.clauses(f"{line.position}. {line.title}" for line in made.left if line.open_micro),
        reason=typed.get("reason", ""),
        version=rfq.version,
        once=secrets.token_urlsafe(ONCE_BYTES),
    )


def _obstacle(found: Comparison, refused: Refusal) -> str:
    """The reason, with the supplier's name where it names a quote by its number."""
    number = refused.params.get("number")
    names = [one.supplier.name(i18n.language()) for one in found.columns if one.quote.number == number]
    words = i18n.speak(refused)
    return str(_("%(who)s: %(what)s", who=names[0], what=words)) if names else words


def _shown_columns(found: Comparison) -> tuple[list[Column], list[dict[str, Any]]]:
    """Six columns, complete quotes first and cheapest first, and links to the further ones."""
    ordered = sorted(found.columns, key=lambda one: (not one.ranked, one.missing, one.total.minor, one.quote.id))
    if len(ordered) <= MAX_COLUMNS:
        return ordered, []
    wanted = request.values.get("part", "1")
    last = -(-len(ordered) // MAX_COLUMNS)
    part = min(max(int(wanted), 1), last) if wanted.isdecimal() and len(wanted) < 4 else 1
    links = [
        {"label": _("Quotes %(first)s to %(last)s", first=at * MAX_COLUMNS + 1,
                    last=min((at + 1) * MAX_COLUMNS, len(ordered))),
         "href": f"/rfqs/{found.rfq.id}/compare?part={at + 1}", "current": at + 1 == part}
        for at in range(last)
    ]  # fmt: skip
    return ordered[(part - 1) * MAX_COLUMNS : part * MAX_COLUMNS], links


def _offer(column: Column) -> dict[str, Any]:
    quote = column.quote
    note = _("version %(number)s, valid until %(day)s", number=quote.revision, day=i18n.day(quote.valid_until))
    return {"name": column.supplier.name(i18n.language()), "href": url_of(quote), "note": note}


def _top_rows(found: Comparison, columns: list[Column]) -> list[dict[str, Any]]:
    number = len(found.lines)
    return [
        {"label": _("Total, tax included"), "cells": [_total(column, number, found.best) for column in columns]},
        {"label": _("Deviations: better / as demanded / worse"),
         "cells": [" / ".join(map(str, column.deviations)) for column in columns]},
        {"label": _("Shortest warranty, longest lead time"),
         "cells": [" / ".join([shown.months(column.warranty_months) or "—", shown.days(column.lead_time_days) or "—"])
                   for column in columns]},
        {"label": _("Minimum order value"),
         "cells": [i18n.money(column.quote.current.min_order) if column.quote.current.min_order else None
                   for column in columns]},
    ]  # fmt: skip


def _total(column: Column, lines: int, best: Column | None) -> dict[str, Any]:
    if column.missing:
        words = ngettext("%(num)d line missing; not ranked as a whole.",
                         "%(num)d lines missing; not ranked as a whole.", column.missing)  # fmt: skip
        mark = (words, "stop")
    elif not column.ranked:
        mark = (_("Not every line can be chosen; not ranked as a whole."), "stop")
    elif column is best:
        mark = (_("%(lines)s of %(lines)s lines, lowest complete quote", lines=lines), "good")
    else:
        mark = (_("%(lines)s of %(lines)s lines", lines=lines), "good")
    return {"text": i18n.money(column.total), "strong": True, "mark": mark}


def _line(
    found: Comparison, at: int, columns: list[Column], chosen: Choice, typed: Mapping[str, str]
) -> dict[str, Any]:
    line = found.lines[at]
    del typed
    split = sum(cell.offer is not None and cell.offer.id in chosen for column in found.columns
                for cell in [column.cells[at]]) > 1  # fmt: skip
    wanted = shown.amount_of(line.quantity_micro, line.unit)
    mandatory = [shown.demand(one, line.category) for one in line.demands if one.get("mandatory")]
    rest = None
    if line.open_micro < line.quantity_micro:
        rest = _("open: %(quantity)s", quantity=shown.amount_of(line.open_micro, line.unit))
    return {
        "label": f"{line.position}. {line.title}",
        "note": i18n.clauses((wanted, *mandatory, rest)),
        "name": f"line-{line.id}",
        "cells": [_cell(found, column.cells[at], chosen, split=split) for column in columns],
    }


def _cell(found: Comparison, cell: Cell, chosen: Choice, *, split: bool) -> dict[str, Any]:
    offer = cell.offer
    if offer is None:
        return {"state": "missing"}
    reason = i18n.speak(cell.reason) if cell.reason is not None else None
    flags = [(i18n.say(word), "waiting") for word in cell.flags]
    flags += demanding.marks(cell.line, offer)
    if cell.taken_micro:
        words = _("awarded: %(quantity)s", quantity=shown.amount_of(cell.taken_micro, cell.line.unit))
        flags.insert(0, (words, "good"))
    elif reason is None and not cell.selectable:
        flags.insert(0, (_("Nothing of this is open any more."), "draft"))
    model = " ".join((offer.brand, offer.model)).strip()
    sum_words = None
    if offer.quantity_micro != offer.price_basis_micro:
        sum_words = f"× {i18n.quantity(offer.quantity_micro)} = {i18n.money(offer.amount)}"
    return {
        "state": cell.state,
        "value": f"{offer.id}:{quantity_text(cell.free_micro)}",
        "checked": offer.id in chosen and not split,
        "price": shown.unit_price(offer),
        "sum": sum_words,
        "facts": [one for one in (model, shown.days(offer.lead_time_days)) if one],
        "flags": flags,
        "lowest": offer.id in found.lowest[cell.line.id],
        "reason": reason,
    }


def _elsewhere(found: Comparison, columns: list[Column], chosen: Choice) -> list[tuple[str, str]]:
    """Choices on further pages, sent along unseen."""
    here = {cell.offer.id for column in columns for cell in column.cells if cell.offer}
    kept = []
    for quote_line_id, quantity in chosen.items():
        pair = found.cell_of(quote_line_id)
        if pair is not None and quote_line_id not in here:
            kept.append((f"line-{pair[1].line.id}", f"{quote_line_id}:{quantity_text(quantity)}"))
    return kept


def _splits(found: Comparison, columns: list[Column], chosen: Choice, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Per open line: a quantity per supplier, and the choice to leave it out now."""
    rows = []
    for at, line in enumerate(found.lines):
        if not line.open_micro:
            continue
        cells = [(column, column.cells[at]) for column in columns if column.cells[at].selectable]
        several = sum(cell.offer is not None and cell.offer.id in chosen for _column, cell in cells) > 1
        rows.append({
            "label": f"{line.position}. {line.title}",
            "open": shown.amount_of(line.open_micro, line.unit),
            "skip": f"skip-{line.id}",
            "skipped": bool(typed.get(f"skip-{line.id}")),
            "fields": [
                {"name": f"quantity-{cell.offer.id}", "label": column.supplier.name(i18n.language()),
                 "kind": "number", "optional": True, "unit": line.unit,
                 "value": typed.get(f"quantity-{cell.offer.id}")
                 or (quantity_text(chosen[cell.offer.id]) if several and cell.offer.id in chosen else "")}
                for column, cell in cells if cell.offer
            ],
        })  # fmt: skip
    return rows


def _pick_links(found: Comparison, pick: str | None) -> list[dict[str, Any]]:
    titles = {"lowest": _("Lowest per line"), "fewest": _("Fewest suppliers"), "fastest": _("Fastest")}
    if found.best is not None:
        titles["one"] = _("All from %(supplier)s", supplier=found.best.supplier.name(i18n.language()))
    ready = picks(found)
    return [
        {"label": title, "href": f"/rfqs/{found.rfq.id}/compare?pick={name}", "current": name == pick}
        for name, title in titles.items()
        if name in ready
    ]


def _notice(found: Comparison) -> tuple[str, str]:
    """(how many quotes are complete, what that means)."""
    complete = sum(column.ranked for column in found.columns)
    if complete == len(found.columns):
        return "", ""
    words = ngettext("%(num)d quote is complete.", "%(num)d quotes are complete.", complete)
    return words, _("Lines without an offer are marked in red; lines can be awarded one by one.")


def _sums(found: Comparison, total: Money, suppliers: int, saving: Money | None) -> list[tuple[str, str, str | None]]:
    """(label, value, tone) of the bar."""
    orders = ngettext("%(num)d supplier, %(num)d order", "%(num)d suppliers, %(num)d orders", suppliers)
    sums: list[tuple[str, str, str | None]] = [(orders, i18n.money(total), None)]
    if saving is not None and saving.minor >= 0:
        sums.append((_("Saved against the lowest complete quote"), i18n.money(saving), "good" if saving else None))
    elif saving is not None:
        sums.append((_("More than the lowest complete quote"), i18n.money(-saving), None))
    return sums
