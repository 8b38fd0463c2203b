"""What a person recognises a device by: browser and system, nothing that would tell two like it apart."""

from __future__ import annotations

from typing import Final

from flask import request

BROWSERS: Final = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""Word in a User-Agent -> name; the first that is found, for most browsers name the others too."""


def device_hint() -> str:
    """`Firefox, Windows`; empty for what is neither."""
    said = request.headers.get("User-Agent", "")[:500]
    found = (
        next((name for word, name in BROWSERS if word in said), ""),
        next((name for word, name in SYSTEMS if word in said), ""),
    )
    return ", ".join(part for part in found if part)
