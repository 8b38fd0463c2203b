"""What the program refuses to start with, each in one plain sentence."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import config
from app import create_app
from commands.terminal import ROOT
from tests.conftest import SECRET

GOOD = {"BASE_URL": "https://park.example", "SECRET_KEY": secrets.token_hex(32)}

REFUSED = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is missing or shorter than 32 characters."),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter than 32 characters."),
    ({"SECRET_KEY": SECRET}, "SECRET_KEY is a well-known or guessable one"),
    ({"SECRET_KEY": "changeme" * 5}, "SECRET_KEY is a well-known or guessable one"),
    ({"SECRET_KEY": "x" * 64}, "SECRET_KEY is a well-known or guessable one"),
    ({"SECRET_KEY": "0123456789" * 4}, "SECRET_KEY is a well-known or guessable one"),
    ({"SECRET_KEY": "django-insecure-" + "q7w8e2r1t5y6u3" * 3}, "SECRET_KEY is a well-known or guessable one"),
    ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS is missing or shorter than 32 characters."),
    ({"METRICS_TOKEN": "metrics"}, "METRICS_TOKEN is shorter than 16 characters or guessable."),
    ({"FLASK_DEBUG": "1"}, "Debug mode is on; it shows internals to strangers."),
    ({"BASE_URL": "http://park.example"}, "BASE_URL is not https: passwords would cross the network in the clear"),
    ({"BASE_URL": "park.example"}, "BASE_URL is an address without a path"),
    ({"BASE_URL": "https://park.example/labpark"}, "BASE_URL is an address without a path"),
    ({"BASE_URL": "https://[park"}, "BASE_URL is an address without a path"),
    ({"BASE_URL": "ftp://park.example"}, "BASE_URL is an address without a path"),
    ({"TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS names hosts"),
    ({"SECOND_FACTOR": "perhaps"}, "SECOND_FACTOR is required or optional."),
    ({"BASE_URL": "https://park.example", "SECOND_FACTOR": "optional"}, "SECOND_FACTOR is optional on this machine"),
    ({"SESSION_IDLE_MINUTES": "0"}, "SESSION_IDLE_MINUTES is a number from 5 to 720."),
    ({"PROXY_HOPS": "-1"}, "PROXY_HOPS must not be negative."),
    ({"RATE_PER_KEY": "-5"}, "RATE_PER_KEY must not be negative."),
    ({"RETENTION_SECURITY_DAYS": "30"}, "RETENTION_SECURITY_DAYS must be at least 180"),
]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with nothing of LabPark in it."""
    for name in ("SECRET_KEY", "BASE_URL", "FLASK_DEBUG", "TRUSTED_HOSTS", "HOST", "PORT", "METRICS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'park.sqlite'}")
    return monkeypatch


def start(env: pytest.MonkeyPatch, given: dict[str, str]) -> Any:
    for name, value in (GOOD | given).items():
        env.setenv(name, value)
    return create_app()


def test_a_public_installation_starts_with_good_settings(alone: pytest.MonkeyPatch) -> None:
    app = start(alone, {})
    assert app.config["TRUSTED_HOSTS"] == ["park.example", "localhost", "127.0.0.1", "[::1]"]
    assert (app.config["SESSION_COOKIE_NAME"], app.config["SESSION_COOKIE_SECURE"]) == ("__Host-labpark", True)
    assert app.config["SECOND_FACTOR"] == "required"
    answer = app.test_client().get("/healthz", base_url="https://evil.example")
    assert answer.status_code == 400


@pytest.mark.parametrize("given,sentence", REFUSED, ids=lambda one: str(one)[:50])
def test_it_does_not_start_with(alone: pytest.MonkeyPatch, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        start(alone, given)
    told = str(stopped.value)
    assert told.startswith("LabPark does not start: ")
    assert sentence in told
    assert told.endswith((".", ")."))
    for secret in given.values():
        assert len(secret) < 20 or secret not in told, "a secret is not repeated into a log"


def test_what_tests_may_do_nobody_else_may() -> None:
    base = config.DEFAULTS | config.settings() | GOOD | {"SECRET_KEY_FALLBACKS": [], "SESSION_COOKIE_SECURE": True}
    assert config.problems(base) == []
    for name in ("CHEAP_PASSWORDS", "OUTGOING_LOOPBACK"):
        assert config.problems(base | {name: True}) == [f"{name} is for tests only."]


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9"])
def test_on_this_machine_one_tries_things_out_over_plain_http(alone: pytest.MonkeyPatch, address: str) -> None:
    assert start(alone, {"BASE_URL": address}).config["TRUSTED_HOSTS"] is None


def test_a_closed_network_may_do_without_https_if_somebody_says_so(alone: pytest.MonkeyPatch) -> None:
    assert start(alone, {"BASE_URL": "http://10.1.2.3:8000", "PLAIN_HTTP": "1"})


def test_the_command_line_says_it_in_a_sentence_too(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "flask", "doctor"],
        cwd=ROOT,
        env={**os.environ, "FLASK_APP": "wsgi:app", "INSTANCE_PATH": str(tmp_path), "BASE_URL": "https://park.example",
             "SECRET_KEY": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode != 0
    assert told.stderr.strip() == "LabPark does not start: SECRET_KEY is missing or shorter than 32 characters."
