"""The index on disk: damage is found, sudden death does none."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.catalogue.engine import Card, Index, IndexDamaged, Search, Writer, check, manifest, schema
from tests.catalogue.test_engine_corpus import CARDS

ROOT = Path(__file__).resolve().parents[2]
KILLS = 12 if os.environ.get("PROVE") == "1" else 3


def build(folder: Path, cards: tuple[Card, ...] = CARDS) -> None:
    with Writer(folder) as writer:
        writer.apply(cards[:20], cursor=1)
        writer.apply(cards[20:], cursor=2)


def generation(folder: Path) -> Path:
    found = manifest.read(folder)
    assert found is not None
    return folder / found.generation


# Damage


def test_a_sound_index_has_no_damage_and_a_missing_one_has(tmp_path: Path) -> None:
    assert check(tmp_path) == ["manifest.json: missing"]
    assert check(tmp_path / "none") == ["manifest.json: missing"]
    build(tmp_path)
    assert check(tmp_path) == []


@pytest.mark.parametrize("harm", ["flip", "truncate", "empty", "remove"])
@pytest.mark.parametrize(
    "part", ["idx", "term", "store", "fast", "fieldnorm", "meta.json", ".managed.json", "manifest"]
)
def test_damage_is_found_and_a_rebuild_repairs_it(tmp_path: Path, part: str, harm: str) -> None:
    build(tmp_path)
    if part == "manifest":
        target = tmp_path / "manifest.json"
    else:
        target = max(generation(tmp_path).glob(f"*{part}"), key=lambda p: p.stat().st_size)
    raw = target.read_bytes()
    if harm == "remove":
        target.unlink()
    else:
        middle = len(raw) // 2
        flipped = raw[:middle] + bytes([raw[middle] ^ 0xFF]) + raw[middle + 1 :]
        target.write_bytes({"flip": flipped, "truncate": raw[:middle], "empty": b""}[harm])
    problems = check(tmp_path)
    assert problems
    assert all(str(tmp_path) not in p for p in problems), "no machine path in a message"
    with Writer(tmp_path) as writer:
        if (part, harm) != ("manifest", "remove"):  # without a manifest the index is a new one
            assert writer.damage
            with pytest.raises(IndexDamaged):
                writer.apply(CARDS[:1], cursor=5)
        assert writer.cursor == 0
        writer.rebuild(CARDS, cursor=6)
        writer.apply([], gone=["cen-1"], cursor=7)
    assert check(tmp_path) == []
    assert Index(tmp_path).count() == len(CARDS) - 1


def test_an_index_of_another_format_is_damage_and_finds_nothing(tmp_path: Path) -> None:
    build(tmp_path)
    path = tmp_path / "manifest.json"
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"format": "0/tantivy-0.1"}))
    assert check(tmp_path) == [f"manifest.json: format 0/tantivy-0.1, needed is {schema.format_name()}"]
    assert Index(tmp_path).search(Search()).total == 0
    with Writer(tmp_path) as writer, pytest.raises(IndexDamaged):
        writer.apply(CARDS, cursor=1)


def test_a_reader_says_when_it_cannot_open_the_index(tmp_path: Path) -> None:
    build(tmp_path)
    (generation(tmp_path) / "meta.json").unlink()
    with pytest.raises(IndexDamaged):
        Index(tmp_path).search(Search())


READER = """
import sys
from pathlib import Path
from app.catalogue.engine import Index, IndexDamaged, Search
for folder in sys.argv[1:]:
    found = Index(Path(folder))
    try:
        for search in (Search(text="离心机"), Search(text="pipete"), Search(sort="price"), Search(kinds=("goods",))):
            found.search(search)
        found.suggest("cen")
        print("answered", flush=True)
    except IndexDamaged:
        print("refused", flush=True)
