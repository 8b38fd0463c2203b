"""Applying for a program that fills the form for somebody: the same checks, the same mail, the same answer for all."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Blueprint, Response, jsonify, request
from marshmallow import ValidationError

from app.accounts import applications
from app.accounts.admission_schemas import SignUpInput
from app.api.resources import _json
from app.http import csrf
from app.kernel.errors import INVALID_INPUT
from app.kernel.work import unit_of_work

joining = Blueprint("api_joining", __name__, url_prefix="/api/v1")
csrf.exempt(joining)  # whoever applies is nobody yet: no cookie and no key counts here


@joining.post("/applications")
def apply() -> Response:
    """Take an application and mail its link; the operator sees it once the link was opened in a browser."""
    try:
        given = SignUpInput().load(_json())
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise INVALID_INPUT(fields=messages) from None
    with unit_of_work():
        applications.apply(given, network_address=request.remote_addr or "")
    response = jsonify(sent=True)
    response.status_code = 202
    return response


def describe(spec: APISpec, answer: Any, problems: Any) -> None:
    """Add the route to the description."""
    sent = {"type": "object", "required": ["sent"], "properties": {"sent": {"type": "boolean"}}}
    spec.path("/api/v1/applications", operations={"post": {
        "operationId": "apply", "tags": ["organisations"], "security": [],
        "summary": "Apply for an organisation; the link that is mailed proves the address, then the operator sees it",
        "requestBody": {"required": True, "content": {"application/json": {"schema": SignUpInput}}},
        "responses": {"202": answer("The same whether the address is known", sent),
                      **problems("400", "405", "409", "413", "415", "422", "429", "503")},
    }})  # fmt: skip
