"""Talking to the person at the terminal, and to other programs without bothering them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Refused(Exception):
    """A sentence for the person at the terminal, with the cure in it; shown without a traceback."""


def say(text: str) -> None:
    print(text, flush=True)


def quietly(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[bool, str]:
    """Run to the end without showing anything: whether it went well, and all it said."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        return False, str(error)
    return done.returncode == 0, done.stdout


def apt_install(*packages: str) -> bool:
    """As root on Debian or Ubuntu put system packages in place; elsewhere change nothing and say False."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("Installing " + " ".join(packages) + " with apt-get")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    quietly(["apt-get", "update", "-q"], environment)
    good, output = quietly(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], environment)
    if not good:
        say(output)
    return good
