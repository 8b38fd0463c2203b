"""Settings, read from the environment once at start. Every one is described in docs/configuration.md."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
MIN_SECRET_CHARS = 32
STRIPE_API_BASE = "https://api.stripe.com"
STRIPE_API_VERSION = "2026-10-28.endive"
"""What the adapter was written against; Stripe answers in the shape of the version that a request names."""
STRIPE_KEY_PREFIXES = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
GATEWAYS = ("", "stripe", "local", "off")
DATABASES = ("sqlite", "postgresql+psycopg")
SECOND_FACTOR = ("required", "optional")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
MIN_TOKEN_CHARS = 16
LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES = 5, 720

WELL_KNOWN_SECRETS = (
    "changeme", "change-me", "change_me", "secret", "password", "example", "development", "for tests only",
    "django-insecure", "your-secret", "0123456789", "1234567890", "abcdefghij", "aaaaaaaa", "00000000",
)  # fmt: skip
"""What stands in the examples and defaults of the world; a secret that holds one of these is none."""
LEAST_DIFFERENT_CHARS = 10
"""32 random hexadecimal digits have fewer different ones once in some hundred million."""

SECURITY_LOG_DAYS = 180
"""Least time for which the security log is kept (Cybersecurity Law, art. 23: six months)."""

BANK_HOLD_DAYS = 5
"""Days after a change of a supplier's bank account in which no payout goes there."""

RETENTION_DAYS = {
    "RETENTION_SESSION_DAYS": 7,
    "RETENTION_LINK_DAYS": 30,
    "RETENTION_IDEMPOTENCY_DAYS": 0,
    "RETENTION_SECURITY_DAYS": SECURITY_LOG_DAYS,
    "RETENTION_NOTICE_DAYS": 90,
    "RETENTION_DELIVERY_DAYS": 30,
}
"""Setting -> days that rows are kept after they have had their day."""

API_KEY_DAYS, API_KEY_MOST_DAYS, API_KEY_GRACE_HOURS = 90, 365, 24
EMERGENCY_MOST_HOURS = 4
HOURS_OF_THREE_DAYS = 72


