"""Values of attributes: read from what suppliers write, kept in one unit, written again for a reader.

Reading goes once from left to right over at most MAX_CHARS characters. Whatever stands there, the answer is a value or
the refusal `Unreadable`, in words that say what is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Any, Final

from app.catalogue.taxonomy import units
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.scanning import MAX_CHARS, Term, scan
from app.kernel.shapes import Trouble, trouble
from app.kernel.values import N_, Bilingual

LARGEST: Final = Decimal(10) ** 15
MAX_PIECES: Final = 100_000
_WIDE: Final = Context(prec=60)
DUST: Final = Decimal("1e-20")
"""What is smaller came of converting, not of writing."""

TOO_LONG: Final = N_("At most %(most)s characters.")
NO_NUMBER: Final = N_("Expected a number with one of these units: %(units)s.")
NO_COUNT: Final = N_("Expected a number.")
NO_RANGE: Final = N_("Expected a range such as %(example)s, in one of these units: %(units)s.")
NO_UNIT: Final = N_("The unit is missing or not one of these: %(units)s.")
TWO_VALUES: Final = N_("Expected one value, found several.")
TOO_FINE: Final = N_("Expected a value of %(least)s or more, or 0.")
OUT_OF_BOUNDS: Final = N_("Expected a value from %(least)s to %(most)s.")
NOT_A_CHOICE: Final = N_("Expected one of: %(choices)s.")
NOT_A_FLAG: Final = N_("Expected yes or no.")
NOTHING: Final = N_("Please fill this in.")

_YES: Final = "yes y true 1 on with included 是 有 带 含 支持 可 可选 √ ✓ ✔ 具备 标配"
_NO: Final = "no n false 0 off without none 否 无 不 没有 不含 不带 不支持 × ✗ ✘ x"
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())


class Unreadable(ValueError):
    """A text is no value of an attribute; `words` says what would be, in the reader's language."""

    def __init__(self, words: Trouble) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an attribute in its canonical unit: an amount, a range, chosen codes, yes or no, or words.

    A number has low == high, or one end only where it was said as "at least" or "at most".
    """

    low: Decimal | None = None
    high: Decimal | None = None
    pieces: int = 1
    choices: tuple[str, ...] = ()
    flag: bool | None = None
    text: str = ""

    @property
    def number(self) -> Decimal | None:
        """The amount of a number, all its pieces together."""
        one = self.low if self.low is not None else self.high
        return None if one is None else one * self.pieces


def read(definition: Definition, text: str) -> Value:
    """The value that a text states; Unreadable with what is accepted instead."""
    if len(text) > MAX_CHARS:
        raise Unreadable(trouble(TOO_LONG, most=MAX_CHARS))
    return _read(definition, unicodedata.normalize("NFC", text).strip())


@lru_cache(maxsize=20_000)
def _read(definition: Definition, text: str) -> Value:
    if not text:
        raise Unreadable(trouble(NOTHING))
    if definition.type == "text":
        return Value(text=text)
    if definition.type == "flag":
        return _flag(text)
    if definition.type == "choice":
        return _choice(definition, text)
    terms = _fitting(definition, scan(text))
    return _range(definition, terms) if definition.type == "range" else _number(definition, terms)


def _flag(text: str) -> Value:
    said = text.casefold()
    if said in YES or said in NO:
        return Value(flag=said in YES)
    raise Unreadable(trouble(NOT_A_FLAG))


_BETWEEN: Final = re.compile(r"[,，、;；/+]")


def _choice(definition: Definition, text: str) -> Value:
    """One choice, or several with a sign between them; a choice whose name has such a sign is found whole."""
    spelled = {
        _plain(name): option.code
        for option in definition.choices
        for name in (option.code, option.zh, option.en, *option.also)
    }
    whole = spelled.get(_plain(text))
    found = [whole] if whole else [spelled.get(_plain(part)) for part in _BETWEEN.split(text)]
    if not all(found):
        names = [Bilingual(option.zh, option.en) for option in definition.choices]
        raise Unreadable(trouble(NOT_A_CHOICE, choices=names))
    return Value(choices=tuple(dict.fromkeys(str(one) for one in found)))


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _fitting(definition: Definition, terms: list[Term] | None) -> list[Term]:
    """The terms that measure what the attribute measures: in "220 V 50 Hz" a frequency stands beside the voltage."""
    if not terms:
        raise Unreadable(_expected(definition))
    kept = []
    for term in terms:
        if _unit_of(definition, term.unit) and _unit_of(definition, term.high_unit):
            kept.append(term)
        elif not units.known_anywhere(term.unit):
            raise Unreadable(_missing(definition))
    if not kept:
        raise Unreadable(_missing(definition))
    return kept


def _unit_of(definition: Definition, spelling: str) -> str | None:
    if not spelling:
        return definition.unit if definition.dimension in units.PURE else None
    found = units.find(definition.dimension, spelling)
    return found.code if found is not None and found.code in definition.units else None


def _expected(definition: Definition) -> Trouble:
    if definition.type == "range":
        return trouble(NO_RANGE, example=_example(definition), units=_accepted(definition))
    return trouble(NO_COUNT) if definition.dimension in units.PURE else trouble(NO_NUMBER, units=_accepted(definition))


def _missing(definition: Definition) -> Trouble:
    return trouble(NO_COUNT) if definition.dimension in units.PURE else trouble(NO_UNIT, units=_accepted(definition))


def _accepted(definition: Definition) -> list[Bilingual]:
    both = zip(definition.unit_labels("zh"), definition.unit_labels("en"), strict=True)
    return [Bilingual(zh, en) for zh, en in both]


def _example(definition: Definition) -> Bilingual:
    return Bilingual(*(f"2 – 8 {definition.unit_label(language)}".strip() for language in ("zh", "en")))


def _number(definition: Definition, terms: list[Term]) -> Value:
    if len(terms) > 1 or terms[0].is_range:
        raise Unreadable(trouble(TWO_VALUES))
    term = terms[0]
    low, high = _ends(definition, term)
    if not 1 <= term.pieces <= MAX_PIECES:
        raise Unreadable(_expected(definition))
    return Value(low=low, high=high, pieces=term.pieces)


def _range(definition: Definition, terms: list[Term]) -> Value:
    if len(terms) > 1 or terms[0].pieces != 1:
        raise Unreadable(trouble(TWO_VALUES))
    low, high = _ends(definition, terms[0])
    if low is not None and high is not None and low > high:
        low, high = high, low  # wavenumbers are read from the right: 7800 - 350 is the same range
    return Value(low=low, high=high)


def _ends(definition: Definition, term: Term) -> tuple[Decimal | None, Decimal | None]:
    return _canonical(definition, term.unit, term.low), _canonical(definition, term.high_unit, term.high)


def _canonical(definition: Definition, unit: str, number: Decimal | None) -> Decimal | None:
    """The number in the canonical unit, rounded half up to the precision; inside the attribute's bounds."""
    if number is None:
        return None
    come = _unit_of(definition, unit)
    assert come is not None
    exact = units.convert(number, definition.dimension, come, definition.unit)
    value = rounded(exact, definition.precision)
    if abs(exact) > DUST and not value:
        raise Unreadable(trouble(TOO_FINE, least=_bound(definition, Decimal(1).scaleb(-definition.precision))))
    least = -LARGEST if definition.least is None else definition.least
    most = LARGEST if definition.most is None else definition.most
    if not least <= value <= most:
        bounds = {"least": _bound(definition, least), "most": _bound(definition, most)}
        raise Unreadable(trouble(OUT_OF_BOUNDS, **bounds))
    return value


