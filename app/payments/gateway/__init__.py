"""Payments at a gateway: the port, Stripe's end and a local one side by side, and what is done with their answers."""

from __future__ import annotations

from flask import current_app

from app.payments.gateway.local_end import LocalGateway
from app.payments.gateway.port import Gateway
from app.payments.gateway.stripe_end import stripe_gateway


def chosen() -> str | None:
    """Which gateway new payments go to: `stripe`, `local`, or none.

    Without keys the stand-in serves, unless LabPark is served under https: there, pretended money would be counted as
    real by people who do not know, so it has to be asked for by name.
    """
    config = current_app.config
    if config["PAYMENT_GATEWAY"] == "off":
        return None
    if config["STRIPE_SECRET_KEY"]:
        return "stripe"
    public = config["BASE_URL"].startswith("https://")
    return "local" if config["PAYMENT_GATEWAY"] == "local" or not public else None


def gateway_named(name: str) -> Gateway:
    """The gateway that has a payment: the one it was begun at, whatever is configured now."""
    return stripe_gateway() if name == "stripe" else LocalGateway()
