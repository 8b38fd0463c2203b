"""An archive of pictures on its way onto listings: checked file by file, hung once, and the same after a kill."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook

from app.accounts import files
from app.accounts.files import FileUsage
from app.catalogue.actions import listings
from app.catalogue.changes import actions as changes
from app.catalogue.changes.lifecycle import withdraw
from app.catalogue.changes.models import ListingChange
from app.catalogue.exchange import actions, hanging, pieces, running
from app.catalogue.exchange.models import ImportJob, ImportProblem
from app.catalogue.media import actions as media
from app.catalogue.media import looking, putting
from app.catalogue.media.models import ListingMedium
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from tests.catalogue.hostile_archives import HOSTILE, too_large, zipped
from tests.catalogue.test_media import bomb
from tests.world import World, build
from tests.worlds.archives import archive, checked_archive, hung, shown
from tests.worlds.catalogue import listing
from tests.worlds.changes import as_it_is, change
from tests.worlds.imports import EDITOR, sent, work
from tests.worlds.media import image, pdf, received
from tests.worlds.ordering import again, do

pytestmark = pytest.mark.database_matters

FRONT, BACK = image(300, 200), image(301, 200)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def counts(job: ImportJob) -> tuple[str, int, int, int, int]:
    return job.state, job.created_rows, job.changed_rows, job.unchanged_rows, job.refused_rows


def wrong(job: ImportJob) -> dict[str, list[str]]:
    """What is wrong by file."""
    found: dict[str, list[str]] = {}
    with reading():
        for one in db.session.scalars(sa.select(ImportProblem).where(ImportProblem.job_id == job.id)):
            found.setdefault(one.value, []).append(one.reason["say"])
    return found


def change_of(made: Listing) -> ListingChange:
    with reading():
        newest = sa.select(ListingChange).where(ListingChange.listing_id == made.id).order_by(ListingChange.id.desc())
        return db.session.scalars(newest.limit(1)).one()


def brought(made: Listing) -> list[str]:
    """The names of what the newest change of a listing brings."""
    with reading():
        named = sa.select(ListingMedium.name).where(ListingMedium.change_id == change_of(made).id)
        return list(db.session.scalars(named.order_by(ListingMedium.id)))


def left_on_disk() -> set[str]:
    """Files that no row knows."""
    with reading():
        known = set(db.session.scalars(sa.select(files.StoredFile.stored_as)))
    return {one.name for one in files.folder().iterdir() if one.is_file()} - known


def test_files_are_checked_before_anything_hangs_and_then_hung_on_a_draft(world: World) -> None:
    made = listing(world, "draft", supplier_sku="AB-100")
    job = checked_archive(
        world, {"AB-100_10.png": BACK, "AB-100_2.jpg": image(kind="JPEG"), "AB-100-manual.pdf": pdf(), "C-1.png": FRONT}
    )
    assert counts(job) == ("checked", 3, 0, 0, 1)
    assert (shown(made), job.columns, job.headings) == ([], [], [])
    assert job.file_bytes > 3 * len(pdf())
    assert left_on_disk() == set()
    assert not pieces.place_of(job.id, "files").exists(), "nobody fills the disk with archives that wait"
    do(actions.start, job, world.actor(EDITOR))
    job = work(job)
    assert counts(job) == ("done", 3, 0, 0, 1)
    assert job.promised == {"created": 3, "changed": 0, "unchanged": 0, "refused": 1}
    assert shown(made) == [
        ("manual", "AB-100-manual.pdf", 1), ("picture", "AB-100_2.jpg", 1), ("picture", "AB-100_10.jpg", 1),
    ]  # fmt: skip
    assert again(made).state == "draft", "nobody asked for its review"
    assert left_on_disk() == set()
    assert not pieces.place_of(job.id, "files").exists()


def test_the_same_archive_again_changes_nothing_and_a_new_picture_is_a_new_version(world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    content = {"A-1/1.png": FRONT, "A-1/certificate.pdf": pdf()}
    hung(world, content)
    before = again(made).version
    job = checked_archive(world, content)
    assert counts(job) == ("checked", 0, 0, 2, 0)
    with refused("archive_nothing"):
        do(actions.start, job, world.actor(EDITOR))
    assert again(made).version == before
    assert counts(hung(world, {"A-1/1.png": BACK, "A-1_again.png": FRONT})) == ("done", 0, 1, 1, 0)
    assert shown(made) == [("picture", "1.jpg", 2), ("certificate", "certificate.pdf", 1)]


def test_a_picture_that_a_person_hung_is_known_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made, actor = listing(world, "draft", supplier_sku="A-1"), world.actor(EDITOR)
    with unit_of_work():
        one = find(Listing, made.id, actor, lock=True)
        media.add_medium(one, actor, kind="picture", file=received(FRONT, "whatever.png"))
    with monkeypatch.context() as patch:
        patch.setattr(looking, "QUALITY", 60)  # a later release draws differently
        assert counts(checked_archive(world, {"A-1.png": FRONT})) == ("checked", 0, 0, 1, 0)
    with unit_of_work():  # as it is with pictures of earlier days
        db.session.execute(sa.update(ListingMedium).values(source_sha256=None))
    assert counts(checked_archive(world, {"A-1.png": FRONT})) == ("checked", 0, 0, 1, 0)


def test_what_buyers_read_gets_one_change_for_all_its_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hanging, "FILES_AT_ONCE", 1)
    live = listing(world, supplier_sku="A-1")
    content = {"A-1_1.png": FRONT, "A-1_2.png": BACK}
    assert counts(hung(world, content)) == ("done", 2, 0, 0, 0)
    assert (shown(live), change_of(live).state, brought(live)) == ([], "submitted", ["A-1_1.jpg", "A-1_2.jpg"])
    assert counts(checked_archive(world, content)) == ("checked", 0, 0, 2, 0), "what waits for review is there"
    waiting = checked_archive(world, {"A-1_1.png": image(302, 200)})
    assert wrong(waiting) == {"A-1_1.png": [
        "An open change of the listing brings a file of this name already, with other content. Withdraw it first."
    ]}  # fmt: skip
    do(changes.apply, change_of(live), world.actor("rui"))
    assert [name for _kind, name, _number in shown(live)] == ["A-1_1.jpg", "A-1_2.jpg"]
    assert counts(checked_archive(world, content)) == ("checked", 0, 0, 2, 0)
    assert counts(hung(world, {"A-1_1.png": image(302, 200)})) == ("done", 0, 1, 0, 0)
    do(changes.apply, change_of(live), world.actor("rui"))
    assert shown(live) == [("picture", "A-1_1.jpg", 2), ("picture", "A-1_2.jpg", 1)]


def test_changes_are_handed_in_only_where_that_was_asked_for_and_their_writer_is_done(world: World) -> None:
    live, edited = listing(world, supplier_sku="A-1"), listing(world, supplier_sku="B-1", model="B1")
    actor = world.actor(EDITOR)
    with unit_of_work():
        one = find(Listing, edited.id, actor, lock=True)
        media.propose_medium(one, actor, kind="picture", file=received(image(), "own.png"))
    hung(world, {"A-1.png": FRONT}, then="draft")
    hung(world, {"B-1.png": FRONT})
    assert (change_of(live).state, change_of(edited).state) == ("draft", "draft")
    assert brought(edited) == ["own.jpg", "B-1.jpg"]
    do(withdraw, change_of(live), actor)
    assert counts(checked_archive(world, {"A-1.png": FRONT})) == ("checked", 1, 0, 0, 0), "given up is not there"


def test_everything_that_is_wrong_is_said_of_each_file(world: World) -> None:
    listing(world, "draft", supplier_sku="A-1")
    listing(world, "draft", supplier_sku="F-1", supplier="supplier2")
    listing(world, "submitted", supplier_sku="R-1", model="R1")
    job = checked_archive(world, {
        "A-1.txt": b"text", "A-1_1.png": FRONT, "A-1_2.png": FRONT, "x/A-1_1.png": BACK,
        "A-1_3.png": bomb(10_000, 10_000), "A-1_4.png": b"%PDF-1.7", "A-1_6.zip": zipped({"x": b"x"}),
        "A-1_5.pdf": pdf(b"/OpenAction << /S /JavaScript >>"), "A-1_7.png": image(1, 1), "A-1_8.png": too_large(),
        "F-1.png": FRONT, "R-1.png": FRONT, "note.txt": b"x",
    })  # fmt: skip
    unknown = "Neither this name nor its folder says the number of one of your listings."
    assert wrong(job) == {
        "A-1.txt": ["Accepted are PDF, PNG and JPEG."],
        "A-1_2.png": ["The same file is in the archive already, for the same listing."],
        "x/A-1_1.png": ["Another file of this name is in the archive, for the same listing."],
        "A-1_3.png": ["A picture has at most 40 million pixels and 12,000 on a side."],
        "A-1_4.png": ["Its content is not what its name says."],
        "A-1_5.pdf": ["This PDF contains scripts, forms that send, or files. Save it as a plain PDF."],
        "A-1_6.zip": ["It is an archive itself. Archives in an archive are not opened."],
        "A-1_7.png": ["A picture has at least 100 pixels on each side."],
        "A-1_8.png": ["A file has at most 10 MB."],
        "F-1.png": [unknown],
        "R-1.png": ["Not possible while it is: %(state)s."],
        "note.txt": ["Accepted are PDF, PNG and JPEG.", unknown],
    }
    assert counts(job) == ("checked", 1, 0, 0, 12)
    with reading():
        places = sa.select(ImportProblem.row_number).where(ImportProblem.value == "x/A-1_1.png")
        assert db.session.scalars(places).all() == [4]
    listed = CalamineWorkbook.from_path(str(pieces.place_of(job.id, "xlsx"))).get_sheet_by_index(0).to_python()
    assert listed[0][:2] == ["在压缩包中的位置", "文件"]
    assert len(listed) == 1 + 13
    assert left_on_disk() == set()


def test_the_quota_is_foreseen_file_by_file_over_all_pieces(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hanging, "FILES_AT_ONCE", 1)
    monkeypatch.setattr(pieces, "PIECE_SECONDS", -1.0)
    listing(world, "draft", supplier_sku="A-1")
    job = sent(world, archive({"A-1_1.png": FRONT, "A-1_2.png": BACK}))
    drawn = received(FRONT, "a.png")
    files.discard(drawn)
    monkeypatch.setitem(app.config, "FILE_QUOTA_MB", 1)
    size = sum(one.size_bytes for one in (drawn, *drawn.sizes))
    with unit_of_work():
        db.session.execute(sa.update(FileUsage).values(used_bytes=files.quota_bytes() - size * 3 // 2))
    job = work(job)
    assert counts(job) == ("checked", 1, 0, 0, 1)
    assert wrong(job) == {"A-1_2.png": [files.FILE_QUOTA.words]}
    do(actions.start, job, world.actor(EDITOR))
    assert counts(work(job)) == ("done", 1, 0, 0, 1)
    assert left_on_disk() == set()


def test_a_listing_takes_no_more_than_it_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (media, putting):
        monkeypatch.setattr(module, "MOST_SHOWN", 2)
    listing(world, "draft", supplier_sku="A-1")
    live = listing(world, supplier_sku="B-1", model="B1")
    sheets = [pdf(b"/Lang (%d)" % n) for n in range(3)]
    job = checked_archive(world, {f"{one}_{n}.pdf": sheets[n] for one in ("A-1", "B-1") for n in range(3)})
    assert counts(job) == ("checked", 4, 0, 0, 2)
    assert wrong(job) == {one: [media.TOO_MANY_SHOWN.words] for one in ("A-1_2.pdf", "B-1_2.pdf")}
    do(actions.start, job, world.actor(EDITOR))
    assert counts(work(job)) == ("done", 4, 0, 0, 2)
    with refused("media_full"):  # the rule of the change itself
        do(media.add_to_change, do(changes.take_back, change_of(live), world.actor(EDITOR)), world.actor(EDITOR),
           kind="picture", file=received(FRONT, "more.png"))  # fmt: skip


def test_all_files_or_none(world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    job = checked_archive(world, {"A-1.png": FRONT, "B-1.png": BACK}, mode="whole")
    with refused("archive_not_whole"):
        do(actions.start, job, world.actor(EDITOR))
    other = listing(world, "draft", supplier_sku="B-1", model="B1")
    job = checked_archive(world, {"A-1.png": FRONT, "B-1.png": BACK}, mode="whole")
    do(actions.start, job, world.actor(EDITOR))
    do(listings.withdraw, other, world.actor(EDITOR))  # meanwhile
    job = work(job)
    assert (job.state, job.error, shown(made)) == ("failed", "not_whole", [])
    assert left_on_disk() == set()


def test_all_or_none_is_possible_for_few_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "WHOLE_MOST_FILES", 1)
    listing(world, "draft", supplier_sku="A-1")
    job = checked_archive(world, {"A-1.png": FRONT, "A-1_2.png": BACK}, mode="whole")
    with refused("archive_too_long"):
        do(actions.start, job, world.actor(EDITOR))


def test_all_files_at_once_where_nothing_is_wrong(world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    assert counts(hung(world, {f"A-1_{n}.pdf": pdf(b"/Lang (%d)" % n) for n in range(5)}, mode="whole"))[1] == 5
    assert len(shown(made)) == 5


def test_a_piece_that_was_done_or_killed_is_neither_lost_nor_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hanging, "FILES_AT_ONCE", 1)
    monkeypatch.setattr(pieces, "PIECE_SECONDS", -1.0)
    made = listing(world, "draft", supplier_sku="A-1")
    job = checked_archive(world, {f"A-1_{n}.png": image(300 + n, 200) for n in range(3)})
    do(actions.start, job, world.actor(EDITOR))
    stale = {"job": job.id, "turn": again(job).turn}
    work(job, most=1)
    running.step(stale)
    assert (again(job).done_rows, len(shown(made))) == (1, 1)
    pieces.place_of(job.id, "rows").unlink()  # the machine comes back without what it had unpacked
    pieces.Piece(job.id, 0, "zip", None).tidy()
    assert counts(work(job)) == ("done", 3, 0, 0, 0)
    assert shown(made) == [("picture", f"A-1_{n}.jpg", 1) for n in range(3)]


def test_a_file_that_is_cut_off_on_disk_is_unpacked_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hanging, "FILES_AT_ONCE", 1)
    monkeypatch.setattr(pieces, "PIECE_SECONDS", -1.0)
    made = listing(world, "draft", supplier_sku="A-1")
    job = checked_archive(world, {"A-1_1.png": FRONT, "A-1_2.png": BACK})
    do(actions.start, job, world.actor(EDITOR))
    work(job, most=1)
    (pieces.place_of(job.id, "files") / "2").write_bytes(BACK[:50])
    with refused("race_lost"):
        running.work_off(job.id)
    running.work_off(job.id)
    assert (counts(again(job)), len(shown(made))) == (("done", 2, 0, 0, 0), 2)


def test_what_was_unpacked_for_a_cancelled_archive_is_swept_away(world: World) -> None:
    listing(world, "draft", supplier_sku="A-1")
    job = sent(world, archive({"A-1.png": FRONT}))
    work(job, most=1)
    do(actions.cancel, job, world.actor(EDITOR))
    folder = pieces.place_of(job.id, "files")
    assert [one.read_bytes() for one in folder.iterdir()] == [FRONT]
    running.sweep()
    assert folder.exists(), "what is young stays"
    long_ago = (now() - timedelta(days=running.KEPT_DAYS + 1)).timestamp()
    for path in (folder, pieces.place_of(job.id, "rows")):
        os.utime(path, (long_ago, long_ago))
    assert (running.sweep(), folder.exists()) == (2, False)


def test_an_archive_is_stopped_between_two_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hanging, "FILES_AT_ONCE", 1)
    monkeypatch.setattr(pieces, "PIECE_SECONDS", -1.0)
    made = listing(world, "draft", supplier_sku="A-1")
    job = checked_archive(world, {f"A-1_{n}.png": image(300 + n, 200) for n in range(3)})
    do(actions.start, job, world.actor(EDITOR))
    work(job, most=2)
    do(actions.cancel, job, world.actor(EDITOR))
    assert (work(job).state, len(shown(made)), again(job).done_rows) == ("cancelled", 2, 2)


def test_a_refusal_that_the_check_did_not_see_costs_one_file(world: World) -> None:
    made, live = listing(world, "draft", supplier_sku="A-1"), listing(world, supplier_sku="B-1", model="B1")
    waiting = change(world, "submitted", of=live, summary_zh="供应商的话")
    job = checked_archive(world, {"A-1.png": FRONT, "B-1.png": FRONT, "B-1_2.png": BACK})
    assert counts(job) == ("checked", 3, 0, 0, 0)
    do(actions.start, job, world.actor(EDITOR))
    corrected = as_it_is(live, name_zh="平台更正的名称")
    do(changes.correct, live, world.actor("rui"), remark="名称有误", **corrected)  # so that the change fits no more
    assert counts(work(job)) == ("done", 1, 0, 0, 2)
    assert set(wrong(job)) == {"B-1.png", "B-1_2.png"}
    assert len(shown(made)) == 1
    assert (again(waiting).state, left_on_disk()) == ("submitted", set())
    with reading():
        assert db.session.scalars(sa.select(ListingMedium).where(ListingMedium.change_id == waiting.id)).all() == []


def test_an_archive_has_no_columns_to_assign(world: World) -> None:
    listing(world, "draft", supplier_sku="A-1")
    job = checked_archive(world, {"A-1.png": FRONT})
    with refused("archive_no_columns"):
        do(
            actions.assign_columns, job, world.actor(EDITOR), columns=[{"heading": "", "column": "supplier_sku"}],
            category=None, mode="partial",
        )  # fmt: skip
    assert again(job).state == "checked"


def test_whatever_means_harm_ends_in_the_child_and_the_worker_goes_on(world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    for what in ("a name that climbs", "a bomb", "a link", "files in each other"):
        make, reason = HOSTILE[what]
        job = work(sent(world, archive(make())))
        assert (job.state, job.error) == ("failed", reason), what
        assert not list(pieces.place_of(job.id, "files").parent.glob(f"{job.id}*")), "nothing is left behind"
    assert (shown(made), counts(hung(world, {"A-1.png": FRONT}))[0]) == ([], "done")


def test_an_archive_hangs_on_no_other_record(world: World, app: Flask) -> None:
    del world
    assert files.receive(io.BytesIO(zipped({"a": b"x"})), "a.zip", takes={"zip"}).media_type == "application/zip"
    with refused("file_type"):
        files.receive(io.BytesIO(zipped({"a": b"x"})), "a.zip")
