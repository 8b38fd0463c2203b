"""What people choose: topics of events, channels, and how soon a channel brings them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.kernel.numbers import PARK_OFFSET
from app.kernel.values import N_

TOPICS: Final = {
    "approvals": N_("Approvals"),
    "deadlines": N_("Deadlines"),
    "requests": N_("Quotes and awards"),
    "orders": N_("Requisitions and orders"),
    "deliveries": N_("Delivery and acceptance"),
    "claims": N_("Claims"),
    "money": N_("Payments and settlement"),
    "catalogue": N_("Your listings"),
    "organisation": N_("Your organisation and access"),
}
"""Topic -> title; the order is that of the page."""

CHANNELS: Final = {"mail": N_("By e-mail"), "sms": N_("By text message"), "wechat": N_("By WeChat")}
"""Channels beside the inbox, which always holds everything."""

PACES: Final = {"now": N_("At once"), "hourly": N_("Every hour"), "daily": N_("Once a day"), "off": N_("Not at all")}

ALWAYS: Final = ("approvals", "mail")
"""The topic and channel that nobody switches off: an approval that nobody hears of stops a purchase."""

_SLOWER: Final = {"deliveries": "hourly", "money": "hourly", "catalogue": "daily", "organisation": "daily"}
DAILY_AT_HOUR: Final = 8
"""The park's hour at which the daily digest goes out."""


def usual_pace(topic: str, channel: str) -> str:
    """The pace of whoever has chosen nothing: mail, at once where somebody may be waiting."""
    return _SLOWER.get(topic, "now") if channel == "mail" else "off"


def due_moment(pace: str, moment: datetime) -> datetime:
    """When what happened at a moment goes out: then, at the next full hour, or at eight the next morning."""
    if pace == "now":
        return moment
    local = (moment + PARK_OFFSET).replace(minute=0, second=0, microsecond=0)
    if pace == "hourly":
        return local + timedelta(hours=1) - PARK_OFFSET
    morning = local.replace(hour=DAILY_AT_HOUR)
    return (morning if morning > moment + PARK_OFFSET else morning + timedelta(days=1)) - PARK_OFFSET
