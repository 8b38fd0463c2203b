"""Finding out whether LabPark is right (test), how right (prove) and how fast (bench)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from commands.environment import PYTHON, TO_TEST, VENV, ensure, version_of
from commands.terminal import ROOT, Refused, apt_install, quietly, say

PROOF_TIMEOUT_SECONDS = 1800  # one proof; an ordinary test has the limit in pyproject.toml
NOTHING_SELECTED = 5  # pytest's exit code
ENGINES = ("SQLite", "PostgreSQL")
WORKERS = 2  # races and time limits are tried on processors that have time for them; -n 4 as an argument wins
CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
SIDE_BY_SIDE = ("-q", "-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder")
FULL_ROUNDS: tuple[tuple[str, ...], dict[str, str]] = (
    (*SIDE_BY_SIDE, "-v", "-v", "-rfExXsP", f"--timeout={PROOF_TIMEOUT_SECONDS}"),
    {"PROVE": "1"},
)
PROOFS: tuple[tuple[str, str, str, tuple[str, ...], dict[str, str]], ...] = (
    ("Proofs on SQLite", "SQLite", "prove", *FULL_ROUNDS),
    ("Proofs on PostgreSQL", "PostgreSQL", "prove and not browser", *FULL_ROUNDS),
    # What an ordinary run tries on SQLite alone, so that with it every test has run on both.
    ("The rest on PostgreSQL", "PostgreSQL", "not (prove or browser or database_matters)", SIDE_BY_SIDE, {}),
)
"""Title, engine, which tests, how, and in which environment."""
INSPECTIONS = (
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("lint-imports", [str(VENV / "bin" / "lint-imports"), "--no-cache"]),
    ("mypy", ["-m", "mypy"]),
    ("djlint", ["-m", "djlint", "app", "--lint", "--quiet"]),
)
LEFTOVERS = (".pytest_cache", ".hypothesis", ".ruff_cache", ".mypy_cache", ".import_linter_cache", "htmlcov")


class Tally(NamedTuple):
    """What one run of pytest came to; an error around a test counts as a failure."""

    passed: int
    failed: int


def find_chromium(environ: Mapping[str, str]) -> str | None:
    named = environ.get("CHROMIUM_PATH")
    if named and not shutil.which(named):
        raise Refused(f"CHROMIUM_PATH names {named}, which is no program: unset it, or name a Chromium.")
    found = (shutil.which(name, path=environ.get("PATH")) for name in (named, *CHROMIUM_NAMES) if name)
    return next((path for path in found if path), None)


def get_chromium(environ: Mapping[str, str]) -> str:
    found = find_chromium(environ)
    if not found and apt_install("chromium", "fonts-noto-cjk"):
        found = find_chromium(environ)
    if not found:
        raise Refused(
            "Chromium is missing for the browser tests: sudo apt install chromium fonts-noto-cjk"
            " (elsewhere set CHROMIUM_PATH; NO_BROWSER=1 leaves these tests out)"
        )
    return found


def step(name: str, good: bool, start: float) -> str:
    return f"{name:<21} {'ok' if good else 'NOT CLEAN':<9} {time.monotonic() - start:6.1f} s"


def inspect() -> list[str]:
    """Run the inspectors, one line each; the names of those with complaints."""
    unclean = []
    for name, command in INSPECTIONS:
        start = time.monotonic()
        good, output = quietly([PYTHON, *command])
        say(step(name, good, start))
        if not good:
            say(output.rstrip())
            unclean.append(name)
    return unclean


def narrowed(own: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """Arguments for pytest, which keeps only the last -m: a person's -m narrows ours instead of replacing it."""
    rest, expressions = list(arguments), [expression for expression in own if expression]
    while "-m" in rest[:-1]:
        place = rest.index("-m")
        expressions.append(rest[place + 1])
        del rest[place : place + 2]
    joined = " and ".join(f"({expression})" for expression in expressions)
    return ["-m", joined, *rest] if joined else rest


def tally(output: str, code: int) -> Tally:
    """Read pytest's last line. A run that broke off without one counts as one failure."""
    summaries = [line for line in without_colour(output).splitlines() if re.search(r" in \d+\.\d+s\b", line)]
    found = re.findall(r"(\d+) (passed|failed|error)", summaries[-1]) if summaries else []
    counts = {word: int(number) for number, word in found}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    broken_off = not failed and code not in (0, NOTHING_SELECTED)
    return Tally(counts.get("passed", 0), failed + broken_off)


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def pytest(engine: str, arguments: Sequence[str], extra: Mapping[str, str]) -> tuple[int, str]:
    """Run pytest on one engine, showing what it says as it says it. pytest's exit code, and all it said."""
    environment = {**os.environ, **extra, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TEST_ENGINE": engine.lower()}
    command = [PYTHON, "-m", "pytest", f"--color={'yes' if sys.stdout.isatty() else 'no'}", *arguments]
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    )
    said = b""
    try:
        while child.stdout and (chunk := child.stdout.read(65536)):
            said += chunk
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise
    return child.wait(), said.decode(errors="replace")


