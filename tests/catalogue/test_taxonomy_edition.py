"""This project's edition of the taxonomy: whole, consistent, and mapped to codes that there are."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from app.catalogue.taxonomy.definitions import GROUPS, MEASURED
from app.catalogue.taxonomy.models import CODE_CHARS, MAX_LEVEL, MAX_POSITION, NAME_CHARS
from app.catalogue.taxonomy.reading import edition, vocabulary
from app.catalogue.taxonomy.schemas import ATTRIBUTE_CODE, CATEGORY_CODE, TAKEN_CODES, TAKEN_ENDINGS

DATA = Path(__file__).parents[3] / "shared" / "data" / "categories"
SOURCES = {
    "cn_gov_2022": ("cn_gov_procurement_catalogue_2022.csv", "code"),
    "cpv_2008": ("cpv2008_lab_related_en.csv", "code"),
    "hs_2022": ("hs2022_lab_related.csv", "hscode"),
}
FORMER = [
    "instruments.life_science.pcr",
    "instruments.centrifuges",
    "measuring.ph_meters",
    "preparation.pumps_vacuum",
    "cold_storage.ultra_low",
    "furniture.clean_benches",
    "labware.pipette_tips",
    "reagents.kits",
    "safety.waste",
    "software.lims",
    "services.validation",
    "other",
]
"""Some of the codes that listings had before there was a tree in the database."""


def test_it_is_as_large_as_a_laboratory_needs() -> None:
    entries = edition()
    assert len(entries) >= 150
    assert sum(len(one.attributes) for one in entries) >= 250
    roots = {one.code for one in entries if one.parent is None}
    assert roots == {
        "instruments", "measuring", "preparation", "cold_storage", "furniture", "labware", "reagents", "safety",
        "software", "services", "other",
    }  # fmt: skip


def test_its_codes_names_and_levels_fit_the_tables() -> None:
    entries = edition()
    codes = [one.code for one in entries]
    assert len(set(codes)) == len(codes)
    assert set(FORMER) <= set(codes)
    for place, one in enumerate(entries):
        assert CATEGORY_CODE.fullmatch(one.code)
        assert len(one.code) <= CODE_CHARS
        assert 0 < min(len(one.zh), len(one.en)) <= max(len(one.zh), len(one.en)) <= NAME_CHARS
        assert one.level <= MAX_LEVEL
        assert one.position <= MAX_POSITION
        assert one.parent is None or one.parent in codes[:place], "parents come before their children"
    siblings = Counter((one.parent, one.zh) for one in entries) + Counter((one.parent, one.en) for one in entries)
    assert [pair for pair, number in siblings.items() if number > 1] == []


def test_its_attributes_are_named_in_both_languages_and_belong_to_a_group() -> None:
    for one in vocabulary().values():
        assert ATTRIBUTE_CODE.fullmatch(one.code)
        assert one.code not in TAKEN_CODES
        assert not one.code.endswith(TAKEN_ENDINGS), one.code
        assert min(len(one.zh), len(one.en)) > 0
        assert one.group in GROUPS, one.code
        assert (one.type in MEASURED) == bool(one.dimension) == bool(one.unit), one.code
        assert (one.type == "choice") == bool(one.choices), one.code
        assert len({option.code for option in one.choices}) == len(one.choices), one.code
        if one.type == "range":
            assert not {f"{one.code}_min", f"{one.code}_max"} & vocabulary().keys(), one.code
    asked = {definition.code for entry in edition() for definition in entry.attributes}
    assert asked == vocabulary().keys(), "an attribute that nobody asks for"


def test_every_instrument_category_has_what_a_buyer_asks_for() -> None:
    own = {one.code: len(one.attributes) for one in edition()}
    thin = []
    for one in edition():
        if one.code.startswith(("instruments.", "measuring.", "preparation.", "cold_storage.")):
            nearest = own[one.code] + own[one.parent or ""]
            thin += [one.code] if not nearest else []
    assert thin == []


@pytest.mark.parametrize("system", sorted(SOURCES))
def test_every_mapping_names_a_code_of_its_source(system: str) -> None:
    name, column = SOURCES[system]
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"the list of codes is not there: {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        known = {row[column] for row in csv.DictReader(file)}
    mapped = {code for one in edition() for in_system, code in one.mappings if in_system == system}
    assert mapped - known == set()
    assert len(mapped) >= 40
