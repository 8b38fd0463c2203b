"""Two languages over English source texts: which one is spoken, and how values look in it.

The Chinese catalogue is a set of PO files, one per area of the program, read at start; there is nothing to compile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, gettext, to_user_timezone

from app.kernel.errors import Refusal
from app.kernel.shapes import Trouble
from app.kernel.values import CURRENCIES, MICRO, Bilingual, Money, now, quantity_text

TRANSLATIONS: Final = Path(__file__).parent / "translations"
LANGUAGES: Final = ("zh", "en")


@cache
def catalogue(language: str) -> Translations:
    """All PO files of a language as one catalogue."""
    merged = Catalog(locale=language, fuzzy=False)
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    packed = BytesIO()
    write_mo(packed, merged)
    packed.seek(0)
    return Translations(packed)


class PoDomain(Domain):
    """Flask-Babel's lookup, answered from the PO files."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language spoken now; English needs none."""
        return catalogue("zh") if language() == "zh" else NullTranslations()


def language() -> str:
    """What is spoken now: "zh" or "en"."""
    spoken = get_locale()
    return "en" if spoken is not None and spoken.language == "en" else "zh"


def _select() -> str:
    if not has_request_context():
        return "zh"
    chosen = getattr(g, "language", None)  # set by http.py from the person, once it is known who is asking
    if request.path.startswith("/api/"):
        return request.accept_languages.best_match(LANGUAGES) or chosen or "en"
    if chosen in LANGUAGES:
        return str(chosen)
    asked = request.cookies.get("language")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "zh")


def init_app(app: Flask) -> None:
    """Attach Flask-Babel and the filters that templates use."""
    babel = Babel(app, locale_selector=_select)
    babel.domain_instance = PoDomain()
    app.jinja_env.filters.update(
        money=money, money_words=money_words, amount=amount, when=when, day=day, left=left, quantity=quantity,
        speak=speak, percent=percent,
    )  # fmt: skip
    app.jinja_env.globals.update(language=language)


def say(source: str, params: Mapping[str, object] | None = None) -> str:
    """A source text in the reader's language, its parameters translated where they are source texts too."""
    text = str(gettext(source)) if source else ""
    return text % {key: speak(value) for key, value in params.items()} if params else text


def speak(value: Any) -> str:
    """Any value in a sentence: source texts translated, money and moments formatted, doers named."""
    if isinstance(value, Trouble):
        return say(str(value), value.params)
    if isinstance(value, Refusal):
        return say(value.words, value.params)
    if isinstance(value, Bilingual):
        return value.say(language())
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, (list, tuple)):
        return ("、" if language() == "zh" else ", ").join(_doer(one) if isinstance(one, tuple) else speak(one)
                                                          for one in value)  # fmt: skip
    return say(value) if isinstance(value, str) else str(value)


def _doer(pair: tuple[str, str]) -> str:
    party, role = (say(part) if part else "" for part in pair)
    return aside(party, role) if role else party


def aside(text: str, inside: str) -> str:
    """A text with more in brackets, as its language sets them (GB/T 15834 for Chinese)."""
    return f"{text}（{inside}）" if language() == "zh" else f"{text} ({inside})".lstrip()


def clauses(parts: Iterable[str | None]) -> str:
    """Parts of one line, apart from each other by the semicolon of the language; empty ones are left out."""
    return ("；" if language() == "zh" else "; ").join(part for part in parts if part)


def sentences(parts: Iterable[str]) -> str:
    """Sentences after each other: Chinese has no space between them."""
    return ("" if language() == "zh" else " ").join(parts)


def money(value: Money | None) -> str:
    """¥186,000.00 in Chinese for CNY; the code and the figure otherwise."""
    if value is None:
        return "—"
    sign = "−" if value.minor < 0 else ""
    if language() == "zh" and value.currency == "CNY":
        return f"{sign}¥{amount(value).lstrip('−')}"
    return f"{value.currency} {amount(value)}"


def amount(value: Money | None) -> str:
    """The figure alone, grouped, for tables whose head names the unit."""
    if value is None:
        return "—"
    places = CURRENCIES[value.currency]
    whole, _, rest = Money(abs(value.minor), value.currency).amount.partition(".")
    grouped = f"{int(whole):,}" + (f".{rest}" if places else "")
    return f"−{grouped}" if value.minor < 0 else grouped


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_UNITS: Final = ("", "拾", "佰", "仟")


