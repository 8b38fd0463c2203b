"""The park can be built, and a key acts for its person."""
from __future__ import annotations
import pytest
from flask import Flask
from tests.world import Api, build

pytestmark = pytest.mark.database_matters


def test_a_key_acts_for_its_person(app: Flask) -> None:
    world = build()
    api = Api(app, world.key("pu"))
    me = api.get("me").get_json()
    assert me["roles"] == ["member", "purchaser"]
    r = api.get("organisations")
    assert r.status_code == 200
    assert len(r.get_json()["items"]) == 8
    lab = api.get("organisations/" + world.organisations["lab"]).get_json()
    assert [a["name"] for a in lab["actions"]] == []
    admin = Api(app, world.key("guan"))
    done = admin.do("organisations/" + world.organisations["lab"], "edit_profile", {"name_en": "Materials", "address": "A1"})
    assert done.status_code == 200, done.get_data(as_text=True)
    assert done.get_json()["name_en"] == "Materials"
