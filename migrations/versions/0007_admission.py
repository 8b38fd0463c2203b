"""Admission and standing: applications, requirements, qualifications, checked bank accounts, restrictions, hand-overs.

The account that stood on an organisation becomes a record of its own, in force and without a proposer.

Revision: 0007
Revises: 0006
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.values import new_id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
HOLDS_CODE = sa.text("state NOT IN ('rejected', 'terminated')")


def upgrade() -> None:
    op.create_table('application',
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('given', Json, nullable=False),
    sa.Column('network_address', sa.String(length=45), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_application_email_lower')),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_application_lives')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_application_token_hash'))
    )
    op.create_index(op.f('ix_application_email'), 'application', ['email'], unique=False)
    op.create_index(op.f('ix_application_network_address'), 'application', ['network_address'], unique=False)

    op.create_table('requirement',
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('title_zh', sa.String(length=80), nullable=False),
    sa.Column('title_en', sa.String(length=80), nullable=False),
    sa.Column('guidance_zh', sa.Text(), nullable=False),
    sa.Column('guidance_en', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('category', sa.String(length=60), nullable=False),
    sa.Column('form', sa.String(length=11), nullable=False),
    sa.Column('expires', sa.Boolean(), nullable=False),
    sa.Column('mandatory', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_org', sa.String(length=30), nullable=True),
    sa.Column('waits_role', sa.String(length=30), nullable=True),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("category = '' OR kind <> 'lab'", name=op.f('ck_requirement_offers_have_categories')),
    sa.CheckConstraint("form IN ('attestation', 'document', 'field', 'review')", name=op.f('ck_requirement_form_known')),
    sa.CheckConstraint("kind IN ('lab', 'service', 'supplier')", name=op.f('ck_requirement_kind_known')),
    sa.CheckConstraint("state IN ('active', 'announced', 'retired')", name=op.f('ck_requirement_state_known')),
    sa.CheckConstraint('length(code) > 0 AND length(title_zh) > 0', name=op.f('ck_requirement_named')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement')),
    sa.UniqueConstraint('code', name=op.f('uq_requirement_code'))
    )
    op.create_index('ix_requirement_waits', 'requirement', ['waits_org', 'waits_role', 'waits_until'], unique=False)

    op.create_table('bank_account',
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('bank_name', sa.String(length=120), nullable=False),
    sa.Column('account_no', sa.String(length=40), nullable=False),
    sa.Column('proposer_id', sa.String(length=30), nullable=True),
    sa.Column('checker_id', sa.String(length=30), nullable=True),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_org', sa.String(length=30), nullable=True),
    sa.Column('waits_role', sa.String(length=30), nullable=True),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('confirmed', 'declined', 'proposed', 'replaced', 'withdrawn')", name=op.f('ck_bank_account_state_known')),
    sa.CheckConstraint('checker_id IS NULL OR checker_id <> proposer_id', name=op.f('ck_bank_account_four_eyes')),
    sa.CheckConstraint('length(bank_name) > 0 AND length(account_no) > 0', name=op.f('ck_bank_account_named')),
    sa.ForeignKeyConstraint(['checker_id'], ['person.id'], name=op.f('fk_bank_account_checker_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_bank_account_org_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposer_id'], ['person.id'], name=op.f('fk_bank_account_proposer_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_account'))
    )
    op.create_index(op.f('ix_bank_account_checker_id'), 'bank_account', ['checker_id'], unique=False)
    op.create_index(op.f('ix_bank_account_org_id'), 'bank_account', ['org_id'], unique=False)
    op.create_index(op.f('ix_bank_account_proposer_id'), 'bank_account', ['proposer_id'], unique=False)
    op.create_index('ix_bank_account_waits', 'bank_account', ['waits_org', 'waits_role', 'waits_until'], unique=False)
    op.create_index('uq_bank_account_confirmed', 'bank_account', ['org_id'], unique=True, sqlite_where=sa.text("state = 'confirmed'"), postgresql_where=sa.text("state = 'confirmed'"))
    op.create_index('uq_bank_account_proposed', 'bank_account', ['org_id'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))

    op.create_table('barred',
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('scope', sa.String(length=8), nullable=False),
    sa.Column('category', sa.String(length=60), nullable=False),
    sa.Column('cause_id', sa.String(length=30), nullable=False),
    sa.CheckConstraint("scope IN ('call_off', 'listing', 'payout', 'quoting')", name=op.f('ck_barred_scope_known')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_barred_org_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('org_id', 'scope', 'category', 'cause_id', name=op.f('pk_barred'))
    )
    op.create_table('contest',
    sa.Column('supplier_id', sa.String(length=30), nullable=False),
    sa.Column('criterion', sa.String(length=14), nullable=False),
    sa.Column('object_id', sa.String(length=30), nullable=False),
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_org', sa.String(length=30), nullable=True),
    sa.Column('waits_role', sa.String(length=30), nullable=True),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("criterion IN ('accepted_first', 'disputes', 'on_time', 'response')", name=op.f('ck_contest_criterion_known')),
    sa.CheckConstraint("state IN ('dismissed', 'open', 'upheld', 'withdrawn')", name=op.f('ck_contest_state_known')),
    sa.ForeignKeyConstraint(['supplier_id'], ['organisation.id'], name=op.f('fk_contest_supplier_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contest'))
    )
    op.create_index(op.f('ix_contest_supplier_id'), 'contest', ['supplier_id'], unique=False)
    op.create_index('ix_contest_waits', 'contest', ['waits_org', 'waits_role', 'waits_until'], unique=False)
    op.create_index('uq_contest_row', 'contest', ['supplier_id', 'criterion', 'object_id'], unique=True, sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"))

    op.create_table('handover',
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('successor_id', sa.String(length=30), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_org', sa.String(length=30), nullable=True),
    sa.Column('waits_role', sa.String(length=30), nullable=True),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('agreed', 'declined', 'done', 'proposed', 'withdrawn')", name=op.f('ck_handover_state_known')),
    sa.CheckConstraint('length(plan) > 0', name=op.f('ck_handover_written')),
    sa.CheckConstraint('org_id <> successor_id', name=op.f('ck_handover_another_takes_over')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_handover_org_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['successor_id'], ['organisation.id'], name=op.f('fk_handover_successor_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover'))
    )
    op.create_index(op.f('ix_handover_org_id'), 'handover', ['org_id'], unique=False)
    op.create_index(op.f('ix_handover_successor_id'), 'handover', ['successor_id'], unique=False)
    op.create_index('ix_handover_waits', 'handover', ['waits_org', 'waits_role', 'waits_until'], unique=False)
    op.create_index('uq_handover_standing', 'handover', ['org_id'], unique=True, sqlite_where=sa.text("state IN ('agreed', 'proposed')"), postgresql_where=sa.text("state IN ('agreed', 'proposed')"))

    op.create_table('qualification',
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('requirement_id', sa.String(length=30), nullable=False),
    sa.Column('form', sa.String(length=11), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=False),
    sa.Column('issuer', sa.String(length=120), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('attested', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewer_id', sa.String(length=30), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_org', sa.String(length=30), nullable=True),
    sa.Column('waits_role', sa.String(length=30), nullable=True),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("form <> 'attestation' OR state IN ('draft', 'withdrawn') OR attested", name=op.f('ck_qualification_attested')),
    sa.CheckConstraint("state <> 'approved' OR reviewed_at IS NOT NULL", name=op.f('ck_qualification_approved_by_review')),
    sa.CheckConstraint("state <> 'expired' OR expires_at IS NOT NULL", name=op.f('ck_qualification_expired_of_something')),
    sa.CheckConstraint("state IN ('approved', 'draft', 'expired', 'rejected', 'returned', 'revoked', 'submitted', 'superseded', 'withdrawn')", name=op.f('ck_qualification_state_known')),
    sa.CheckConstraint('(valid_until IS NULL) = (expires_at IS NULL)', name=op.f('ck_qualification_expires_when_it_ends')),
    sa.CheckConstraint('valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until', name=op.f('ck_qualification_period')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_qualification_org_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_qualification_requirement_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['person.id'], name=op.f('fk_qualification_reviewer_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qualification')),
    sa.UniqueConstraint('org_id', 'id', name=op.f('uq_qualification_org_id_id'))
    )
    op.create_index('ix_qualification_expires_at', 'qualification', ['expires_at'], unique=False)
    op.create_index(op.f('ix_qualification_org_id'), 'qualification', ['org_id'], unique=False)
    op.create_index(op.f('ix_qualification_requirement_id'), 'qualification', ['requirement_id'], unique=False)
    op.create_index(op.f('ix_qualification_reviewer_id'), 'qualification', ['reviewer_id'], unique=False)
    op.create_index('ix_qualification_waits', 'qualification', ['waits_org', 'waits_role', 'waits_until'], unique=False)
    op.create_index('uq_qualification_approved', 'qualification', ['org_id', 'requirement_id', 'subject'], unique=True, sqlite_where=sa.text("state = 'approved'"), postgresql_where=sa.text("state = 'approved'"))
    op.create_index('uq_qualification_open', 'qualification', ['org_id', 'requirement_id', 'subject'], unique=True, sqlite_where=sa.text("state IN ('draft', 'returned', 'submitted')"), postgresql_where=sa.text("state IN ('draft', 'returned', 'submitted')"))

    op.create_table('restriction',
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('scope', sa.String(length=8), nullable=False),
    sa.Column('reason_code', sa.String(length=10), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('imposer_id', sa.String(length=30), nullable=False),
    sa.Column('appealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_org', sa.String(length=30), nullable=True),
    sa.Column('waits_role', sa.String(length=30), nullable=True),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("reason_code IN ('complaint', 'debt', 'delivery', 'documents', 'fraud', 'other', 'quality', 'request')", name=op.f('ck_restriction_reason_code_known')),
    sa.CheckConstraint("scope IN ('call_off', 'listing', 'payout', 'quoting')", name=op.f('ck_restriction_scope_known')),
    sa.CheckConstraint("state <> 'appealed' OR appealed_at IS NOT NULL", name=op.f('ck_restriction_appealed_when')),
    sa.CheckConstraint("state <> 'ended' OR ends_at IS NOT NULL", name=op.f('ck_restriction_ended_by_date')),
    sa.CheckConstraint("state IN ('appealed', 'ended', 'in_force', 'lifted')", name=op.f('ck_restriction_state_known')),
    sa.ForeignKeyConstraint(['imposer_id'], ['person.id'], name=op.f('fk_restriction_imposer_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_restriction_org_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_restriction')),
    sa.UniqueConstraint('org_id', 'id', name=op.f('uq_restriction_org_id_id'))
    )
    op.create_index('ix_restriction_ends_at', 'restriction', ['ends_at'], unique=False)
    op.create_index(op.f('ix_restriction_imposer_id'), 'restriction', ['imposer_id'], unique=False)
    op.create_index(op.f('ix_restriction_org_id'), 'restriction', ['org_id'], unique=False)
    op.create_index('ix_restriction_waits', 'restriction', ['waits_org', 'waits_role', 'waits_until'], unique=False)
    op.create_index('uq_restriction_live', 'restriction', ['org_id', 'scope', 'reason_code'], unique=True, sqlite_where=sa.text("state IN ('appealed', 'in_force')"), postgresql_where=sa.text("state IN ('appealed', 'in_force')"))
    _accounts_become_records()
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("former_names", Json, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_organisation_suspended_until"), "suspended_until IS NULL OR state = 'suspended'"
        )
        batch.drop_constraint(op.f("uq_organisation_credit_code"), type_="unique")
        batch.drop_column("bank_name")
        batch.drop_column("bank_account")
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("former_names", server_default=None)
    op.create_index(
        "uq_organisation_credit_code", "organisation", ["credit_code"], unique=True, sqlite_where=HOLDS_CODE,
        postgresql_where=HOLDS_CODE,
    )


def _accounts_become_records() -> None:
    held = sa.text("SELECT id, bank_name, bank_account FROM organisation WHERE bank_account <> ''")
    moment = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {"id": new_id("bnk"), "org_id": org_id, "bank_name": bank or "-", "account_no": number, "state": "confirmed",
         "version": 1, "created_at": moment, "updated_at": moment}
        for org_id, bank, number in op.get_bind().execute(held)
    ]
    if rows:
        columns = ("id", "org_id", "bank_name", "account_no", "state")
        account = sa.table(
            "bank_account", *(sa.column(name) for name in columns), sa.column("version", sa.Integer),
            sa.column("created_at", sa.DateTime(timezone=True)), sa.column("updated_at", sa.DateTime(timezone=True)),
        )
        op.bulk_insert(account, rows)


def downgrade() -> None:
    op.drop_index("uq_organisation_credit_code", "organisation")
    # The code belongs to whoever holds it now; who was turned away or has left gives it up.
    op.execute("UPDATE organisation SET credit_code = NULL WHERE state IN ('rejected', 'terminated')")
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("bank_name", sa.String(length=120), nullable=False, server_default=""))
        batch.add_column(sa.Column("bank_account", sa.String(length=40), nullable=False, server_default=""))
        batch.create_unique_constraint(op.f("uq_organisation_credit_code"), ["credit_code"])
        batch.drop_constraint(op.f("ck_organisation_suspended_until"), type_="check")
        batch.drop_column("suspended_until")
        batch.drop_column("former_names")
    for column, source in (("bank_name", "bank_name"), ("bank_account", "account_no")):
        op.execute(
            f"UPDATE organisation SET {column} = (SELECT {source} FROM bank_account WHERE org_id = organisation.id "  # noqa: S608 - two constants
            "AND state = 'confirmed') WHERE id IN (SELECT org_id FROM bank_account WHERE state = 'confirmed')"
        )
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("bank_name", server_default=None)
        batch.alter_column("bank_account", server_default=None)
    for table in (
        "restriction", "qualification", "handover", "contest", "barred", "bank_account", "requirement", "application",
    ):  # fmt: skip
        op.drop_table(table)
