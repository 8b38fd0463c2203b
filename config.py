"""Settings, read from the environment once at start. Every one is described in docs/configuration.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from environs import Env

ROOT = Path(__file__).resolve().parent
MIN_SECRET_CHARS = 32

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
    return found
