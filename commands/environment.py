"""The environment everything runs in: .venv, with exactly what the lock files say."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from commands.terminal import ROOT, Refused, apt_install, quietly, say

VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
OLDEST, NEWEST = (3, 11), (3, 13)
TO_RUN = ("requirements.txt",)
TO_TEST = ("requirements.txt", "requirements-dev.txt")


def version_of(python: str) -> tuple[int, ...] | None:
    """Version of an interpreter, None where it is missing or broken (a shim without a version counts as broken)."""
    good, output = quietly([python, "-c", "import sys; print(*sys.version_info[:3])"])
    words = output.split()
    return tuple(map(int, words)) if good and len(words) == 3 else None


def fits(version: tuple[int, ...] | None) -> bool:
    return version is not None and OLDEST <= version[:2] <= NEWEST


def supported_python() -> str:
    """This interpreter where it fits, otherwise the newest fitting one on PATH."""
    own = getattr(sys, "_base_executable", None) or sys.executable
    for candidate in (own, "python3.13", "python3.12", "python3.11"):
        if fits(version_of(candidate)):
            return candidate
    raise Refused(
        f"LabPark needs Python 3.11, 3.12 or 3.13, but this is {platform.python_version()} and no other was found:"
        " install one of them, or name it: make PYTHON=/path/to/python3.12 run"
    )


def make_venv() -> None:
    python = supported_python()
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if not quietly([python, "-c", "import ensurepip, venv"])[0]:
        package = "python{}.{}-venv".format(*(version_of(python) or OLDEST))
        if not apt_install(package):
            raise Refused(f"This Python cannot make virtual environments; on Debian or Ubuntu: apt install {package}")
    good, output = quietly([python, "-m", "venv", str(VENV)])
    if not good:
        raise Refused(f"The virtual environment could not be made: {output.strip()}")


def stamp_of(lock_file: Path, version: tuple[int, ...] | None) -> str:
    """What has to be equal for an installation to be still good: the lock file's bytes and the Python version."""
    return hashlib.sha256(repr(version).encode() + lock_file.read_bytes()).hexdigest()


def installed(name: str, version: tuple[int, ...] | None) -> bool:
    stamp = VENV / f"installed-{name}"
    return stamp.is_file() and stamp.read_text() == stamp_of(ROOT / name, version)


def locked(package: str, lock: str) -> str:
    """The lines of one package in a lock file: its pin and its hashes."""
    found = re.search(rf"^{re.escape(package)}==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if not found:
        raise Refused(f"{package} is missing in requirements-dev.txt: python3 dev.py lock")
    return found.group()


def get_uv() -> bool:
    """Put uv into .venv, the version and hashes of the lock; False where that does not work here."""
    if quietly([PYTHON, "-m", "uv", "--version"])[0]:
        return True
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(locked("uv", (ROOT / "requirements-dev.txt").read_text()))
        return quietly([PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(wanted)])[0]


def uv_environment() -> dict[str, str]:
    """uv must not fetch interpreters, trusts whom the system trusts (an institute's proxy), and does not read pip's
    settings: a mirror chosen for pip is passed on."""
    environment = {"UV_SYSTEM_CERTS": "true", **os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(environment):
        good, mirror = quietly([PYTHON, "-m", "pip", "config", "get", "global.index-url"])
        mirror = environment.get("PIP_INDEX_URL") or (mirror.strip() if good else "")
        if mirror:
            environment["UV_DEFAULT_INDEX"] = mirror
    return environment


def install(names: Sequence[str]) -> None:
    say("Installing " + " and ".join(names) + " into .venv")
    files = [argument for name in names for argument in ("-r", name)]
    if get_uv():
        command = [PYTHON, "-m", "uv", "pip", "install", "-q", "--python", PYTHON, "--require-hashes", *files]
        good, output = quietly(command, uv_environment())
        if good:
            return
        say(f"uv could not install: {output.strip()}")
    say("Using pip, which takes some minutes")
    good, output = quietly([PYTHON, "-m", "pip", "install", "-q", "--require-hashes", *files])
    if not good:
        raise Refused(f"{output.strip()}\nThe packages could not be installed: check the network, then try again.")


def keep_bytecode() -> None:
    """Let every child keep what it compiles, in .venv and not beside the sources.

    Installers leave the packages uncompiled, and some machines (containers above all) are set up to keep no bytecode:
    there each of the many processes of a run would compile two thousand modules anew, which takes longer than its work.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")


def ensure(names: Sequence[str]) -> None:
    """Have .venv with these lock files installed. Two callers at once wait for each other."""
    with open(__file__, "rb") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not fits(version_of(PYTHON)):
            make_venv()
        version = version_of(PYTHON)
        if all(installed(name, version) for name in names):
            return
        install(names)
        for name in names:
            (VENV / f"installed-{name}").write_text(stamp_of(ROOT / name, version))


def setup(arguments: Sequence[str]) -> int:
    ensure(TO_TEST)
    say("Ready: make run, make test")
    return 0


def lock(arguments: Sequence[str]) -> int:
    """One lock for all supported versions and platforms; no index address in it, so that a mirror serves as well."""
    ensure(TO_TEST)
    how = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header", "-q"]
    silent = ["--no-emit-index-url", "--no-emit-find-links"]
    for source in ("requirements.in", "requirements-dev.in"):
        target = source.replace(".in", ".txt")
        command = [PYTHON, "-m", "uv", "pip", "compile", *how, *silent, source, "-o", target, *arguments]
        good, output = quietly(command, uv_environment())
        if not good:
            raise Refused(output.strip())
    return setup(())
