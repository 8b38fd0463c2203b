"""Units and values: what suppliers write is read, kept in one unit, and written again for every reader."""

from __future__ import annotations

import contextlib
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.taxonomy import units, values
from app.catalogue.taxonomy.definitions import Definition, Option
from app.catalogue.taxonomy.values import Unreadable, Value
from app.kernel.values import Bilingual

ROTORS = (Option("fixed", "角转子", "Fixed angle", ("角",)), Option("swing", "水平转子", "Swing-out"))


def asked(kind: str, dimension: str = "", **changes: Any) -> Definition:
    """An attribute that accepts all units of its dimension."""
    known = units.DIMENSIONS[dimension] if dimension else None
    usual: dict[str, Any] = {
        "code": "it", "type": kind, "zh": "某项", "en": "It", "dimension": dimension, "precision": 6,
        "unit": known.usual if known else "", "units": tuple(known.units) if known else (),
    }  # fmt: skip
    return Definition(**(usual | changes))


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    "dimension,text,low,high,pieces",
    [
        ("rotation", "15000 rpm", "15000", "15000", 1), ("rotation", "≥ 15,000 转/分", "15000", None, 1),
        ("rotation", "15 krpm", "15000", "15000", 1), ("rotation", "１５０００ r/min", "15000", "15000", 1),
        ("temperature", "-80 °C", "-80", "-80", 1), ("temperature", "−80℃", "-80", "-80", 1),
        ("temperature", "193.15 K", "-80", "-80", 1), ("temperature", "32 °F", "0", "0", 1),
        ("volume", "4 x 750 mL", "750", "750", 4), ("volume", "4×750毫升", "750", "750", 4),
        ("volume", "10 µL", "0.01", "0.01", 1), ("volume", "10ul", "0.01", "0.01", 1),
        ("centrifugal", "21,000 ×g", "21000", "21000", 1), ("centrifugal", "21000 x g", "21000", "21000", 1),
        ("resistivity", "18.2 MΩ·cm", "18.2", "18.2", 1), ("wavenumber", "0.5 cm⁻¹", "0.5", "0.5", 1),
        ("count", "96 孔", "96", "96", 1), ("count", "96", "96", "96", 1), ("noise", "≤60 dB(A)", None, "60", 1),
        ("voltage", "AC 220V±10%, 50/60Hz", "220", "220", 1), ("pixels", "500 万像素", "5", "5", 1),
        ("number", "6½", "6.5", "6.5", 1), ("count", "1.5×10^6", "1500000", "1500000", 1),
        ("temperature_difference", "±0.5 °C", "0.5", "0.5", 1),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_trade_writes_it(
    dimension: str, text: str, low: str | None, high: str | None, pieces: int
) -> None:
    assert values.read(asked("number", dimension), text) == Value(number(low), number(high), pieces)


@pytest.mark.parametrize(
    "dimension,text,low,high",
    [
        ("volume", "0.1–10 µL", "0.0001", "0.01"), ("temperature", "2~8℃", "2", "8"),
        ("temperature", "-40℃~200℃", "-40", "200"), ("temperature", "-20 至 40 °C", "-20", "40"),
        ("voltage", "220V 50Hz", "220", "220"), ("voltage", "100-240 V", "100", "240"),
        ("wavenumber", "7800–350 cm-1", "350", "7800"), ("ph", "0–14", "0", "14"),
        ("time", "1 s – 99 min", "0.016667", "99"), ("temperature", "≤ 1200 °C", None, "1200"),
    ],
)  # fmt: skip
def test_a_range_is_read_with_one_unit_or_two(dimension: str, text: str, low: str | None, high: str) -> None:
    assert values.read(asked("range", dimension), text) == Value(number(low), number(high))


@pytest.mark.parametrize(
    "kind,dimension,text",
    [
        ("number", "rotation", "fast"), ("number", "rotation", "15000"), ("number", "rotation", "15000 mL"),
        ("number", "rotation", "1e99 rpm"), ("number", "rotation", ""), ("number", "rotation", "100-200 rpm"),
        ("number", "length", "1,5 mm"), ("number", "rotation", "rpm"), ("number", "count", "many"),
        ("range", "temperature", "RT+5 ~ 65 °C"), ("range", "temperature", "cold"), ("flag", "", "perhaps"),
        ("number", "mass", "0.0000001 g"), ("number", "rotation", "9" * 200 + " rpm"),
        ("number", "rotation", "1" * 299 + "rpm"), ("number", "volume", "99999999 x 750 mL"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(kind: str, dimension: str, text: str) -> None:
    with pytest.raises(Unreadable):
        values.read(asked(kind, dimension), text)


def test_a_refusal_names_the_accepted_units_in_both_languages() -> None:
    with pytest.raises(Unreadable) as refused:
        values.read(asked("number", "rotation"), "15000 furlong")
    assert refused.value.words.params["units"] == [
        Bilingual("转/分", "rpm"), Bilingual("千转/分", "krpm"), Bilingual("转/秒", "rps")
    ]  # fmt: skip


def test_bounds_of_an_attribute_hold_after_conversion() -> None:
    definition = asked("number", "rotation", least=Decimal(100), most=Decimal(30_000))
    assert values.read(definition, "30 krpm").low == 30_000
    with pytest.raises(Unreadable):
        values.read(definition, "31 krpm")


def test_choices_and_flags_are_read_in_both_languages() -> None:
    rotor = asked("choice", choices=ROTORS)
    for text in ("角转子", "fixed angle", "FIXED-ANGLE", "角", "fixed"):
        assert values.read(rotor, text).choices == ("fixed",)
    assert values.read(rotor, "角转子、水平转子").choices == ("fixed", "swing")
    assert values.read(asked("flag"), "有").flag is True
    assert values.read(asked("flag"), "No").flag is False
    assert values.write(rotor, Value(choices=("fixed", "swing")), "zh") == "角转子、水平转子"
    assert values.write(asked("flag"), Value(flag=True), "en") == "yes"
    with pytest.raises(Unreadable):
        values.read(rotor, "round")


def test_a_value_is_written_in_the_readers_language_and_unit() -> None:
    speed = asked("number", "rotation")
    assert values.write(speed, Value(Decimal(15_000), Decimal(15_000)), "zh") == "15,000 转/分"
    assert values.write(speed, Value(Decimal(15_000), Decimal(15_000)), "en", "krpm") == "15 krpm"
    assert values.write(asked("range", "temperature"), Value(Decimal(-20), Decimal(40)), "en") == "−20 – 40 °C"
    assert values.write(asked("number", "volume"), Value(Decimal(750), Decimal(750), 4), "en") == "4 × 750 mL"


def test_every_spelling_of_a_dimension_means_one_unit_and_converts_there_and_back() -> None:
    for dimension in units.DIMENSIONS.values():
        for unit in dimension.units.values():
            for spelling in (unit.code, *unit.spellings):
                assert units.find(dimension.code, spelling) is unit, (dimension.code, spelling)
            there = units.convert(Decimal("12.5"), dimension.code, unit.code, dimension.usual)
            back = units.convert(there, dimension.code, dimension.usual, unit.code)
            assert abs(back - Decimal("12.5")) < Decimal("1e-20"), (dimension.code, unit.code)


def test_units_that_differ_in_capitals_only_are_kept_apart() -> None:
    assert units.find("power", "MW") is not units.find("power", "mW")
    assert units.find("power", "mw") is None
    assert units.find("pressure", "MPA") is not None


DIMENSIONS = st.sampled_from([code for code in units.DIMENSIONS if code not in units.PURE])
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(dimension=DIMENSIONS, amount=AMOUNTS, pieces=st.integers(1, 5000), zh=st.booleans())
def test_what_is_written_reads_back_as_the_same_number(dimension: str, amount: Decimal, pieces: int, zh: bool) -> None:
    definition = asked("number", dimension)
    one = values.rounded(amount, 6)
    value = Value(one, one, pieces)
    assert values.read(definition, values.write(definition, value, "zh" if zh else "en")) == value


@settings(max_examples=300, deadline=None)
@given(data=st.data(), dimension=DIMENSIONS, ends=st.tuples(AMOUNTS, AMOUNTS))
def test_what_is_written_in_any_unit_reads_back_as_the_same_range(
    data: st.DataObject, dimension: str, ends: tuple[Decimal, Decimal]
) -> None:
    definition = asked("range", dimension)
    unit = data.draw(st.sampled_from(definition.units))
    low, high = sorted(values.rounded(end, 6) for end in ends)
    in_unit = [units.convert(end, dimension, definition.unit, unit) for end in (low, high)]
    if any(abs(end) >= 10**15 for end in in_unit):
        return  # longer than any text that is read
    value = Value(low, high)
    written = values.write(definition, value, "en", unit)
    if len(max(written.replace(",", "").split(), key=len).partition(".")[2]) > 15:
        return
    assert values.read(definition, written) == value


@settings(max_examples=400, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=400),
        st.lists(st.sampled_from("0123456789.,-–~≥≤x×*^eE rpmgL℃°C/µ²½万±()至to"), max_size=300).map("".join),
    ),
    kind=st.sampled_from(["number", "range", "choice", "flag"]),
    dimension=DIMENSIONS,
)
def test_hostile_text_is_a_value_or_the_refusal_and_takes_no_time(text: str, kind: str, dimension: str) -> None:
    measured = kind in ("number", "range")
    definition = asked(kind, dimension if measured else "", choices=() if measured else ROTORS)
    began = time.perf_counter()
    with contextlib.suppress(Unreadable):
        values.read(definition, text)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("text", ["1," * 150, "9" * 300, "x" * 300, "1e" * 150, "~" * 300, " " * 300, "- " * 150])
def test_long_repetitions_are_read_in_one_pass(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Unreadable):
        values.read(asked("number", "rotation"), text)
    assert time.perf_counter() - began < 0.2
