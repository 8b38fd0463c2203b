"""Documents and pictures of what was ordered, in the version that the buyer could read when ordering."""

from __future__ import annotations

from flask import Response

from app.http import actor, medium_answer
from app.ordering import as_ordered
from app.ordering.models import Order
from app.web.core.directory import read
from app.web.ordering.blueprint import pages


@pages.get("/orders/<id:record_id>/media/<id:medium_id>/<size>")
def ordered_medium(record_id: str, medium_id: str, size: str) -> Response:
    """One of them."""
    order: Order = read(Order, record_id, actor())
    return medium_answer(*as_ordered.open_medium(order, medium_id, size), keep=True)
