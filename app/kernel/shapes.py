"""Field types shared by every schema: what may come in from a JSON body or a form, and how it goes out again.

Each speaks one trade form: money as {"amount": "12.30", "currency": "CNY"}, quantities and rates as decimal strings,
moments as RFC 3339 with an offset, ids with their prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.kernel.values import CURRENCIES, MAX_MINOR, N_, Money, micro, quantity_text

SHORT_TEXT: Final = 200
LONG_TEXT: Final = 4_000
EMAIL_MOST_CHARS: Final = 200
COMPOSED_FROM: Final = 3
"""A character that NFC puts together comes in at most so many parts."""
MAX_LINES: Final = 500
"""Lines of one document; the largest real tender tried has 301 lots."""
PARK_OFFSET: Final = "+08:00"

# marshmallow's own messages, marked here so that they are translated like ours.
_MESSAGES: Final = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Unknown field."),
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not a valid number."),
    N_("Not a valid boolean."),
    N_("Not a valid date."),
    N_("Not a valid datetime."),
    N_("Not a valid list."),
    N_("Not a valid email address."),
    N_("Invalid input type."),
    N_("Invalid value."),
    N_("Shorter than minimum length 1."),
    N_("Length must be between 1 and 100."),
    N_("Not a valid mapping type."),
)


class Input(Schema):
    """What an action takes; unknown fields are refused."""

    class Meta:
        """Refuse what is not declared (safety.md, rule 4)."""

        unknown = RAISE


class Text(fields.String):
    """A line or paragraph: NFC, stripped, without control characters other than line breaks where `multiline`."""

    default_error_messages = {
        "empty": N_("Please fill this in."),
        "long": N_("At most %(most)s characters, now %(now)s."),
        "control": N_("Contains characters that cannot be shown."),
    }

    def __init__(self, *, most: int = SHORT_TEXT, multiline: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.multiline = most, multiline

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        raw = super()._deserialize(value, attr, data, **kwargs) or ""
        if len(raw) > self.most * COMPOSED_FROM:  # before the work: normalising takes quadratic time in the worst case
            raise ValidationError(trouble(str(self.error_messages["long"]), most=self.most, now=len(raw)))
        text = unicodedata.normalize("NFC", raw).strip()
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        kept = {"\n", "\t"} if self.multiline else set()
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in kept for char in text):
            raise self.make_error("control")
        if self.required and not text:
            raise self.make_error("empty")
        if len(text) > self.most:
            raise ValidationError(trouble(str(self.error_messages["long"]), most=self.most, now=len(text)))
        return text


class Trouble(str):
    """A translatable message with its parameters: the face translates the source and fills them in."""

    params: Mapping[str, object]

    def __new__(cls, source: str, params: Mapping[str, object]) -> Trouble:
        made = super().__new__(cls, source)
        made.params = params
        return made


def trouble(source: str, **params: object) -> Trouble:
    """A field error with parameters."""
    return Trouble(source, params)


class Id(fields.String):
    """An id of one kind: prefix, underscore, 26 base-32 characters."""

    default_error_messages = {"id": N_("Not an id of this kind.")}

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prefix = prefix
        self.metadata = {"pattern": f"^{prefix}_[0-9a-z]{{26}}$", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(rf"{self.prefix}_[0-9a-z]{{26}}", text or ""):
            raise self.make_error("id")
        return str(text)


class EmailAddress(fields.String):
    """A mail address in ASCII (RFC 5321 without SMTPUTF8), in lower case."""

    default_error_messages = {"email": N_("Not a valid email address.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs) or "").strip().lower()
        if len(text) > EMAIL_MOST_CHARS or not text.isascii() or not text.isprintable():
            raise self.make_error("email")
        EMAIL(text)
        return text


class Quantity(fields.Field[int]):
    """A positive decimal quantity ("2.5"), stored as an integer of 10^-6."""

    default_error_messages = {
        "number": N_("Expected a number, such as 2 or 2.5."),
        "range": N_("Expected a quantity above 0 and at most 1,000,000,000, with six decimals at most."),
    }

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zero = zero

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else quantity_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (str, int)) or len(str(value)) > 40:
            raise self.make_error("number")
        text = str(value).strip()
        if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
            raise self.make_error("number")
        try:
            amount = micro(text)
        except ValueError:
            raise self.make_error("range") from None
        if amount < 0 or (amount == 0 and not self.zero):
            raise self.make_error("range")
        return amount


class MoneyField(fields.Field[Money]):
    """{"amount": "12.30", "currency": "CNY"}, not negative, at most 10^15 minor units."""

    default_error_messages = {
        "shape": N_("Expected an amount and a currency."),
        "amount": N_("Expected an amount such as 12.30, with no more decimals than the currency has."),
        "currency": N_("Not an ISO 4217 currency code."),
        "positive": N_("Expected an amount above 0."),
        "range": N_("The amount is out of range."),
    }

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zero = zero

    def _serialize(self, value: Money | None, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str] | None:
        return None if value is None else {"amount": value.amount, "currency": value.currency}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Money:
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            raise self.make_error("shape")
        currency, text = value["currency"], value["amount"]
        if not isinstance(currency, str) or currency not in CURRENCIES:
            raise ValidationError({"currency": [self.error_messages["currency"]]})
        if not isinstance(text, str) or not re.fullmatch(r"-?\d{1,20}(\.\d+)?", text.strip(), re.ASCII):
            raise ValidationError({"amount": [self.error_messages["amount"]]})
        try:
            money = Money.parse(text.strip(), currency)
        except ValueError:
            raise ValidationError({"amount": [self.error_messages["amount"]]}) from None
        if money.minor < 0 or (money.minor == 0 and not self.zero):
            raise ValidationError({"amount": [self.error_messages["positive"]]})
        if money.minor > MAX_MINOR:
            raise ValidationError({"amount": [self.error_messages["range"]]})
        return money


class Percent(fields.Field[int]):
    """A rate in percent ("13", "2.5"), stored in basis points; 0 to 100."""

    default_error_messages = {"percent": N_("Expected a percentage from 0 to 100 with two decimals at most.")}

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else quantity_text(value * 10_000)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII):
            raise self.make_error("percent")
        points = micro(text) // 10_000
        if points > 10_000:
            raise self.make_error("percent")
        return points


class Moment(fields.Field[datetime]):
    """RFC 3339 with an offset; kept in UTC."""

    default_error_messages = {
        "moment": N_("Expected a date and time with its offset, such as 2026-11-23T17:00:00+08:00."),
    }

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise self.make_error("moment")
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise self.make_error("moment") from None
        if moment.tzinfo is None or not 2000 <= moment.year <= 2200:
            raise self.make_error("moment")
        return moment.astimezone(UTC)


class Choice(fields.String):
    """One of a few words; `titles` maps each to its source text for people."""

    default_error_messages = {"choice": N_("Not one of the choices.")}

    def __init__(self, titles: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.titles = dict(titles)
        self.metadata = {"enum": list(titles), **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.titles:
            raise self.make_error("choice")
        return str(text)


class CurrencyCode(fields.String):
    """An ISO 4217 code."""

    default_error_messages = {"currency": N_("Not an ISO 4217 currency code.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in CURRENCIES:
            raise self.make_error("currency")
        return str(text)


class Lines(fields.List[Any]):
    """One to MAX_LINES nested inputs."""

    default_error_messages = {"count": N_("Expected 1 to 500 lines.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, Sequence) and not isinstance(value, str) and not 1 <= len(value) <= MAX_LINES:
            raise self.make_error("count")
        return super()._deserialize(value, attr, data, **kwargs)


def lines(schema: type[Schema], **kwargs: Any) -> Lines:
    """A list of nested inputs, one to MAX_LINES of them."""
    return Lines(fields.Nested(schema), required=kwargs.pop("required", True), **kwargs)


class Count(fields.Integer):
    """A whole number within bounds."""

    default_error_messages = {"bounds": N_("Expected a whole number from %(least)s to %(most)s.")}

    def __init__(self, *, least: int = 0, most: int = 100_000, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)
        self.least, self.most = least, most
        self.metadata = {"minimum": least, "maximum": most, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str):  # from a form
            if not re.fullmatch(r"-?\d{1,18}", value.strip(), re.ASCII):
                raise self.make_error("invalid")
            value = int(value)
        number = super()._deserialize(value, attr, data, **kwargs)
        if not self.least <= number <= self.most:
            raise ValidationError(trouble(str(self.error_messages["bounds"]), least=self.least, most=self.most))
        return number


class ReasonInput(Input):
    """A reason, which everybody who sees the record reads."""

    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class RemarkInput(Input):
    """An optional remark."""

    remark = Text(most=LONG_TEXT, multiline=True, load_default="", metadata={"title": N_("Remark")})


class RecordOut(Schema):
    """What every representation has; `represent()` adds `actions` and drops what the reader may not see."""

    id = fields.String()
    state = fields.String()
    version = fields.Integer()
    created_at = Moment()
    updated_at = Moment()
    waits_for = fields.Method("_waits_for")

    def _waits_for(self, record: Any) -> dict[str, Any] | None:
        if record.waits_org is None:
            return None
        until = Moment()._serialize(record.waits_until, None, None)
        return {"org": record.waits_org, "role": record.waits_role, "until": until}


EMAIL: Final = validate.Email(error=N_("Not a valid email address."))
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in and was looked at before the transaction: its own name, its real type, where it lies now.

    Of a picture that was drawn anew: its pixels, and the same picture in other sizes.
    """

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    path: Path
    pixels: tuple[int, int] | None = None
    sizes: tuple[Upload, ...] = ()
    # SHA-256 of the file that came in, where this one was made from it.
    source_sha256: str = ""

    def __str__(self) -> str:
        """What it is, not where it lies: a repeated request with the same file is the same request."""
        return f"{self.name}:{self.sha256}"


class File(fields.Field[Upload]):
    """A file of a multipart request, already received by the face."""

    default_error_messages = {"file": N_("Choose a file.")}
    takes: ClassVar[tuple[str, ...]] = ()
    """Endings that are taken here, where it is not those that may hang on any record (files.TYPES)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Upload:
        if not isinstance(value, Upload):
            raise self.make_error("file")
        return value

    def look_at(self, received: Upload) -> Upload:
        """What the face hands on after receiving it, before the transaction: heavy work on a file belongs here."""
        return received


class FileInput(Input):
    """A file to hang on a record."""

    file = File(required=True, metadata={"title": N_("File"), "kind": "file"})
