"""Forms are made from schemas, and what a browser sends back becomes raw input again, however it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from app.kernel.errors import INVALID_INPUT, WRONG_STATE
from app.kernel.shapes import (
    MAX_LINES,
    Choice,
    Count,
    File,
    Id,
    Input,
    Moment,
    MoneyField,
    Percent,
    Quantity,
    Text,
    lines,
    trouble,
)
from app.kernel.values import Money
from app.web.core.forms import anchored, decode, error_list, form_fields, load, stored_values


class PartInput(Input):
    """One line."""

    listing = Id("lst", metadata={"title": "Listing"})
    quantity = Quantity(required=True, metadata={"title": "Quantity"})
    unit = Choice({"pc": "piece", "kg": "kilogram"}, load_default="pc", metadata={"title": "Unit"})
    price = MoneyField(metadata={"title": "Price"})
    urgent = fields.Boolean(load_default=False)


class PlaceInput(Input):
    """Somewhere."""

    room = Text(required=True)


class OrderInput(Input):
    """One of everything."""

    title = Text(required=True, most=60, metadata={"title": "Title", "hint": "A few words."})
    why = Text(multiline=True, load_default="")
    kind = Choice({"buy": "buy", "rent": "rent"}, required=True)
    roles = fields.List(Choice({"a": "role a", "b": "role b"}), required=True)
    tags = fields.List(fields.String())
    budget = MoneyField(required=True)
    rate = Percent()
    days = Count(least=1, most=90)
    until = Moment()
    born = fields.Date()
    quiet = fields.Boolean(load_default=False)
    paper = File()
    place = fields.Nested(PlaceInput)
    lines = lines(PartInput)


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    """Somebody who reads English."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def by_name(controls: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {control["name"]: control for control in controls}


def test_every_kind_of_field_gets_its_control() -> None:
    controls = by_name(form_fields(OrderInput))
    assert {name: control["kind"] for name, control in controls.items()} == {
        "title": "text", "why": "textarea", "kind": "radio", "roles": "checkbox", "tags": "textarea",
        "budget": "pair", "rate": "number", "days": "count", "until": "datetime", "born": "date", "quiet": "checkbox",
        "paper": "file", "place": "group", "lines": "lines",
    }  # fmt: skip
    assert controls["title"]["hint"] == "A few words."
    assert controls["title"]["attrs"] == {"maxlength": 60}
    assert [one["name"] for one in controls["budget"]["fields"]] == ["budget-amount", "budget-currency"]
    assert [one["name"] for one in controls["place"]["fields"]] == ["place-room"]
    assert [one["name"] for one in controls["lines"]["rows"][0]][:2] == ["lines-0-listing", "lines-0-quantity"]
    assert not controls["title"]["optional"]
    assert controls["why"]["optional"]


def test_ids_are_chosen_from_what_the_page_supplies() -> None:
    given = [("lst_" + "0" * 26, "A balance")]
    controls = by_name(form_fields(OrderInput, options={"lines.listing": given}))
    first = by_name(controls["lines"]["rows"][0])["lines-0-listing"]
    assert (first["kind"], first["options"]) == ("select", given)
    without = by_name(by_name(form_fields(OrderInput))["lines"]["rows"][0])["lines-0-listing"]
    assert without["kind"] == "text"


def test_what_was_typed_stands_in_the_form_again() -> None:
    typed = {"title": "x" * 99, "budget": {"amount": "ten", "currency": "CNY"}, "until": "2026-11-23T17:00+08:00",
             "roles": ["b"], "lines": [{"quantity": "2"}, {}]}  # fmt: skip
    controls = by_name(form_fields(OrderInput, typed))
    assert controls["title"]["value"] == "x" * 99
    assert controls["budget"]["fields"][0]["value"] == "ten"
    assert controls["until"]["value"] == "2026-11-23T17:00"
    assert controls["roles"]["value"] == ["b"]
    assert len(controls["lines"]["rows"]) == 2


def test_stored_values_are_shown_as_people_type_them() -> None:
    stored = {"until": datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "budget": Money(1230, "CNY"), "rate": 1300, "days": 3}
    controls = by_name(form_fields(OrderInput, stored))
    assert controls["until"]["value"] == "2026-11-23T17:00"  # the park's clock
    assert controls["budget"]["fields"][0]["value"] == "12.30"
    assert (controls["rate"]["value"], controls["days"]["value"]) == ("13", 3)


def test_an_edit_form_finds_columns_by_name_and_by_their_unit() -> None:
    class Row:
        quantity_micro, price_minor, currency, unit, urgent = 2_500_000, 1_230, "CNY", "kg", True

    assert stored_values(PartInput, Row()) == {
        "quantity": 2_500_000, "price": Money(1_230, "CNY"), "unit": "kg", "urgent": True,
    }  # fmt: skip