def money_words(value: Money | None) -> str:
    """The amount in Chinese capital numerals; only for CNY read in Chinese."""
    return capitals(value) if value is not None and value.currency == "CNY" and language() == "zh" else ""


def capitals(value: Money, name: str = "人民币") -> str:
    """The amount in Chinese capital numerals (GB/T 15835 usage for cheques), whoever reads; at most two decimals."""
    yuan, cents = divmod(abs(value.minor) * 10 ** (2 - CURRENCIES[value.currency]), 100)
    jiao, fen = divmod(cents, 10)
    text = name + ("负" if value.minor < 0 else "") + ((_whole(yuan) + "元") if yuan or not cents else "")
    if not cents:
        return text + "整"
    text += f"{_DIGITS[jiao]}角" if jiao else ("零" if yuan else "")
    return text + (f"{_DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    """In words: what stands before 亿 is read as a number of its own, so that 1 0001 亿 is 壹万零壹亿."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10**8)
    text = f"{_whole(high)}亿" if high else ""
    wan, rest = divmod(low, 10_000)
    if wan:
        text += ("零" if text and wan < 1_000 else "") + _group(wan) + "万"
    if rest:
        text += ("零" if text and (rest < 1_000 or not wan) else "") + _group(rest)
    return text


def _group(group: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _UNITS[place]
            gap = False
        else:
            gap = True
    return text


def when(value: datetime | None) -> str:
    """2026-11-21 09:32 in Chinese, 21 Nov 2026, 09:32 in English; the park's time."""
    if value is None:
        return "—"
    local: datetime = to_user_timezone(value)
    return local.strftime("%Y-%m-%d %H:%M") if language() == "zh" else local.strftime("%-d %b %Y, %H:%M")


def day(value: datetime | date | None) -> str:
    """The day alone."""
    if value is None:
        return "—"
    local = to_user_timezone(value) if isinstance(value, datetime) else value
    return local.strftime("%Y-%m-%d") if language() == "zh" else local.strftime("%-d %b %Y")


def left(value: datetime | None) -> str:
    """How long until a moment, or that it has passed: "剩 2 小时", "2 hours left"."""
    if value is None:
        return ""
    rest = value - now()
    late, rest = rest < timedelta(0), abs(rest)
    if rest >= timedelta(days=2):
        number, unit = rest.days, ("天", "days")
    elif rest >= timedelta(hours=1):
        number, unit = int(rest.total_seconds() // 3600), ("小时", "hours")
    else:
        number, unit = int(rest.total_seconds() // 60), ("分钟", "minutes")
    if language() == "zh":
        return f"已过 {number} {unit[0]}" if late else f"剩 {number} {unit[0]}"
    word = unit[1].removesuffix("s") if number == 1 else unit[1]
    return f"{number} {word} late" if late else f"{number} {word} left"


def quantity(value_micro: int | None) -> str:
    """A quantity, grouped, without trailing zeros."""
    if value_micro is None:
        return "—"
    whole, rest = divmod(abs(value_micro), MICRO)
    text = f"{whole:,}" + (f".{rest:06d}".rstrip("0") if rest else "")
    return f"−{text}" if value_micro < 0 else text


COUNTERS: Final = {
    "台": "unit", "套": "set", "个": "piece", "只": "piece", "支": "piece", "件": "piece", "把": "piece", "张": "sheet",
    "瓶": "bottle", "盒": "box", "箱": "case", "包": "pack", "袋": "bag", "桶": "drum", "卷": "roll", "米": "metre",
    "次": "time", "台次": "unit", "项": "item", "样": "sample", "机时": "machine hour", "小时": "hour", "天": "day",
    "人": "person",
}  # fmt: skip
"""The usual counters of Chinese trade, as an English reader knows them; a supplier writes others as it likes."""
_MANY: Final = {"box": "boxes", "person": "people"}


def counter(unit: str, *, many: bool = False) -> str:
    """What something is counted in, in the reader's language where it is a usual counter."""
    word = COUNTERS.get(unit) if language() != "zh" else None
    if word is None:
        return unit
    return _MANY.get(word, f"{word}s") if many else word


def counted(value_micro: int, unit: str) -> str:
    """A quantity with what it is counted in: "2 台", "2 units"."""
    return f"{quantity(value_micro)} {counter(unit, many=value_micro != MICRO)}".strip()


def percent(points: int | None) -> str:
    """Basis points as a percentage: 1300 -> 13%."""
    return "—" if points is None else f"{quantity_text(points * 10_000)}%"