def measured(definition: Definition, unit: str, number: Decimal) -> Decimal | None:
    """A number with a unit, as somebody typed both, in the canonical unit; None for a unit that does not measure it."""
    come = _unit_of(definition, unit)
    return None if come is None else units.convert(number, definition.dimension, come, definition.unit)


def _bound(definition: Definition, number: Decimal) -> Bilingual:
    return Bilingual(*(f"{figure(number)} {definition.unit_label(language)}".strip() for language in ("zh", "en")))


def rounded(number: Decimal, places: int) -> Decimal:
    """Half up to some decimals, without trailing zeros and without an exponent to be surprised by."""
    if abs(number) > LARGEST * 10:
        return number
    with localcontext(_WIDE):
        return _short(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _short(number: Decimal) -> Decimal:
    return Decimal(format(number.normalize(_WIDE), "f")) if number else Decimal(0)


# Writing --------------------------------------------------------------------------------------------------------------

EXTRA_PLACES: Final = 3
"""Further decimals in another unit than the canonical one, so that what is written reads back as the same value."""
MAX_PLACES: Final = 24


def figure(number: Decimal) -> str:
    """A number as people read it: grouped by thousands, a true minus sign, no needless zeros."""
    text = format(_short(abs(number)), ",f")
    return f"\u2212{text}" if number < 0 else text


def write(definition: Definition, value: Value, language: str, unit: str | None = None) -> str:
    """The value with its unit, in a language and perhaps in another unit that the attribute accepts."""
    if definition.type in ("number", "range"):
        shown = figures(definition, value, language, unit)
        label = _label(definition, language, unit)
        return f"{shown} {label}".strip()
    return figures(definition, value, language)


def _label(definition: Definition, language: str, unit: str | None) -> str:
    if definition.dimension in units.PURE:
        return ""
    return units.DIMENSIONS[definition.dimension].units[unit or definition.unit].label(language)


def figures(definition: Definition, value: Value, language: str, unit: str | None = None) -> str:
    """The value without its unit, for a table that names the unit elsewhere."""
    zh = language.startswith("zh")
    if definition.type == "text":
        return value.text
    if definition.type == "flag":
        return ("是" if value.flag else "否") if zh else ("yes" if value.flag else "no")
    if definition.type == "choice":
        named = {option.code: option.name(language) for option in definition.choices}
        return ("、" if zh else ", ").join(named.get(code, code) for code in value.choices)
    return _measured(*(_in_unit(definition, end, unit) for end in (value.low, value.high)), pieces=value.pieces)


def _measured(low: Decimal | None, high: Decimal | None, *, pieces: int) -> str:
    several = f"{pieces:,} × " if pieces > 1 else ""
    if low is None or high is None:
        sign, one = ("≤", high) if low is None else ("≥", low)
        return f"{sign} {several}{figure(one)}" if one is not None else ""
    return several + (figure(low) if low == high else f"{figure(low)} – {figure(high)}")


def _in_unit(definition: Definition, number: Decimal | None, unit: str | None) -> Decimal | None:
    if number is None or unit is None or unit == definition.unit:
        return number
    there = units.convert(number, definition.dimension, definition.unit, unit)
    finest = units.convert(Decimal(1).scaleb(-definition.precision), definition.dimension, definition.unit, unit)
    origin = units.convert(Decimal(0), definition.dimension, definition.unit, unit)
    step = abs(finest - origin)
    places = max(0, min(MAX_PLACES, EXTRA_PLACES - step.adjusted()))
    return rounded(there, places)


# Plain JSON, for a card in the index ----------------------------------------------------------------------------------


def plain(value: Value) -> dict[str, Any]:
    """The value as JSON: decimals as text, and only what it has."""
    out: dict[str, Any] = {}
    for name in ("low", "high"):
        if (end := getattr(value, name)) is not None:
            out[name] = format(end, "f")
    if value.pieces != 1:
        out["pieces"] = value.pieces
    if value.choices:
        out["choices"] = list(value.choices)
    if value.flag is not None:
        out["flag"] = value.flag
    if value.text:
        out["text"] = value.text
    return out


def from_plain(stored: dict[str, Any]) -> Value:
    """The value from its JSON."""
    low, high = (Decimal(stored[name]) if name in stored else None for name in ("low", "high"))
    return Value(
        low, high, stored.get("pieces", 1), tuple(stored.get("choices", ())), stored.get("flag"), stored.get("text", "")
    )


def together(values: Iterable[Value]) -> Value:
    """The two ends of a range that were given apart, as one value; later ends do not replace earlier ones."""
    low = high = None
    for value in values:
        low = value.low if low is None else low
        high = value.high if high is None else high
    return Value(low=low, high=high)
