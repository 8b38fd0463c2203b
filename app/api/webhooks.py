"""Where a payment gateway tells us that something happened. No session, no token: the signature is the caller."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import NotFound

from app.http import csrf
from app.kernel.work import unit_of_work
from app.payments.gateway import inbox

webhooks = Blueprint("webhooks", __name__, url_prefix="/webhooks")
csrf.exempt(webhooks)  # it carries no cookie; what it carries is verified below


@webhooks.post("/stripe")
def stripe() -> Response:
    """Verify the raw body, keep the message once, answer when that is committed. What follows is the worker's."""
    if not current_app.config["STRIPE_WEBHOOK_SECRET"]:
        raise NotFound()
    request.max_content_length = inbox.MOST_BYTES
    message = inbox.genuine(request.get_data(cache=False), request.headers.get("Stripe-Signature"))
    with unit_of_work():
        inbox.store(message)
    return jsonify(received=True)
