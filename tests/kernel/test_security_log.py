"""The security log commits by itself: a refused or rolled back request leaves its line all the same."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import security
from app.kernel.db import db
from app.kernel.security import SecurityNote
from app.kernel.work import reading
from tests.kernel.crowd import failures, together
from tests.kernel.rounds import rounds

pytestmark = pytest.mark.database_matters


def lines() -> list[SecurityNote]:
    db.session.rollback()
    found = list(db.session.scalars(sa.select(SecurityNote).order_by(SecurityNote.id)))
    db.session.rollback()
    for one in found:
        db.session.refresh(one)
    return found


def test_a_line_says_what_who_whence_and_when(app: Flask) -> None:
    del app
    security.note(
        "denied", person_id="per_" + "0" * 26, address="10.0.0.9", request_id="abc", code="not_yours", path="/x"
    )
    (line,) = lines()
    assert (line.kind, line.person_id, line.address, line.request_id) == (
        "denied",
        "per_" + "0" * 26,
        "10.0.0.9",
        "abc",
    )
    assert line.detail == {"code": "not_yours", "path": "/x"}
    assert line.at.utcoffset() is not None


def test_it_is_written_while_the_request_only_reads(app: Flask) -> None:
    del app
    with reading() as session:
        session.execute(sa.select(SecurityNote.id)).all()
        security.note("sign_in_failed")
    assert len(lines()) == 1


def test_what_the_session_held_is_not_written_with_it(app: Flask) -> None:
    del app
    with reading() as session:
        session.add(SecurityNote(id="sec_" + "0" * 26, kind="smuggled"))
        with session.no_autoflush:
            security.note("denied")
    assert [line.kind for line in lines()] == ["denied"]


def test_an_address_that_is_too_long_is_cut(app: Flask) -> None:
    del app
    security.note("denied", address="f" * 500)
    assert len(lines()[0].address) == 45


@pytest.mark.prove
def test_lines_written_in_a_crowd_all_arrive(app: Flask) -> None:
    times = rounds(5, 100)
    outcomes = together(app, *[lambda: [security.note("denied") for _ in range(times)]] * 4)
    assert failures(outcomes) == []
    assert len(lines()) == 4 * times
