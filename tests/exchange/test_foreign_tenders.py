"""Files of foreign tenders: what kind they are, and that nothing in them makes the reader raise."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange import foreign, tenders
from app.exchange.tenders import read_tenders
from tests.exchange.foreign_samples import NOTICE, RELEASE, assert_sound, notice, package, read, reasons, release

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values inside a document."""
    entries = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [path, *(inner for key, value in entries for inner in places(value, (*path, key)))]


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    target = copy
    for key in path[:-1]:
        target = target[key]
    if path:
        target[path[-1]] = value
    return copy if path else value


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_tenders_or_problems_but_never_an_exception(content: bytes) -> None:
    found, problems = read_tenders(io.BytesIO(content))
    assert found or problems


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(places(NOTICE)), JSON_VALUES)
def test_a_notice_with_any_value_in_any_place_is_translated_soundly_or_reported(
    path: tuple[Any, ...], value: Any
) -> None:
    found, problems = read(replaced(NOTICE, path, value), notice(notice_id="the other one"))
    assert any(tender.reference == "the other one" for tender in found)
    for tender in found:
        assert_sound(tender)
    assert len(found) == 2 or problems


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(places(RELEASE)), JSON_VALUES)
def test_a_release_with_any_value_in_any_place_is_translated_soundly_or_reported(
    path: tuple[Any, ...], value: Any
) -> None:
    found, problems = package(replaced(RELEASE, path, value), release(ocid="the other one"))
    assert any(tender.reference == "the other one" for tender in found)
    for tender in found:
        assert_sound(tender)
    assert len(found) == 2 or problems


def test_json_lines_with_a_broken_line_give_the_others_and_the_number_of_the_broken_one() -> None:
    found, problems = read(notice(notice_id="a"), '{"notice_id": ', "", notice(notice_id="b"))
    assert [tender.reference for tender in found] == ["a", "b"]
    assert [(problem.where, problem.reason) for problem in problems] == [("line 2", tenders.NOT_JSON)]


def test_a_broken_package_is_one_problem_and_not_one_per_line() -> None:
    text = json.dumps({"releases": [RELEASE]}, indent=1)
    found, problems = read_tenders(io.BytesIO(text[:-3].encode()))
    assert found == []
    assert reasons(problems) == [tenders.NOT_JSON]


def test_a_line_that_is_not_utf8_is_reported_and_the_others_are_read() -> None:
    lines = [json.dumps(notice(notice_id=name)).encode() for name in "abc"]
    lines[1] = lines[1].replace(b"Balances", b"Balance\xe9")
    found, problems = read_tenders(io.BytesIO(b"\xef\xbb\xbf" + b"\r\n".join(lines)))
    assert [tender.reference for tender in found] == ["a", "c"]
    assert [(problem.where, problem.reason) for problem in problems] == [("line 2", tenders.NOT_UTF8)]


def test_deep_nesting_is_a_problem_of_its_line() -> None:
    found, problems = read(NOTICE, '{"notice_id": ' + "[" * 200_000 + "]" * 200_000 + "}")
    assert len(found) == 1
    assert reasons(problems) == [tenders.TOO_DEEP]


def test_a_file_above_the_limit_is_not_read_at_all() -> None:
    found, problems = read_tenders(io.BytesIO(json.dumps(NOTICE).encode()), limit_bytes=100)
    assert found == []
    assert len(problems) == 1


@pytest.mark.parametrize("content", [b"", b" \n\n ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_reported(content: bytes) -> None:
    assert reasons(read_tenders(io.BytesIO(content))[1]) == ["The file is empty."]


def test_more_notices_than_allowed_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenders, "NOTICES_LIMIT", 2)
    found, problems = read(*(notice(notice_id=name) for name in "abc"))
    assert len(found) == 2
    assert [problem.where for problem in problems] == ["file"]


def test_more_problems_than_allowed_end_with_one_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "PROBLEMS_LIMIT", 3)
    _, problems = read(NOTICE, *["{}"] * 9)
    assert len(problems) == 4
    assert problems[-1].reason == "There are more problems; only the first 2,000 are listed."
    monkeypatch.undo()
    assert foreign.PROBLEMS_LIMIT == 2_000


@pytest.mark.parametrize(
    "document",
    [
        {"releases": [RELEASE]},
        [RELEASE],
        RELEASE,
        {"records": [{"ocid": "x", "compiledRelease": RELEASE}]},
        {"records": [{"ocid": "x", "releases": [RELEASE], "compiledRelease": RELEASE}]},
    ],
)
def test_ocds_is_read_from_packages_records_lists_and_single_releases(document: Any) -> None:
    found, problems = read(document)
    assert [(tender.source, tender.reference) for tender in found] == [("ocds", "ocds-000001-1")]
    assert reasons(problems) == ["The amount has more decimals than its currency; it was rounded."]


def test_one_package_per_line_is_read_as_well() -> None:
    found, _ = read({"releases": [RELEASE]}, {"releases": [release(ocid="two")]})
    assert [tender.reference for tender in found] == ["ocds-000001-1", "two"]


def test_a_record_that_only_links_to_its_releases_is_reported() -> None:
    found, problems = read(
        {"records": [{"ocid": "x", "releases": [{"url": "https://example.org/1", "tag": ["tender"]}]}]}
    )
    assert found == []
    assert reasons(problems) == ["The record holds no release of its own, only links at most."]


def test_documents_of_another_kind_are_named_by_their_line() -> None:
    found, problems = read(NOTICE, {"hello": "world"}, "17")
    assert len(found) == 1
    assert {problem.where for problem in problems} == {"line 2", "line 3"}


@pytest.mark.parametrize(
    "name, tenders_expected, with_awards",
    [
        ("tenders/ted_lab_notices.jsonl", 75, 24),
        ("tenders/ocds_uk_contracts_finder.json", 190, 133),
        ("standards/ocds-sample/ocds-213czf-000-00001.json", 1, 1),
    ],
)
def test_real_files_are_translated_soundly(
    real_file: Callable[[str], Path], name: str, tenders_expected: int, with_awards: int
) -> None:
    with real_file(name).open("rb") as stream:
        found, problems = read_tenders(stream)
    for tender in found:
        assert_sound(tender)
    assert len(found) == tenders_expected
    assert sum(bool(tender.awards) for tender in found) == with_awards
    names = {party.name for tender in found for party in (tender.buyer, *(a.supplier for a in tender.awards))}
    assert not any(party in f"{p.where} {p.field} {p.reason}" for p in problems for party in names if len(party) > 5)