def settings() -> dict[str, Any]:
    """The environment as Flask configuration; a plain error for a value that cannot be read."""
    env = Env()
    instance = Path(env.str("INSTANCE_PATH", str(ROOT / "instance"))).resolve()
    host, port = env.str("HOST", "127.0.0.1"), env.int("PORT", 8000)
    base_url = env.str("BASE_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}").rstrip("/")  # noqa: S104
    return {
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": env.str("SECRET_KEY", _stored_secret(instance)),
        "SQLALCHEMY_DATABASE_URI": database_url(env.str("DATABASE_URL", f"sqlite:///{instance / 'labpark.sqlite'}")),
        "SECRET_KEY_FALLBACKS": env.list("SECRET_KEY_FALLBACKS", []),
        "BASE_URL": base_url,
        "TRUSTED_HOSTS": env.list("TRUSTED_HOSTS", own_hosts(base_url)),
        "PLAIN_HTTP": env.bool("PLAIN_HTTP", False),
        "SECOND_FACTOR": env.str("SECOND_FACTOR", "required"),
        "SESSION_IDLE_MINUTES": env.int("SESSION_IDLE_MINUTES", 120),
        "RATE_PER_KEY": env.int("RATE_PER_KEY", 3_000),
        "RATE_PER_ACCOUNT": env.int("RATE_PER_ACCOUNT", 3_000),
        "RATE_PER_ADDRESS": env.int("RATE_PER_ADDRESS", 12_000),
        "OUTGOING_HOSTS": env.list("OUTGOING_HOSTS", []),
        "PROXY_HOPS": env.int("PROXY_HOPS", 0),
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_NAME": "__Host-labpark" if base_url.startswith("https://") else "labpark",
        "FILES_PATH": env.str("FILES_PATH", ""),
        "BACKUP_PATH": env.str("BACKUP_PATH", ""),
        "POSTGRESQL_BIN": env.str("POSTGRESQL_BIN", ""),
        "ICP_RECORD": env.str("ICP_RECORD", ""),
        "POLICE_RECORD": env.str("POLICE_RECORD", ""),
        "SMTP_URL": env.str("SMTP_URL", ""),
        "MAIL_FROM": env.str("MAIL_FROM", "labpark@localhost"),
        "BANK_HOLD_DAYS": env.int("BANK_HOLD_DAYS", BANK_HOLD_DAYS),
        "FILE_QUOTA_MB": env.int("FILE_QUOTA_MB", 2_048),
        "PAYMENT_GATEWAY": env.str("PAYMENT_GATEWAY", ""),
        "STRIPE_SECRET_KEY": env.str("STRIPE_SECRET_KEY", ""),
        "STRIPE_WEBHOOK_SECRET": env.str("STRIPE_WEBHOOK_SECRET", ""),
        "STRIPE_API_BASE": env.str("STRIPE_API_BASE", STRIPE_API_BASE).rstrip("/"),
        "STRIPE_API_VERSION": env.str("STRIPE_API_VERSION", STRIPE_API_VERSION),
        "API_KEY_DAYS": env.int("API_KEY_DAYS", API_KEY_DAYS),
        "API_KEY_MOST_DAYS": env.int("API_KEY_MOST_DAYS", API_KEY_MOST_DAYS),
        "API_KEY_GRACE_HOURS": env.int("API_KEY_GRACE_HOURS", API_KEY_GRACE_HOURS),
        "EMERGENCY_MOST_HOURS": env.int("EMERGENCY_MOST_HOURS", EMERGENCY_MOST_HOURS),
        "METRICS_TOKEN": env.str("METRICS_TOKEN", ""),
        "LOG_LEVEL": env.str("LOG_LEVEL", "INFO"),
        "RETENTION_SESSION_DAYS": env.int("RETENTION_SESSION_DAYS", RETENTION_DAYS["RETENTION_SESSION_DAYS"]),
        "RETENTION_LINK_DAYS": env.int("RETENTION_LINK_DAYS", RETENTION_DAYS["RETENTION_LINK_DAYS"]),
        "RETENTION_IDEMPOTENCY_DAYS": env.int(
            "RETENTION_IDEMPOTENCY_DAYS", RETENTION_DAYS["RETENTION_IDEMPOTENCY_DAYS"]
        ),
        "RETENTION_SECURITY_DAYS": env.int("RETENTION_SECURITY_DAYS", RETENTION_DAYS["RETENTION_SECURITY_DAYS"]),
        "RETENTION_NOTICE_DAYS": env.int("RETENTION_NOTICE_DAYS", RETENTION_DAYS["RETENTION_NOTICE_DAYS"]),
        "RETENTION_DELIVERY_DAYS": env.int("RETENTION_DELIVERY_DAYS", RETENTION_DAYS["RETENTION_DELIVERY_DAYS"]),
    }


DEFAULTS: dict[str, Any] = {
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_PATH": "/",
    "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
    "MAX_FORM_PARTS": 2_000,
    "BABEL_DEFAULT_LOCALE": "zh",
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "WTF_CSRF_TIME_LIMIT": 12 * 3600,
    "WTF_CSRF_CHECK_DEFAULT": False,
    "CHEAP_PASSWORDS": False,
    "GATEWAY_TIMEOUT_SECONDS": 20,
    "OUTGOING_LOOPBACK": False,
}


def database_url(url: str) -> str:
    """PostgreSQL URLs of any spelling go to psycopg 3."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def own_hosts(base_url: str) -> list[str] | None:
    """The host names that a public installation answers to unless told otherwise: its own, and this machine's."""
    host = _host(base_url)
    return [host, *LOOPBACK_HOSTS] if base_url.startswith("https://") and host else None


