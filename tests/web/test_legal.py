"""Terms, privacy and filing numbers: there for everybody, in both languages, with the version in force."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.visitor import Visitor


@pytest.mark.parametrize(
    "path,language,words",
    [
        ("/terms", "zh", ("使用条款", "版本 1.0，自 2026-11-23 起施行", "合同的成立")),
        ("/terms", "en", ("Terms of use", "Version 1.0, in force since 23 Nov 2026", "How a contract comes about")),
        ("/privacy", "zh", ("隐私说明", "版本 1.0", "留存的个人信息")),
        ("/privacy", "en", ("Privacy", "Version 1.0", "What is kept of a person")),
    ],
)
def test_the_texts_in_force_are_read_without_signing_in(
    app: Flask, path: str, language: str, words: tuple[str, ...]
) -> None:
    page = Visitor(app, language=language).get(path)
    assert page.status == 200
    assert [one for one in words if one not in page.text] == []


def test_every_page_leads_to_them_and_shows_the_filing_numbers_that_are_set(app: Flask) -> None:
    bare = Visitor(app).get("/login")
    assert {bare.links["Terms of use"], bare.links["Privacy"]} == {"/terms", "/privacy"}
    assert "beian.miit.gov.cn" not in bare.html
    app.config["ICP_RECORD"], app.config["POLICE_RECORD"] = "京ICP备00000000号", "京公网安备 00000000000000号"
    page = Visitor(app).get("/login")
    assert page.links["京ICP备00000000号"] == "https://beian.miit.gov.cn/"
    assert "京公网安备 00000000000000号" in page.text
