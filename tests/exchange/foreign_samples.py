"""Small notices and releases for tests, and what holds for every tender whatever the file was."""

from __future__ import annotations

import io
import json
import unicodedata
from copy import deepcopy
from typing import Any

from app.exchange.foreign import DESCRIPTION_LIMIT, NAME_LIMIT, TITLE_LIMIT
from app.exchange.tenders import ForeignTender, Problem, read_tenders
from app.kernel.values import CURRENCIES, MAX_MINOR

NOTICE: dict[str, Any] = {
    "notice_id": "2020/S 001-000001",
    "publication_date": "2020-01-02",
    "language": "FR",
    "country": "FR",
    "buyer": {"name": "Université", "national_id": "18"},
    "title_original": "Balances",
    "short_description": "Deux balances.",
    "cpv_main": "38310000",
    "framework": False,
    "total_value": {"amount": 300.0, "currency": "EUR"},
    "estimated_value": None,
    "tender_deadline": "2020-02-03T12:00",
    "lots": [
        {"lot": "1", "title": "Balance", "description": "Fine", "cpv": ["38311000"], "value": None},
        {"lot": "2", "title": "Poids", "description": "Lourds", "cpv": [], "value": None},
    ],
    "awards": [
        {
            "lot": "1",
            "unsuccessful": False,
            "suppliers": [{"name": "Alpha", "country": "FR", "national_id": "1"}],
            "value": {"amount": 100.5, "currency": "EUR"},
        },
        {
            "lot": "2",
            "unsuccessful": False,
            "suppliers": [{"name": "Beta", "country": "UK", "national_id": None}],
            "value": {"amount": 199.5, "currency": "EUR"},
        },
    ],
}

RELEASE: dict[str, Any] = {
    "ocid": "ocds-000001-1",
    "id": "1",
    "date": "2024-01-01T00:00:00Z",
    "tag": ["award"],
    "language": "en",
    "buyer": {"id": "GB-CFS-1", "name": "University"},
    "parties": [
        {"id": "GB-CFS-1", "name": "University", "roles": ["buyer"], "address": {"countryName": "England"}},
        {"id": "S1", "name": "Alpha Ltd", "roles": ["supplier"], "identifier": {"scheme": "GB-COH", "id": "007"}},
    ],
    "tender": {
        "id": "T1",
        "title": "Freezers",
        "description": "Two kinds",
        "value": {"amount": 900, "currency": "GBP"},
        "tenderPeriod": {"endDate": "2023-12-01T12:00:00+01:00"},
        "classification": {"scheme": "CPV", "id": "39711000"},
        "lots": [{"id": "a", "title": "Upright"}, {"id": "b", "title": "Chest"}],
        "items": [
            {"id": "1", "relatedLot": "a", "quantity": 3, "unit": {"scheme": "UNCEFACT", "id": "H87", "name": "piece"}},
            {"id": "2", "relatedLot": "b", "description": "Chest"},
        ],
    },
    "awards": [
        {
            "id": "A1",
            "status": "active",
            "relatedLots": ["a"],
            "suppliers": [{"id": "S1"}],
            "value": {"amount": 12.345, "currency": "GBP"},
        }
    ],
}


def notice(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(NOTICE), **changes}


def release(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(RELEASE), **changes}


def read(*documents: Any) -> tuple[list[ForeignTender], list[Problem]]:
    """Documents as JSON Lines; texts are taken as lines as they are."""
    lines = [document if isinstance(document, str) else json.dumps(document) for document in documents]
    return read_tenders(io.BytesIO("\n".join(lines).encode("utf-8", "surrogatepass")))


def package(*releases: Any) -> tuple[list[ForeignTender], list[Problem]]:
    return read({"version": "1.1", "releases": list(releases)})


def reasons(problems: list[Problem]) -> list[str]:
    return [problem.reason for problem in problems]


def is_clean(text: str, limit: int) -> bool:
    text.encode()
    shown = all(unicodedata.category(c) != "Cc" or c == "\n" for c in text)
    return len(text) <= limit and shown and text == text.strip()


def assert_sound(tender: ForeignTender) -> None:
    """What the importer may rely on."""
    assert tender.reference
    assert tender.buyer.name
    assert tender.title
    assert is_clean(tender.title, TITLE_LIMIT)
    assert is_clean(tender.buyer.name, NAME_LIMIT)
    assert is_clean(tender.description, DESCRIPTION_LIMIT)
    assert tender.currency in CURRENCIES
    assert tender.deadline is None or tender.deadline.tzinfo is not None
    keys = [line.key for line in tender.lines]
    assert keys
    assert len(set(keys)) == len(keys)
    for line in tender.lines:
        assert line.title
        assert is_clean(line.title, TITLE_LIMIT)
        assert 0 < line.quantity <= 10**9
        assert line.quantity * 10**6 == int(line.quantity * 10**6)
        assert line.cpv == "" or (len(line.cpv) == 8 and line.cpv.isdigit())
    for award in tender.awards:
        assert award.line_key in keys
        assert award.supplier.name
        assert award.currency in CURRENCIES
        assert 0 < award.amount_minor <= MAX_MINOR