def is_loopback(host: str | None) -> bool:
    """Whether a host name means this machine."""
    if host == "localhost" or (host or "").endswith(".localhost"):
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _stored_secret(instance: Path) -> str:
    stored = instance / "secret_key"
    return stored.read_text().strip() if stored.is_file() else ""


def problems(config: dict[str, Any]) -> list[str]:
    """Why the program must not start with this configuration, one plain sentence each."""
    found = secret_problems(config)
    if config.get("DEBUG"):
        found.append("Debug mode is on; it shows internals to strangers.")
    if config["CHEAP_PASSWORDS"] and not config.get("TESTING"):
        found.append("CHEAP_PASSWORDS is for tests only.")
    if config["OUTGOING_LOOPBACK"] and not config.get("TESTING"):
        found.append("OUTGOING_LOOPBACK is for tests only.")
    if config["SECOND_FACTOR"] not in SECOND_FACTOR:
        found.append("SECOND_FACTOR is required or optional.")
    if not LEAST_IDLE_MINUTES <= config["SESSION_IDLE_MINUTES"] <= MOST_IDLE_MINUTES:
        found.append(f"SESSION_IDLE_MINUTES is a number from {LEAST_IDLE_MINUTES} to {MOST_IDLE_MINUTES}.")
    rates = ("RATE_PER_KEY", "RATE_PER_ACCOUNT", "RATE_PER_ADDRESS")
    found += [f"{name} must not be negative." for name in (*RETENTION_DAYS, *rates) if config.get(name, 0) < 0]
    if 0 <= config.get("RETENTION_SECURITY_DAYS", SECURITY_LOG_DAYS) < SECURITY_LOG_DAYS:
        found.append(f"RETENTION_SECURITY_DAYS must be at least {SECURITY_LOG_DAYS}: the law asks for the log.")
    if config.get("BANK_HOLD_DAYS", 0) < 0:
        found.append("BANK_HOLD_DAYS must not be negative.")
    found += database_problems(str(config["SQLALCHEMY_DATABASE_URI"]))
    return found + address_problems(config) + access_problems(config) + gateway_problems(config)


def database_problems(url: str) -> list[str]:
    """What is wrong with the address of the database; it is not repeated, for it holds a password."""
    try:
        known = make_url(url).drivername in DATABASES
    except ArgumentError:
        known = False
    if known:
        return []
    return ["DATABASE_URL is none of sqlite:////path/to/file and postgresql://user:password@host/name."]


def access_problems(config: dict[str, Any]) -> list[str]:
    """What is wrong with the settings of keys and emergency access."""
    found = []
    if not 1 <= config.get("API_KEY_DAYS", 1) <= config.get("API_KEY_MOST_DAYS", 1):
        found.append("API_KEY_DAYS must be at least 1 and not above API_KEY_MOST_DAYS.")
    if config.get("API_KEY_GRACE_HOURS", 0) < 0:
        found.append("API_KEY_GRACE_HOURS must not be negative.")
    if not 1 <= config.get("EMERGENCY_MOST_HOURS", 1) <= HOURS_OF_THREE_DAYS:
        found.append(f"EMERGENCY_MOST_HOURS must be from 1 to {HOURS_OF_THREE_DAYS}.")
    return found


def secret_problems(config: dict[str, Any]) -> list[str]:
    """What is wrong with the secrets: an empty, short or guessable one lets anybody sign anything.

    At an address of this machine, where one tries things out, only their length is looked at.
    """
    found = []
    public = not config.get("TESTING") and not is_loopback(_host(config["BASE_URL"]))
    former = [("SECRET_KEY_FALLBACKS", secret) for secret in config.get("SECRET_KEY_FALLBACKS") or []]
    for name, secret in [("SECRET_KEY", config["SECRET_KEY"] or ""), *former]:
        if len(secret) < MIN_SECRET_CHARS:
            found.append(f"{name} is missing or shorter than {MIN_SECRET_CHARS} characters.")
        elif public and is_guessable(secret):
            found.append(f"{name} is a well-known or guessable one; make it with: openssl rand -hex 32.")
    token = config["METRICS_TOKEN"]
    if public and token and (len(token) < MIN_TOKEN_CHARS or is_guessable(token)):
        found.append(f"METRICS_TOKEN is shorter than {MIN_TOKEN_CHARS} characters or guessable.")
    return found