"""


def _read(folders: list[Path]) -> list[str]:
    """What readers say of damaged indexes, in processes of their own: the engine may abort the one it runs in."""
    outcomes: list[str] = []
    while len(outcomes) < len(folders):
        rest = [str(folder) for folder in folders[len(outcomes) :]]
        child = subprocess.run(
            [sys.executable, "-c", READER, *rest], cwd=ROOT, capture_output=True, text=True, check=False
        )
        outcomes += child.stdout.split()
        if child.returncode:
            assert child.returncode < 0, child.stderr  # died of a signal; an exception would be a defect of ours
            outcomes.append("died")
    return outcomes


@pytest.mark.prove
@pytest.mark.timeout(300)
def test_flipped_bytes_are_always_noticed_and_readers_never_say_anything_else_than_damaged(tmp_path: Path) -> None:
    """Whoever starts on an index checks it first; what a reader does that did not is counted here."""
    chance = random.Random(20261123)
    sound = tmp_path / "sound"
    build(sound)
    harmed_ones: list[Path] = []
    for number in range(400 if os.environ.get("PROVE") == "1" else 40):
        harmed = tmp_path / str(number)
        shutil.copytree(sound, harmed)
        segments = sorted(p for p in generation(harmed).iterdir() if p.suffix[1:] in manifest.COMPONENTS)
        target = chance.choice(segments)
        data = bytearray(target.read_bytes())
        for _ in range(chance.choice((1, 8, 64))):
            data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        if bytes(data) == target.read_bytes():
            continue  # two flips of the same byte
        target.write_bytes(data)
        assert check(harmed), target.suffix
        harmed_ones.append(harmed)
    outcomes = _read(harmed_ones)
    assert len(outcomes) == len(harmed_ones)
    print({word: outcomes.count(word) for word in ("answered", "refused", "died")})


def test_whoever_changes_the_fields_raises_the_format(tmp_path: Path) -> None:
    build(tmp_path)
    fields = json.loads((generation(tmp_path) / "meta.json").read_text())["schema"]
    names = " ".join(sorted(f"{field['name']}:{field['type']}" for field in fields))
    assert (schema.FORMAT, names) == (
        3,
        (
            "also:text attributes:json_object body:text brand:text category:text code:text currency:text head:text "
            "id:text initial:text kind:text label:bytes lead:i64 lead_days:i64 on_request:bool path:text "
            "price:i64 price_down:i64 price_up:i64 row:bytes sound:text "
            "supplier:text tie:i64 title:text vocabulary:text weight:f64"
        ),
    )


# Sudden death

BATCH = 25


def batch(number: int) -> tuple[list[Card], list[str]]:
    """The cards of one commit, and what it takes out: some ids come again with a new version, some go."""
    cards = [
        dataclasses.replace(CARDS[n % len(CARDS)], id=f"k-{(number * 7 + n) % 90}", version=number)
        for n in range(BATCH)
    ]
    return cards, [f"k-{(number * 7 + 40) % 90}"]


def state(last: int) -> dict[str, int]:
    out: dict[str, int] = {}
    for number in range(1, last + 1):
        cards, gone = batch(number)
        out |= {c.id: c.version for c in cards}
        for each in gone:
            out.pop(each, None)
    return out


WRITER = """
import pathlib, sys
from app.catalogue.engine import Writer
from tests.catalogue.test_engine_damage import batch
writer = Writer(pathlib.Path(sys.argv[1]))
while True:
    number = writer.cursor + 1
    cards, gone = batch(number)
    writer.apply(cards, gone, cursor=number)
    print(number, flush=True)
"""


@pytest.mark.prove
@pytest.mark.timeout(300)
def test_kills_during_commits_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(time.time_ns())
    for kill in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged = 0
        for _ in range(chance.randrange(2, 8)):
            acknowledged = int(process.stdout.readline())
        time.sleep(chance.random() * 0.08)
        process.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in process.stdout if line.endswith("\n"))])
        process.wait()
        process.stdout.close()
        assert check(tmp_path) == [], f"kill {kill}"
        with Writer(tmp_path) as writer:  # the lock is free at once
            cursor = writer.cursor
            assert cursor >= acknowledged
            # the commit after the cursor may be there as well; it is applied again and changes nothing
            assert Index(tmp_path).versions() in (state(cursor), state(cursor + 1))
            cards, gone = batch(cursor + 1)
            writer.apply(cards, gone, cursor=cursor + 1)
        assert Index(tmp_path).versions() == state(cursor + 1)
        assert check(tmp_path) == []
    print(f"{KILLS} kills, {cursor + 1} commits")


@pytest.mark.prove
def test_death_between_commit_and_manifest_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with Writer(tmp_path) as writer, monkeypatch.context() as patch:
        patch.setattr(manifest, "write", die)  # the moment after the engine's commit
        with pytest.raises(KeyboardInterrupt):
            writer.apply([], gone=["cen-1", "cen-2"], cursor=3)
    assert check(tmp_path) == []
    newest = max(generation(tmp_path).glob("*.del"), key=lambda p: p.stat().st_mtime_ns)
    with Writer(tmp_path) as writer:
        assert writer.cursor == 2
        writer.apply([], gone=["cen-1", "cen-2"], cursor=3)
    assert check(tmp_path) == []
    assert Index(tmp_path).count() == len(CARDS) - 2
    newest.unlink(missing_ok=True)


def test_deletions_of_a_commit_that_never_was_are_swept_away(tmp_path: Path) -> None:
    killed, lived = tmp_path / "killed", tmp_path / "lived"
    build(killed)
    shutil.copytree(killed, lived)
    before = {path.name for path in generation(lived).glob("*.del")}
    with Writer(lived) as writer:
        writer.apply([], gone=["cen-1"], cursor=3)
    (name,) = {path.name for path in generation(lived).glob("*.del")} - before
    (generation(killed) / name).write_bytes(b"")  # what a kill between the deletions and the commit leaves
    (generation(killed) / ".tmpdraft").write_bytes(b"{")
    assert check(killed) == []
    with Writer(killed) as writer:
        assert not (generation(killed) / ".tmpdraft").exists()
        writer.apply([], gone=["cen-1"], cursor=3)
    assert Index(killed).versions() == Index(lived).versions()
    assert check(killed) == []


@pytest.mark.prove
def test_death_during_a_rebuild_leaves_the_old_index_and_no_rest(tmp_path: Path) -> None:
    build(tmp_path)
    half = tmp_path / "g000777"
    half.mkdir()
    (half / "meta.json").write_text("{")
    assert check(tmp_path) == []
    with Writer(tmp_path) as writer:
        assert writer.cursor == 2
    assert not half.exists()
    assert Index(tmp_path).count() == len(CARDS)
