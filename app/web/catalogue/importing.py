"""Pages of imports: the table that is sent, what its columns mean, what was found, how far it is; files going out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.catalogue.exchange import columns as meanings
from app.catalogue.exchange.actions import BUSY_STATES, OUTCOMES, import_listings
from app.catalogue.exchange.entries import cases_of, plan_of
from app.catalogue.exchange.lifecycle import FAILURES, IMPORT, MODE_TITLES, ColumnsInput
from app.catalogue.exchange.models import ARCHIVE, ImportJob, ImportProblem
from app.catalogue.exchange.outgoing import FORMATS, export_response, marked_response, template_response
from app.catalogue.exchange.pieces import place_of
from app.catalogue.exchange.reasons import unpack
from app.catalogue.exchange.tables import open_table
from app.catalogue.media.models import KIND_TITLES
from app.catalogue.taxonomy.tree import tree
from app.http import own_organisation, signed_in
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.values import N_
from app.web.catalogue.blueprint import pages
from app.web.catalogue.forms import category_options
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES, Sheet, register_form, register_more, register_options
from app.web.core.directory import Brief, read, register_brief, url_of
from app.web.core.protection import local_path
from app.web.core.record import frame

RELOAD_SECONDS: Final = 3
PROBLEMS_SHOWN: Final = 50
SAMPLES: Final = 3
SAMPLE_CHARS: Final = 40
PLACE_MOST: Final = 10**6

OUTCOME_TITLES: Final = {
    "created": N_("New listings"),
    "changed": N_("Changed listings"),
    "unchanged": N_("Unchanged listings"),
    "refused": N_("Rows with errors"),
}
FILE_TITLES: Final = {
    "created": N_("New pictures and documents"),
    "changed": N_("New versions"),
    "unchanged": N_("There already"),
    "refused": N_("Files with errors"),
}
FILES_SHOWN: Final = 100


@pages.get("/imports/<id:record_id>")
def import_job(record_id: str) -> str:
    """One import: how far it is, what was found, and what is to be done next."""
    asking = signed_in()
    found: ImportJob = read(ImportJob, record_id, asking)
    after = _after()
    problems, framed = _problems(found, after), frame(found, asking, facts=_facts(found))
    if found.kind == ARCHIVE:
        framed["offers"] = [one for one in framed["offers"] if one["name"] != "assign_columns"]
    return render_template(
        "catalogue/import.html",
        **framed,
        job=found,
        reload_after=RELOAD_SECONDS if found.state in BUSY_STATES else None,
        counts=_counts(found),
        why=i18n.say(FAILURES[found.error]) if found.error else None,
        archive=found.kind == ARCHIVE,
        entries=_files(found, asking) if found.kind == ARCHIVE else [],
        meanings=_meanings(found),
        problems=problems,
        next_url=f"{url_of(found)}?after={after + PROBLEMS_SHOWN}" if len(problems) == PROBLEMS_SHOWN else None,
        first_url=url_of(found) if after else None,
        marked=f"{url_of(found)}/marked" if place_of(found.id, "xlsx").exists() else None,
    )


def _after() -> int:
    text = request.args.get("after", "0")
    return min(int(text), PLACE_MOST) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _facts(found: ImportJob) -> list[tuple[str, str | None, str | None]]:
    category = tree().name(found.category, i18n.language()) if found.category else None
    facts = [
        (_("Sent on"), i18n.when(found.created_at), None),
        (_("Category"), category, None),
        (_("Where some rows have errors"), i18n.say(MODE_TITLES[found.mode]), None),
        (_("Started on"), i18n.when(found.started_at) if found.started_at else None, None),
        (_("Ended on"), i18n.when(found.ended_at) if found.ended_at else None, None),
    ]
    return [one for one in facts if one[1]]


def _counts(found: ImportJob) -> list[dict[str, Any]]:
    """Rows by outcome: found by the check, done by the import, promised beside done."""
    ran, titles = bool(found.promised), FILE_TITLES if found.kind == ARCHIVE else OUTCOME_TITLES
    return [
        {
            "label": i18n.say(titles[one]),
            "number": getattr(found, f"{one}_rows"),
            "promised": found.promised.get(one) if ran else None,
        }
        for one in OUTCOMES
    ]


def _meanings(found: ImportJob) -> list[list[Any]]:
    """Heading and meaning, as far as they are known."""
    return [
        [heading or "—", column_name(code, found.category) or _("left out")]
        for heading, code in zip(found.headings, found.columns, strict=True)
    ]


def column_name(code: str, category: str | None) -> str:
    """A column in the reader's language."""
    column = meanings.column_of(code, tree(), category) if code else None
    if column is None:
        return ""
    return column.definition.name(i18n.language()) if column.definition is not None else i18n.say(column.title)


def _problems(found: ImportJob, after: int) -> list[list[Any]]:
    statement = (
        sa.select(ImportProblem)
        .where(ImportProblem.job_id == found.id, ImportProblem.supplier_id == found.supplier_id)
        .where(ImportProblem.place >= after)
        .order_by(ImportProblem.place)
        .limit(PROBLEMS_SHOWN)
    )
    told = db.session.scalars(statement)
    if found.kind == ARCHIVE:
        return [[str(one.row_number), one.value, i18n.speak(unpack(one.reason))] for one in told]
    return [
        [str(one.row_number), one.heading or _("whole row"), one.value, i18n.speak(unpack(one.reason))] for one in told
    ]


