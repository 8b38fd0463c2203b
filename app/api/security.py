"""The security page for programs: alarms, what rests at this moment, who lacks a second factor."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Response, jsonify

from app.accounts import second_factors, watching
from app.api.resources import api
from app.http import signed_in
from app.kernel.shapes import Moment


@api.get("/security")
def read_security() -> Response:
    """What those see who watch over the park's security; missing for everybody else."""
    watching.admit(signed_in())
    return jsonify(
        second_factor="required" if second_factors.required() else "optional",
        resting=watching.resting(),
        alarms=[
            {"at": Moment()._serialize(one.at, None, None), "kind": one.kind, "address": one.address,
             "account": one.account}
            for one in watching.alarms()
        ],
        without_factor=[
            {"person": one.person_id, "org": one.org_id, "roles": one.roles} for one in watching.without_factor()
        ],
    )  # fmt: skip


def describe(spec: APISpec, json_answer: Any, problems: Any) -> None:
    """Its entry in the description."""
    spec.path("/api/v1/security", operations={"get": {
        "operationId": "security", "tags": ["security"],
        "summary": "Alarms of guessing, what rests, who lacks a second factor",
        "responses": {"200": json_answer("Found", {"type": "object"}),
                      **problems("401", "403", "404", "405", "409", "503")},
    }})  # fmt: skip