def is_guessable(secret: str) -> bool:
    """Whether a secret comes from an example, or repeats a few characters."""
    plain = secret.lower()
    half = len(secret) // 2
    repeats = any(secret == (secret[:size] * len(secret))[: len(secret)] for size in range(1, half + 1))
    known = any(example in plain for example in WELL_KNOWN_SECRETS)
    return known or repeats or len(set(secret)) < min(LEAST_DIFFERENT_CHARS, len(secret) // 2)


def address_problems(config: dict[str, Any]) -> list[str]:
    """What is wrong with the address that people use."""
    host = _host(config["BASE_URL"])
    if host is None:
        return ["BASE_URL is an address without a path, such as https://park.example."]
    parts = urlsplit(config["BASE_URL"])
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.username:
        return ["BASE_URL is an address without a path, such as https://park.example."]
    found = []
    if parts.scheme == "http" and not is_loopback(host) and not config["PLAIN_HTTP"]:
        found.append("BASE_URL is not https: passwords would cross the network in the clear (PLAIN_HTTP=1 allows it).")
    if parts.scheme == "https" and not config["SESSION_COOKIE_SECURE"]:
        found.append("SESSION_COOKIE_SECURE is off although BASE_URL is https.")
    if "*" in (config["TRUSTED_HOSTS"] or []):
        found.append("TRUSTED_HOSTS names hosts; a star would trust whatever a stranger sends.")
    if config["PROXY_HOPS"] < 0:
        found.append("PROXY_HOPS must not be negative.")
    if config["SECOND_FACTOR"] == "optional" and not is_loopback(host) and not config.get("TESTING"):
        found.append("SECOND_FACTOR is optional on this machine alone: at a public BASE_URL it is required.")
    return found


def gateway_problems(config: dict[str, Any]) -> list[str]:
    """What is wrong with the settings of card payments: half a configuration is worse than none."""
    chosen, key, secret = config["PAYMENT_GATEWAY"], config["STRIPE_SECRET_KEY"], config["STRIPE_WEBHOOK_SECRET"]
    found = []
    if chosen not in GATEWAYS:
        found.append("PAYMENT_GATEWAY is stripe, local, off, or not set.")
    if bool(key) != bool(secret):
        missing = "STRIPE_WEBHOOK_SECRET" if key else "STRIPE_SECRET_KEY"
        found.append(f"{missing} is missing: Stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET together.")
    if key and (not key.startswith(STRIPE_KEY_PREFIXES) or len(key) < MIN_SECRET_CHARS):
        found.append("STRIPE_SECRET_KEY is not a secret key of Stripe (sk_live_..., sk_test_...).")
    if secret and (not secret.startswith("whsec_") or len(secret) < MIN_SECRET_CHARS):
        found.append("STRIPE_WEBHOOK_SECRET is not the signing secret of a webhook of Stripe (whsec_...).")
    if chosen == "stripe" and not key:
        found.append("PAYMENT_GATEWAY is stripe, but STRIPE_SECRET_KEY is not set.")
    if chosen == "local" and key:
        found.append("PAYMENT_GATEWAY is local, which moves no money, while the keys of Stripe are set.")
    if config["STRIPE_API_BASE"] != STRIPE_API_BASE and "_live_" in key:
        found.append("STRIPE_API_BASE is for tests: a live key goes to Stripe and nowhere else.")
    if not config["STRIPE_API_VERSION"]:
        found.append("STRIPE_API_VERSION is empty.")
    return found