def _files(found: ImportJob, asking: Actor) -> list[list[Any]]:
    """The first files of an archive, with the number and the kind that their names mean; three queries."""
    table = open_table(place_of(found.id, "rows"))
    rows = list(islice(table.read(), FILES_SHOWN)) if table else []
    cases = cases_of(rows, plan_of(rows, found.supplier_id, asking))
    return [
        [str(one.entry.place), one.entry.name, one.number or "—", i18n.say(KIND_TITLES[one.kind]) if one.kind else "—"]
        for one in cases
    ]


@pages.get("/imports/<id:record_id>/marked")
def marked_copy(record_id: str) -> BaseResponse:
    """The supplier's table with its wrong cells coloured."""
    return marked_response(read(ImportJob, record_id, signed_in()))


@pages.get("/listings/template")
def listing_template() -> BaseResponse:
    """An empty table with the columns of a category."""
    return template_response(signed_in(), request.args, i18n.language())


@pages.get("/listings/export")
def listing_export() -> BaseResponse:
    """The listings of the own organisation as a table."""
    return export_response(signed_in(), request.args, i18n.language())


# Forms ----------------------------------------------------------------------------------------------------------------


def _options(record: Record, asking: Actor) -> Mapping[str, forms.Options]:
    del record, asking
    return {"category": category_options()}


register_options("organisation", "import_listings", _options)


def _more(sheet: Sheet) -> dict[str, Any]:
    del sheet
    return {"categories": category_options(), "formats": [(code, i18n.say(title)) for code, title in FORMATS.items()]}


register_more("organisation", "import_listings", "catalogue/import_form.html", _more)


def mapping_form(record: Record, asking: Actor, values: Mapping[str, Any], errors: list[tuple[str | None, str]]) -> str:
    """The form of `assign_columns`: a choice beside each heading, with what stands in its first rows."""
    assert isinstance(record, ImportJob)
    given = dict(values) or {"columns": [{"column": code} for code in record.columns]}
    given = {"category": record.category, "mode": record.mode, **given}
    controls = forms.form_fields(ColumnsInput, given, errors, options={"category": category_options()})
    chosen = [str(one.get("column") or "") for one in given.get("columns", []) if isinstance(one, Mapping)]
    told = dict(_told(errors))
    return render_template(
        "catalogue/import_columns.html",
        title=i18n.say(IMPORT.actions["assign_columns"].title),
        sentence=i18n.say(IMPORT.actions["assign_columns"].sentence),
        name=record.file_name,
        controls=[one for one in controls if one["name"] != "columns"],
        rows=_headings(record, chosen, told),
        options=_column_options(record),
        errors=forms.anchored(errors, controls),
        target=url_of(record, "assign_columns"),
        back=url_of(record),
        version=record.version,
        once=secrets.token_urlsafe(ONCE_BYTES),
        next=local_path(request.values.get("next")),
        crumbs=[(_("Imports"), "/imports"), (record.file_name, url_of(record)), (_("Columns of the file"), None)],
    )


def _told(errors: list[tuple[str | None, str]]) -> Iterator[tuple[int, str]]:
    for name, words in errors:
        parts = (name or "").split("-")
        if parts[0] == "columns" and len(parts) > 1 and parts[1].isdigit():
            yield int(parts[1]), words


def _headings(record: ImportJob, chosen: list[str], told: Mapping[int, str]) -> list[dict[str, Any]]:
    table = open_table(place_of(record.id, "rows"))
    first = [row.cells or [] for row, _n in zip(table.read(), range(SAMPLES), strict=False)] if table else []
    return [
        {
            "heading": heading,
            "samples": [text[:SAMPLE_CHARS] for cells in first if place < len(cells) and (text := cells[place])],
            "value": chosen[place] if place < len(chosen) else "",
            "error": told.get(place),
        }
        for place, heading in enumerate(record.headings)
    ]


def _column_options(record: ImportJob) -> list[tuple[str, list[tuple[str, str]]]]:
    """All columns, in groups: of every listing, of the category, of other categories; and properties of one's own."""
    spoken, today = i18n.language(), tree()
    own = [(code, i18n.say(one.title)) for code, one in meanings.own_columns().items()]
    near = meanings.asked_columns(today, record.category) if record.category else {}
    rest = {code: one for code, one in meanings.asked_columns(today, None).items() if code not in near}

    def named(columns: Mapping[str, meanings.Column]) -> list[tuple[str, str]]:
        pairs = [(code, one.definition.name(spoken)) for code, one in columns.items() if one.definition is not None]
        return sorted(pairs, key=lambda pair: pair[1])

    further = [(meanings.PROPERTY, i18n.say(meanings.PROPERTY_TITLE))]
    groups = [(_("Of every listing"), own), (_("Of the category"), named(near)), (_("Further"), further)]
    return [(title, those) for title, those in [*groups, (_("Of other categories"), named(rest))] if those]


register_form("import_job", "assign_columns", mapping_form)


def brief(one: Any) -> Brief:
    """What an import is called in lists."""
    return Brief(one.file_name)


register_brief("import_job", brief)


def doors_for(asking: Actor) -> list[tuple[str, str]]:
    """(label, address) of what a supplier does with tables, for the page of its listings."""
    if not import_listings.by.admits(asking, own_organisation(asking)):
        return []
    return [(_("Import"), "/imports/new"), (_("Export"), "/listings/export"), (_("Imports"), "/imports")]