def report(tallies: Mapping[str, Tally]) -> None:
    say("Tests that ran: " + ", ".join(f"{one.passed + one.failed} on {name}" for name, one in tallies.items()))
    say(f"{sum(one.passed for one in tallies.values())} passed, {sum(one.failed for one in tallies.values())} failed")


def browser_tests() -> tuple[str | None, str]:
    """Path of a Chromium and why there is none: exactly one of the two. Without one, browser tests stay out."""
    if os.environ.get("NO_BROWSER") == "1":
        return None, "Browser tests are left out: NO_BROWSER=1"
    try:
        return get_chromium(os.environ), ""
    except Refused as refusal:
        return None, str(refusal)


def test(arguments: Sequence[str]) -> int:
    ensure(TO_TEST)
    unclean = inspect()
    chromium, missing = browser_tests()
    if missing:
        say(missing)
        unclean += [] if os.environ.get("NO_BROWSER") == "1" else ["Chromium"]
    everywhere = "" if chromium else "not browser"
    tallies, codes = {}, set()
    for engine, own in zip(ENGINES, ("", "database_matters")):
        say(f"pytest on {engine}")
        start = time.monotonic()
        chosen = [*SIDE_BY_SIDE, *narrowed((own, everywhere), arguments)]
        code, output = pytest(engine, chosen, {"CHROMIUM_PATH": chromium} if chromium else {})
        tallies[engine] = tally(output, code)
        codes.add(code)
        # A person's selection may find nothing on one database; the whole suite may not.
        good = code == 0 or (code == NOTHING_SELECTED and bool(arguments))
        say(step(f"pytest on {engine}", good, start))
        unclean += [] if good else [f"pytest on {engine}"]
    if codes == {NOTHING_SELECTED}:
        unclean.append("no test was selected")
    if unclean:
        say("Not clean: " + ", ".join(unclean))
    report(tallies)
    return 1 if unclean else 0


def without_machine(text: str) -> str:
    """A log that may be shown: no path of this machine, no colours."""
    text = without_colour(text)
    for path, name in ((ROOT, "."), (ROOT.parent, ".."), (Path.home(), "~"), (Path(tempfile.gettempdir()), "TMP")):
        if len(path.parts) > 1:
            text = text.replace(str(path), name)
    return text


def prove(arguments: Sequence[str]) -> int:
    ensure(TO_TEST)
    path = ROOT / "docs" / "proof" / time.strftime("%Y-%m-%d-%H%M.txt", time.gmtime())
    path.parent.mkdir(parents=True, exist_ok=True)
    known, commit = quietly(["git", "rev-parse", "--short", "HEAD"])
    python = ".".join(map(str, version_of(PYTHON) or ()))
    tallies: dict[str, Tally] = {}
    codes = []
    with path.open("w", encoding="utf-8") as log:
        log.write(f"Commit {commit.strip() if known else 'unknown'}, Python {python}, {os.cpu_count()} processors\n")
        for title, engine, expression, how, extra in PROOFS:
            say(title)
            code, output = pytest(engine, [*how, *narrowed((expression,), arguments)], extra)
            log.write(f"\n{title}\n\n{without_machine(output)}")
            log.flush()  # the next part may take an hour, and a power cut does not wait for it
            before, now = tallies.get(engine, Tally(0, 0)), tally(output, code)
            tallies[engine] = Tally(before.passed + now.passed, before.failed + now.failed)
            # A person's selection may hold nothing of a kind; the whole may not.
            codes.append(code if code != NOTHING_SELECTED or not arguments else 0)
    say(f"The log is {path.relative_to(ROOT)}")
    report(tallies)
    return 1 if any(codes) else 0


def bench(arguments: Sequence[str]) -> int:
    if not (ROOT / "bench").is_dir():
        say("There is nothing to measure yet: no folder bench/.")
        return 0
    ensure(TO_TEST)
    return subprocess.run([PYTHON, "-m", "bench", *arguments], cwd=ROOT, check=False).returncode


def clean(arguments: Sequence[str]) -> int:
    for name in LEFTOVERS:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for area in ("app", "bench", "commands", "migrations", "tests"):
        for cache in (ROOT / area).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    return 0
