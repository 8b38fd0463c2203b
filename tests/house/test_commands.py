"""The commands behind `make`: what they refuse and with which sentence, and what they leave behind."""

import ast
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from commands.checking import Tally, find_chromium, narrowed, tally, without_machine
from commands.environment import fits, locked, stamp_of, version_of
from commands.serving import address, open_instance, settings, url_of
from commands.terminal import ROOT, Refused

SOURCES = [ROOT / "dev.py", *sorted((ROOT / "commands").glob("*.py"))]
WARM_START_LOADS = 5
"""How often the program may be loaded, one after the other, in the time of a warm start: a quiet machine loads it in
about 1.5 s, and 8 s is the goal there; on a busy one both take longer."""
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.MULTILINE)


def dev(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def program(path: Path, text: str = "#!/bin/sh\nexit 127\n") -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


# A wrong Python


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_the_commands_are_readable_for_python_3_9_and_need_only_the_standard_library(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 9))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).split(".")[0] for name in named} <= {*sys.stdlib_module_names, "commands"}


def test_only_python_3_11_to_3_13_fits() -> None:
    candidates = [None, (3, 9, 18), (3, 10, 13), (3, 11, 0), (3, 12, 1), (3, 13, 9), (3, 14, 0), (4, 0, 0)]
    assert [version for version in candidates if fits(version)] == [(3, 11, 0), (3, 12, 1), (3, 13, 9)]


def test_a_missing_or_broken_interpreter_has_no_version(tmp_path: Path) -> None:
    assert version_of(sys.executable) == sys.version_info[:3]
    assert version_of(str(tmp_path / "python3.12")) is None
    assert version_of(str(program(tmp_path / "python3.12"))) is None


