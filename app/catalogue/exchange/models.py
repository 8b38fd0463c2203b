"""Nouns of importing: one import of one file, what is wrong in it, and what a supplier's headings meant last time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.taxonomy.models import CODE_CHARS
from app.kernel.db import IdType, Json, Model, Record, UtcDateTime, one_of, owned_by, owned_key, ref, words
from app.kernel.reading import staff_read
from app.kernel.values import now

MODES: Final = ("partial", "whole")
FILE_KINDS: Final = ("csv", "xlsx", "xml", "zip")
FEED: Final = "xml"
"""A catalogue, whose columns are known."""
ARCHIVE: Final = "zip"
"""Not rows of listings but pictures and documents of those that are there."""
FILE_NAME_CHARS: Final = 120
HEADING_CHARS: Final = 120
VALUE_CHARS: Final = 80
DIGEST_CHARS: Final = 64

_COUNTS: Final = "created_rows + changed_rows + unchanged_rows + refused_rows"


class ImportJob(Record):
    """One file of listings on its way into the catalogue: how its columns are understood, and how far it is."""

    __tablename__ = "import_job"
    __prefix__ = "imp"
    __states__ = "uploaded mapping checking checked running done failed cancelled"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        one_of("mode", MODES),
        one_of("kind", FILE_KINDS),
        # Every row that was taken is counted once, so that none is lost and none is taken twice.
        sa.CheckConstraint(f"{_COUNTS} = done_rows", name="rows_counted"),
        sa.CheckConstraint(
            "created_rows >= 0 AND changed_rows >= 0 AND unchanged_rows >= 0 AND refused_rows >= 0", name="counts"
        ),
        sa.CheckConstraint("done_rows BETWEEN 0 AND total_rows AND at_byte >= 0", name="within"),
        sa.CheckConstraint("state <> 'done' OR done_rows = total_rows", name="done_whole"),
        sa.CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="failed_why"),
        sa.CheckConstraint("problem_count >= 0", name="problems"),
        sa.CheckConstraint("file_bytes >= 0", name="file_bytes"),
        owned_key("supplier_id"),
        sa.Index("ix_import_job_supplier_state", "supplier_id", "state", "id"),
    )

    supplier_id: Mapped[str] = ref("organisation.id", index=False)
    person_id: Mapped[str] = ref("person.id", index=False)
    file_name: Mapped[str] = words(FILE_NAME_CHARS)
    kind: Mapped[str] = mapped_column(sa.String(4), nullable=False)
    # Where rows go that name no category themselves.
    category: Mapped[str | None] = mapped_column(
        sa.String(CODE_CHARS), sa.ForeignKey("category.code", ondelete="RESTRICT")
    )
    mode: Mapped[str] = mapped_column(sa.String(7), nullable=False)
    submits: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    headings: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    # The meaning of each heading: a column's code (columns.py), or "" for one that is left out.
    columns: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    total_rows: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # Of the check while it is checked, of the import afterwards; at_byte is where the next row begins.
    done_rows: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    created_rows: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    changed_rows: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    unchanged_rows: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    refused_rows: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    problem_count: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    at_byte: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    # How much the files of an archive take of the quota once they are drawn anew, as far as it is done.
    file_bytes: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    # What the check had found, once the import runs: {"created", "changed", "unchanged", "refused"}.
    promised: Mapped[dict[str, int]] = mapped_column(Json, nullable=False, default=dict)
    # The newest piece of work that is owed; older ones are stale.
    turn: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    error: Mapped[str | None] = mapped_column(sa.String(20))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def counts(self) -> ImportJob:
        """Itself, for the shape that puts the counts of rows together."""
        return self

    @property
    def label(self) -> str:
        """What it is called: its file."""
        return self.file_name


class ImportProblem(Model):
    """One thing that is wrong in a file: where, and why in words that every reader gets in their own language."""

    __tablename__ = "import_problem"

    job_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    row_number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    # The place of the column from 0, or -1: the whole row.
    column_place: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    heading: Mapped[str] = words(HEADING_CHARS)
    value: Mapped[str] = words(VALUE_CHARS)
    reason: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)

    __table_args__ = (
        owned_by("import_job", "supplier_id", "job_id"),
        sa.CheckConstraint("place >= 0 AND row_number >= 0 AND column_place >= -1", name="somewhere"),
        sa.Index("ix_import_problem_owner", "supplier_id", "job_id"),
    )


class ImportMapping(Model):
    """What a supplier has said that a set of headings means; asked no second time. A convenience, not a record."""

    __tablename__ = "import_mapping"

    supplier_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True
    )
    # SHA-256 of the headings without what writers differ in.
    digest: Mapped[str] = mapped_column(sa.String(DIGEST_CHARS), primary_key=True)
    columns: Mapped[list[str]] = mapped_column(Json, nullable=False)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (sa.CheckConstraint(f"length(digest) = {DIGEST_CHARS}", name="digest_whole"),)


staff_read(ImportJob, lambda _actor: sa.false())  # a file of a supplier is its own until its listings are submitted
