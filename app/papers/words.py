"""Words in both languages at once, for papers do not depend on who reads them: texts, dates, amounts in words."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from babel.numbers import get_currency_name

from app import i18n
from app.accounts.models import Organisation
from app.kernel.numbers import PARK_OFFSET
from app.kernel.values import CURRENCIES, Money

Pair = dict[str, str]
"""A text in both languages: {"zh", "en"}."""

LONG_WORD_CHARS: Final = 18
"""A word longer than this may break anywhere, so that no model number runs over the next column."""
BREAK: Final = "\u200b"

_LONG: Final = re.compile(rf"[!-~]{{{LONG_WORD_CHARS + 1},}}")
_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_THOUSAND: Final = 1_000
_CAPITAL_PLACES: Final = 2


def pair(source: str) -> Pair:
    """A source text and its Chinese translation."""
    return {"zh": i18n.catalogue("zh").gettext(source) if source else "", "en": source}


def same(text: str) -> Pair:
    """A text that stands as it is in both languages."""
    return {"zh": text, "en": text}


def breakable(text: str) -> str:
    """The same text with places where a long word may break."""
    size = LONG_WORD_CHARS
    return _LONG.sub(lambda word: BREAK.join(word[0][at : at + size] for at in range(0, len(word[0]), size)), text)


def day(value: datetime | date | None) -> str:
    """2026-11-21 on the park's calendar; empty where there is none."""
    if value is None:
        return ""
    return (value + PARK_OFFSET).date().isoformat() if isinstance(value, datetime) else value.isoformat()


def minute(value: datetime | None) -> str:
    """2026-11-21 17:00 on the park's clock; empty where there is none."""
    return (value + PARK_OFFSET).strftime("%Y-%m-%d %H:%M") if value is not None else ""


def amount_words(value: Money) -> Pair:
    """The amount in words: Chinese capitals ("人民币壹佰元整") and English ("SAY CNY ONE HUNDRED ONLY")."""
    return {"zh": chinese_words(value), "en": english_words(value)}


def chinese_words(value: Money) -> str:
    """Chinese capitals behind the name of the currency; code and figure where its coins are smaller than a cent."""
    if CURRENCIES[value.currency] > _CAPITAL_PLACES:
        return f"{value.currency} {i18n.amount(value)}"
    name = "人民币" if value.currency == "CNY" else get_currency_name(value.currency, locale="zh_Hans_CN")
    return i18n.capitals(value, name)


def english_words(value: Money) -> str:
    """As it stands on an invoice: SAY CNY ONE HUNDRED AND TWO AND 50/100 ONLY."""
    places = CURRENCIES[value.currency]
    whole, rest = divmod(abs(value.minor), 10**places)
    coins = f" and {rest:0{places}d}/{10**places}" if rest else ""
    sign = "minus " if value.minor < 0 else ""
    return f"say {value.currency} {sign}{_number(whole)}{coins} only".upper()


def _number(value: int) -> str:
    if value == 0:
        return _ONES[0]
    groups = []
    scale = 0
    while value:
        value, group = divmod(value, _THOUSAND)
        if group:
            groups.append(f"{_group(group)} {_SCALES[scale]}".strip())
        scale += 1
    return " ".join(reversed(groups))


def _group(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    words = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        small = _ONES[rest] if rest < len(_ONES) else "-".join([_TENS[tens - 2], *([_ONES[ones]] if ones else [])])
        words.append(small)
    return " and ".join(words)


def sum_of(value: Money) -> dict[str, Any]:
    """A total as templates show it: currency, figure, and words in both languages."""
    return {"currency": value.currency, "figure": i18n.amount(value), "words": amount_words(value)}


def party(organisation: Organisation, person: str = "") -> dict[str, Any]:
    """An organisation as it stands on paper; never its bank account, which only its finance reads."""
    return {
        "name": {"zh": organisation.name("zh"), "en": organisation.name("en")},
        "credit_code": organisation.credit_code or "",
        "address": organisation.address,
        "person": person,
    }