FORM = {
    "csrf_token": "t", "version": "3", "once": "k", "title": "  Two balances ", "why": "", "kind": "buy", "roles": "a",
    "tags": "one\r\n\r\ntwo", "budget-amount": "１2，000.50", "budget-currency": "cny", "rate": "13 %", "days": "7",
    "until": "2026-11-23T17:00", "born": "", "place-room": "A 1", "lines-0-quantity": "2", "lines-0-unit": "kg",
    "lines-0-price-amount": "", "lines-0-price-currency": "CNY", "lines-1-quantity": "", "lines-1-unit": "pc",
    "lines-7-quantity": "3", "lines-7-urgent": "1",
}  # fmt: skip


def test_a_posted_form_becomes_the_input_of_the_schema() -> None:
    raw = decode(OrderInput, MultiDict(FORM))
    assert raw == {
        "title": "  Two balances ", "kind": "buy", "roles": ["a"], "tags": ["one", "two"],
        "budget": {"amount": "12000.50", "currency": "CNY"}, "rate": "13", "days": 7,
        "until": "2026-11-23T17:00+08:00", "quiet": False, "place": {"room": "A 1"},
        "lines": [{"quantity": "2", "unit": "kg", "urgent": False}, {"quantity": "3", "urgent": True}],
    }  # fmt: skip
    loaded = load(OrderInput, raw)
    assert loaded["until"] == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert loaded["budget"] == Money(1_200_050, "CNY")
    assert [line["quantity"] for line in loaded["lines"]] == [2_000_000, 3_000_000]


def test_a_form_that_is_only_shown_again_keeps_its_blank_rows() -> None:
    raw = decode(OrderInput, MultiDict(FORM), keep_blank_rows=True)
    assert [row.get("quantity") for row in raw["lines"]] == ["2", None, "3"]


def test_a_choice_that_stands_chosen_is_not_called_optional() -> None:
    line = by_name(by_name(form_fields(OrderInput))["lines"]["rows"][0])
    assert not line["lines-0-unit"]["optional"]
    assert line["lines-0-unit"]["value"] == "pc"


def test_unknown_fields_stay_in_so_that_the_schema_refuses_them() -> None:
    raw = decode(
        OrderInput, MultiDict({**FORM, "state": "approved", "lines-0-owner": "me", "lines-9999-quantity": "1"})
    )
    with pytest.raises(type(INVALID_INPUT())) as refused:
        load(OrderInput, raw)
    assert dict(error_list(refused.value)) == {
        "state": "Unknown field.", "lines-0-owner": "Unknown field.", "lines-9999-quantity": "Unknown field.",
    }  # fmt: skip


def test_hostile_names_neither_nest_deeper_nor_count_higher_than_the_schema() -> None:
    deep = "lines-0-" * 200 + "quantity"
    many = {f"lines-{at}-quantity": "1" for at in range(1000)}
    raw = decode(OrderInput, MultiDict({deep: "1", "__proto__-x": "1", **many}))
    assert len(raw["lines"]) == MAX_LINES + 1  # one more than allowed, so that the schema says so
    assert max(map(len, raw)) <= 80
    with pytest.raises(type(INVALID_INPUT())):
        load(OrderInput, raw)


def test_a_required_text_that_is_blank_is_asked_for_and_a_missing_one_too() -> None:
    class Reason(Input):
        reason = Text(required=True, metadata={"title": "Reason"})

    for form in ({"reason": "  "}, {}):
        with pytest.raises(type(INVALID_INPUT())) as refused:
            load(Reason, decode(Reason, MultiDict(form)))
        assert [name for name, _words in error_list(refused.value)] == ["reason"]


def test_errors_are_said_at_their_control_and_named_in_the_summary() -> None:
    refused = INVALID_INPUT(
        fields={
            "lines": {1: {"price": {"amount": ["Expected an amount above 0."]}}},
            "roles": {0: ["Not one of the choices."]},
            "title": [trouble("At most %(most)s characters, now %(now)s.", most=60, now=99)],
            "gone": ["Unknown field."],
        }
    )
    listed = error_list(refused)
    controls = form_fields(OrderInput, {"lines": [{}, {}]}, listed)
    assert by_name(controls)["title"]["error"] == "At most 60 characters, now 99."
    assert by_name(controls)["roles"]["error"] == "Not one of the choices."
    price = by_name(by_name(controls)["lines"]["rows"][1])["lines-1-price"]
    assert price["fields"][0]["error"] == "Expected an amount above 0."
    assert anchored(listed, controls) == [
        ("lines-1-price-amount", "Line 2, Price: Expected an amount above 0."),
        ("roles", "Roles: Not one of the choices."),
        ("title", "Title: At most 60 characters, now 99."),
        (None, "Unknown field."),
    ]


def test_a_refusal_without_fields_is_one_sentence() -> None:
    assert error_list(WRONG_STATE(state="draft")) == [(None, "Not possible while it is: draft.")]
