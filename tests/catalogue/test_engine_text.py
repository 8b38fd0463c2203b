"""Tokens: the same on the side of the listing and on the side of the question."""

from __future__ import annotations

import pytest

from app.catalogue.engine import text


@pytest.mark.parametrize(
    "written, plain",
    [
        ("ＣＲ－２２Ｎ", "cr-22n"),
        ("Büchi  ROTAVAPOR", "buchi rotavapor"),
        ("10 µL", "10 μl"),
        ("a\x00b\u200b\tc", "a b\u200b c"),
        ("Straße", "strasse"),
        ("が", "が"),
        ("bad \ud800 half", "bad half"),
    ],
)
def test_text_is_folded_to_one_spelling(written: str, plain: str) -> None:
    assert text.normalise(written) == plain


@pytest.mark.parametrize("written", ["CR-22N", "CR22N", "cr 22n", "Cr_22.n", "ＣＲ２２Ｎ"])
def test_a_model_is_one_code_however_it_is_written(written: str) -> None:
    assert text.squeeze(written) == "cr22n"


@pytest.mark.parametrize("written", ["CR-22N", "CR 22N", "CR22N"])
def test_the_tokens_of_a_model_hold_the_joined_form(written: str) -> None:
    assert "cr22n" in text.tokens(written)


def test_chinese_is_kept_as_characters_pairs_and_words() -> None:
    tokens = text.tokens("高速离心机")
    assert {"离", "离心", "心机", "离心机"} <= set(tokens)


def test_every_part_of_a_chinese_name_can_be_asked_for() -> None:
    name = "单道可调超低温移液器离心机箱"
    tokens = set(text.tokens(name))
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            for unit in text.question(name[start:end]).units:
                assert tokens.issuperset(unit.terms), name[start:end]


@pytest.mark.parametrize(
    "plural, single",
    [("centrifuges", "centrifuge"), ("batteries", "battery"), ("boxes", "box"), ("glass", "glass"), ("lens", "len")],
)
def test_plural_and_singular_are_one_word(plural: str, single: str) -> None:
    assert text.singular(plural) == single
    assert text.question(plural).units == text.question(single).units


def test_a_synonym_brings_the_other_words_of_its_group() -> None:
    assert "移液枪" in text.synonyms(["单道可调移液器"])
    assert "冷柜" in text.synonyms(["药品冰箱"])
    assert text.synonyms(["移液器吸头"]) == ["枪头", "pipette tip"], "a tip is no pipette"
    assert text.synonyms(["scaled drawing"]) == []


def test_pinyin_is_known_from_every_character_on() -> None:
    joined, initials = text.sounds("高速离心机")
    assert {"gaosulixinji", "lixinji", "ji"} <= joined
    assert {"gslxj", "lxj"} <= initials
    assert "chongqing" in text.sounds("重庆")[0]


def test_neighbouring_words_of_a_question_are_also_tried_as_one() -> None:
    first, second = text.question("cr 22n").units
    assert first.windows == second.windows == ("cr22n",)
    assert "cr22n" in text.question("Hitachi CR-22N centrifuge").codes


def test_fillers_are_dropped_unless_they_are_all_there_is() -> None:
    assert [u.text for u in text.question("pump for the HPLC").units] == ["pump", "hplc"]
    assert [u.text for u in text.question("the").units] == ["the"]


def test_a_huge_question_is_cut_at_the_named_limits() -> None:
    asked = text.question("word1 离心 " * 100_000)
    assert len(asked.units) <= text.MAX_UNITS
    long_word = text.question("x" * 100_000)
    assert [len(u.text) for u in long_word.units] == [text.MAX_TOKEN_CHARS]
    many_words = text.question(" ".join(f"w{n}" for n in range(1000)))
    assert len(many_words.units) <= text.MAX_UNITS
    assert max(len(u.windows) for u in many_words.units) <= 9


def test_signs_alone_ask_for_nothing() -> None:
    for typed in ("", "   ", "!!!", "\x00", "*:*", "—…《》", "' OR 1=1 --"[:2]):
        assert text.question(typed).units == ()
