"""The form in which a requirement is answered: first which one, then only what its kind of answer needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app import i18n
from app.accounts.models import Organisation, Qualification, Requirement
from app.accounts.standing import asked_of
from app.web.core.actions import Sheet, register_more
from app.web.core.record import papers
from app.web.standing.shown import described

BY_FORM: Final[dict[str, dict[str, bool]]] = {
    "document": {"file": True, "document_no": False, "issuer": False},
    "attestation": {"attested": True},
    "field": {"statement": True},
}
"""What is handed in by the form of the requirement, and whether it is needed before the operator looks at it."""


def fields_for(asked: Requirement, values: Mapping[str, Any]) -> dict[str, bool]:
    """The fields of an answer to a requirement, and whether each is needed; what was said already stays in sight."""
    said = {name: False for name, value in values.items() if value}
    validity = {"valid_from": False, "valid_until": True} if asked.expires else {}
    return said | {"requirement": True, "subject": False} | BY_FORM.get(asked.form, {}) | validity


def _hand_in(sheet: Sheet) -> dict[str, Any]:
    """The first look asks which requirement it is about; nothing else can be asked before."""
    assert isinstance(sheet.record, Organisation)
    open_to_them = [one for one in asked_of(sheet.record) if one.form != "review"]
    chosen = next((one for one in open_to_them if one.id == sheet.values.get("requirement")), None)
    if chosen is None:
        sheet.only = {}
        return {"asked": None, "choices": [(one.id, one.label(i18n.language())) for one in open_to_them]}
    return _about(sheet, chosen)


def _edit(sheet: Sheet) -> dict[str, Any]:
    assert isinstance(sheet.record, Qualification)
    found = _about(sheet, sheet.record.requirement)
    if sheet.only is not None and papers(sheet.record, sheet.asking):
        sheet.only = {**sheet.only, "file": False}
    return found


def _about(sheet: Sheet, asked: Requirement) -> dict[str, Any]:
    sheet.only = fields_for(asked, sheet.values)
    spoken = i18n.language()
    return {"asked": {"label": asked.label(spoken), "note": described(asked, asked.guidance(spoken))}}


for _lifecycle, _action, _more in (("organisation", "hand_in", _hand_in), ("qualification", "edit", _edit)):
    register_more(_lifecycle, _action, "standing/evidence.html", _more)
