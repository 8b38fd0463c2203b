"""How a record is shown to an actor, in both faces: its shape without what is not for them, files, and offers."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema

from app import i18n
from app.accounts import files
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.kernel.lifecycle import lifecycle_of, offers


@cache
def _dumper(shape: type[Schema]) -> Schema:
    """One instance per shape: making one costs more than dumping most records, and dumping changes nothing in it."""
    return shape()


def represent(record: Record, asking: Actor, *, with_actions: bool = True) -> dict[str, Any]:
    """The record as this actor may see it: fields whose `for` does not admit them are left out; then its actions."""
    lifecycle = lifecycle_of(record)
    if lifecycle.shape is None:
        raise RuntimeError(f"{lifecycle.name} has no shape")
    schema = _dumper(lifecycle.shape)
    hidden = {
        name
        for name, field in schema.fields.items()
        if (reader := field.metadata.get("for")) is not None and not reader.admits(asking, record)
    }
    body: dict[str, Any] = {name: value for name, value in schema.dump(record).items() if name not in hidden}
    if with_actions:
        body["files"] = [
            {"id": one.id, "name": one.name, "media_type": one.media_type, "size_bytes": one.size_bytes,
             "sha256": one.sha256, "href": f"/api/v1/files/{one.id}"}
            for one in files.files_for(record, asking)
        ]  # fmt: skip
        body["actions"] = [_offered(offer, record) for offer in offers(record, asking)]
    return body


def _offered(offer: Any, record: Record) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": offer.action.name,
        "href": f"/api/v1/{offer.action.lifecycle.collection}/{record.id}/{offer.action.name}",
        "enabled": offer.enabled,
    }
    if offer.refusal is not None:
        shown |= {"code": offer.refusal.code, "reason": i18n.speak(offer.refusal)}
    return shown
