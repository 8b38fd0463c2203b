"""Settings, read from the environment once at start. Every one is described in docs/configuration.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from environs import Env

ROOT = Path(__file__).resolve().parent
MIN_SECRET_CHARS = 32
STRIPE_API_BASE = "https://api.stripe.com"
STRIPE_API_VERSION = "2026-10-28.endive"
"""What the adapter was written against; Stripe answers in the shape of the version that a request names."""
STRIPE_KEY_PREFIXES = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
GATEWAYS = ("", "stripe", "local", "off")

SECURITY_LOG_DAYS = 180
"""Least time for which the security log is kept (Cybersecurity Law, art. 23: six months)."""

RETENTION_DAYS = {
    "RETENTION_SESSION_DAYS": 7,
    "RETENTION_LINK_DAYS": 30,
    "RETENTION_IDEMPOTENCY_DAYS": 0,
    "RETENTION_SECURITY_DAYS": SECURITY_LOG_DAYS,
    "RETENTION_NOTICE_DAYS": 90,
    "RETENTION_DELIVERY_DAYS": 30,
}
"""Setting -> days that rows are kept after they have had their day."""


def settings() -> dict[str, Any]:
    """The environment as Flask configuration; a plain error for a value that cannot be read."""
    env = Env()
    instance = Path(env.str("INSTANCE_PATH", str(ROOT / "instance"))).resolve()
    host, port = env.str("HOST", "127.0.0.1"), env.int("PORT", 8000)
    base_url = env.str("BASE_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104
    return {
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": env.str("SECRET_KEY", _stored_secret(instance)),
        "SQLALCHEMY_DATABASE_URI": database_url(env.str("DATABASE_URL", f"sqlite:///{instance / 'labpark.sqlite'}")),
        "BASE_URL": base_url.rstrip("/"),
        "TRUSTED_HOSTS": env.list("TRUSTED_HOSTS", None),
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
        "FILE_QUOTA_MB": env.int("FILE_QUOTA_MB", 2_048),
        "PAYMENT_GATEWAY": env.str("PAYMENT_GATEWAY", ""),
        "STRIPE_SECRET_KEY": env.str("STRIPE_SECRET_KEY", ""),
        "STRIPE_WEBHOOK_SECRET": env.str("STRIPE_WEBHOOK_SECRET", ""),
        "STRIPE_API_BASE": env.str("STRIPE_API_BASE", STRIPE_API_BASE).rstrip("/"),
        "STRIPE_API_VERSION": env.str("STRIPE_API_VERSION", STRIPE_API_VERSION),
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
}


def database_url(url: str) -> str:
    """PostgreSQL URLs of any spelling go to psycopg 3."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _stored_secret(instance: Path) -> str:
    stored = instance / "secret_key"
    return stored.read_text().strip() if stored.is_file() else ""


def problems(config: dict[str, Any]) -> list[str]:
    """Why the program must not start with this configuration, one plain sentence each."""
    found = []
    if len(config["SECRET_KEY"] or "") < MIN_SECRET_CHARS:
        found.append(f"SECRET_KEY is missing or shorter than {MIN_SECRET_CHARS} characters.")
    if config.get("DEBUG"):
        found.append("Debug mode is on; it shows internals to strangers.")
    if config["CHEAP_PASSWORDS"] and not config.get("TESTING"):
        found.append("CHEAP_PASSWORDS is for tests only.")
    found += [f"{name} must not be negative." for name in RETENTION_DAYS if config.get(name, 0) < 0]
    if 0 <= config.get("RETENTION_SECURITY_DAYS", SECURITY_LOG_DAYS) < SECURITY_LOG_DAYS:
        found.append(f"RETENTION_SECURITY_DAYS must be at least {SECURITY_LOG_DAYS}: the law asks for the log.")
    return found + gateway_problems(config)


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
