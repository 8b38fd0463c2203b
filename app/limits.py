"""How many ordinary requests an API key, a person and a network may send in a minute.

A bucket per caller in the memory of each process (docs/configuration.md, Signing in): nothing is written for a request
that reads. What guards accounts against guessing is counted in the database instead (accounts/throttle.py).
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from flask import Flask, current_app, request
from flask_login import current_user

from app.accounts import people, throttle
from app.http import bearer
from app.kernel.errors import TOO_MANY, refusal
from app.kernel.values import N_

MINUTE_SECONDS: Final = 60.0
MOST_CALLERS: Final = 20_000
"""Buckets that one process remembers; the one used longest ago makes room, and was full again anyway."""
UNCOUNTED: Final = frozenset({"static", "probes.healthz", "probes.readyz", "probes.metrics", "docs.assets"})
CACHE_KEY: Final = "labpark_limits"

TOO_MANY_REQUESTS = refusal(
    "too_many_requests", TOO_MANY, N_("Too many requests in a short time. Try again in %(retry_after)s seconds.")
)


class Buckets:
    """Token buckets: each fills evenly up to a minute's worth, and a request takes one."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = MOST_CALLERS) -> None:
        self._clock, self._most = clock, most
        self._guard = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, per_minute: int) -> int:
        """0 when the request may go on, else the seconds until one may."""
        moment = self._clock()
        with self._guard:
            left, since = self._left.pop(caller, (float(per_minute), moment))
            left = min(float(per_minute), left + (moment - since) * per_minute / MINUTE_SECONDS)
            wait = 0 if left >= 1 else math.ceil((1 - left) * MINUTE_SECONDS / per_minute)
            self._left[caller] = (left if wait else left - 1, moment)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        return wait


def init_app(app: Flask) -> None:
    """Count before anything else is done for a request, and the person once they are known."""
    app.extensions[CACHE_KEY] = Buckets()
    app.before_request(_limit)


def _limit() -> None:
    config, secret = current_app.config, bearer(request)
    limited = any(config[name] for name in ("RATE_PER_ADDRESS", "RATE_PER_KEY", "RATE_PER_ACCOUNT"))
    if not limited or request.endpoint in UNCOUNTED:
        return
    _take("address", throttle.site(request.remote_addr or ""), config["RATE_PER_ADDRESS"])
    if secret is not None:
        _take("key", people.hashed(secret), config["RATE_PER_KEY"])
    elif config["RATE_PER_ACCOUNT"] and current_user.is_authenticated:
        _take("account", current_user.person_id, config["RATE_PER_ACCOUNT"])


def _take(kind: str, caller: str, per_minute: int) -> None:
    buckets: Buckets = current_app.extensions[CACHE_KEY]
    wait = buckets.take(f"{kind} {caller}", per_minute) if per_minute else 0
    if wait:
        raise TOO_MANY_REQUESTS(retry_after=wait)