def test_without_a_fitting_python_one_sentence_names_the_cure(tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys._base_executable = '/nonexistent'\n"
        "from commands.environment import Refused, supported_python\n"
        "try: supported_python()\nexcept Refused as refusal: print(refusal)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("LabPark needs Python 3.11, 3.12 or 3.13, but this is ")
    assert "make PYTHON=" in said
    assert len(said.splitlines()) == 1


# The environment


def test_a_stamp_changes_with_the_lock_file_and_with_the_python_version(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("flask==3.1.3\n")
    first = stamp_of(lock, (3, 11, 7))
    assert stamp_of(lock, (3, 11, 7)) == first
    assert stamp_of(lock, (3, 12, 1)) != first
    lock.write_text("flask==3.1.4\n")
    assert stamp_of(lock, (3, 11, 7)) != first


def test_the_installer_is_taken_from_the_lock_with_its_hashes() -> None:
    block = locked("uv", (ROOT / "requirements-dev.txt").read_text())
    assert block.startswith("uv==")
    assert block.count("==") == 1
    assert "--hash=sha256:" in block


def test_a_package_that_is_not_locked_is_refused() -> None:
    with pytest.raises(Refused, match=r"dev\.py lock"):
        locked("uv", "uvicorn==1.0 \\\n    --hash=sha256:00\n")


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_direct_requirement_is_locked_at_its_pin_with_hashes(name: str) -> None:
    wanted = dict(PIN.findall((ROOT / f"{name}.in").read_text()))
    lock = (ROOT / f"{name}.txt").read_text()
    lines = [line for line in (ROOT / f"{name}.in").read_text().splitlines() if line and line[0] not in "#-"]
    assert len(wanted) == len(lines), "every line of the .in file is an exact pin"
    assert wanted.items() <= dict(PIN.findall(lock)).items()
    for package, _ in PIN.findall(lock):
        assert "--hash=sha256:" in locked(package, lock), package


def test_both_locks_agree_where_they_name_the_same_package() -> None:
    run, develop = (
        set(PIN.findall((ROOT / f"{name}.txt").read_text())) for name in ("requirements", "requirements-dev")
    )
    assert {package for package, _ in run - develop}.isdisjoint(package for package, _ in develop - run)


@pytest.mark.parametrize("name", ["requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt"])
def test_the_requirements_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host|^/|@ file", text, re.MULTILINE)


# run


def test_a_busy_port_is_refused_in_one_sentence_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = dev("run", PORT=str(port), HOST="127.0.0.1", INSTANCE_PATH=str(tmp_path / "instance"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is already in use")
    assert "make run" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８０"])
def test_a_port_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(Refused, match="PORT must be a number"):
        address({"PORT": port})


def test_the_address_has_sober_defaults() -> None:
    assert address({}) == ("127.0.0.1", 8000)
    assert address({"HOST": "::", "PORT": "9000"}) == ("::", 9000)
    assert url_of("0.0.0.0", 9000) == "http://127.0.0.1:9000"
    assert url_of("::", 9000) == "http://[::1]:9000"


def test_an_unknown_verb_shows_the_verbs() -> None:
    done = dev("rnu")
    assert done.returncode == 2
    assert "run      start LabPark" in done.stdout


def test_a_variable_already_set_wins_over_the_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment\nPORT=9000\nexport HOST = '0.0.0.0'\nnonsense\n#SECRET_KEY=x\n", encoding="utf-8")
    assert settings(file, {"PORT": "9100"}) == {"PORT": "9100", "HOST": "0.0.0.0"}
    assert settings(tmp_path / "missing", {"PORT": "9100"}) == {"PORT": "9100"}


def test_the_example_names_exactly_the_settings_that_are_read() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config.py").read_text(encoding="utf-8")))
    shown = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert shown == read


def test_the_instance_folder_is_closed_to_others_and_keeps_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "instance"
    open_instance(folder)
    key = (folder / "secret_key").read_text()
    assert len(key.strip()) == 64
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    open_instance(folder)
    assert (folder / "secret_key").read_text() == key
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_half_a_key_left_by_a_crash_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    open_instance(tmp_path)
    assert len((tmp_path / "secret_key").read_text().strip()) == 64


def seconds_to_load(environment: dict[str, str]) -> float:
    """How long this machine takes at this moment to load the program once."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, env=environment, check=True)
    return time.monotonic() - began


@pytest.mark.slow
def test_run_starts_answers_starts_again_quickly_and_stops_cleanly(tmp_path: Path) -> None:
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "TEST_ENGINE", "SECRET_KEY")}
    # What fills the demo park has tests of its own (tests/cli/test_seed.py) and takes a minute and a half.
    environment |= {
        "PORT": str(port), "HOST": "127.0.0.1", "INSTANCE_PATH": str(tmp_path / "instance"), "DEMO_PARK": "0",
    }  # fmt: skip
    before = seconds_to_load(environment)
    for start in ("first", "warm"):
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, str(ROOT / "dev.py"), "run"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout
                said = []
                for line in process.stdout:
                    said.append(line)
                    if "LabPark is running at" in line:
                        break
                took = time.monotonic() - began
                assert said, "".join(said)
                assert f"http://127.0.0.1:{port}" in said[-1], "".join(said)
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
                    assert answer.status == 200
            finally:
                process.send_signal(signal.SIGTERM)
                rest = process.communicate(timeout=30)[0]
        assert process.returncode == 0, rest
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)
        if start == "warm":
            assert took < WARM_START_LOADS * max(before, seconds_to_load(environment))


# test and prove


def test_a_chromium_is_found_by_name_on_the_path_or_by_its_variable(tmp_path: Path) -> None:
    first, second = program(tmp_path / "chromium"), program(tmp_path / "my-chromium")
    assert find_chromium({"PATH": str(tmp_path)}) == str(first)
    assert find_chromium({"PATH": str(tmp_path), "CHROMIUM_PATH": str(second)}) == str(second)


def test_a_chromium_path_that_names_no_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chromium").write_text("not executable")
    with pytest.raises(Refused, match="CHROMIUM_PATH names"):
        find_chromium({"PATH": str(tmp_path), "CHROMIUM_PATH": str(tmp_path / "chromium")})


def test_a_persons_marker_narrows_the_selection_instead_of_replacing_it() -> None:
    assert narrowed(("", ""), ["-k", "award"]) == ["-k", "award"]
    assert narrowed(("database_matters", "not browser"), ["-m", "slow", "-x"]) == [
        "-m",
        "(database_matters) and (not browser) and (slow)",
        "-x",
    ]


@pytest.mark.parametrize(
    "output, code, expected",
    [
        ("....\n4 passed in 0.31s\n", 0, Tally(4, 0)),
        ("=== 1 failed, 3 passed, 2 skipped, 1 error in 61.20s (0:01:01) ===\n", 1, Tally(3, 2)),
        ("\x1b[32m\x1b[1m12 passed\x1b[0m, 2 warnings\x1b[32m in 1.00s\x1b[0m\n", 0, Tally(12, 0)),
        ("no tests ran in 0.02s\n", 5, Tally(0, 0)),
        ("ImportError while loading conftest\n", 4, Tally(0, 1)),
        ("3 passed in 0.10s\n", 3, Tally(3, 1)),
    ],
)
def test_the_tally_reads_pytests_last_line(output: str, code: int, expected: Tally) -> None:
    assert tally(output, code) == expected


def test_a_proof_log_names_no_path_of_this_machine() -> None:
    text = f"\x1b[31m{ROOT}/tests/a.py {ROOT.parent}/shared {Path.home()}/x\x1b[0m"
    shown = without_machine(text)
    assert shown.startswith("./tests/a.py ../shared ")
    assert str(Path.home()) not in shown
