"""Signing in: counters of tries, second factors, passkeys, single sign-on, lost factors, sessions that say more.

Revision: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "try_count",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_try_count_tries_counted")),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_try_count")),
    )
    op.create_index("ix_try_count_since", "try_count", ["since"], unique=False)
    op.create_table(
        "ceremony",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("given", Json, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose <> 'register' OR person_id IS NOT NULL", name=op.f("ck_ceremony_registers_somebody")
        ),
        sa.CheckConstraint("purpose IN ('register', 'sign_in')", name=op.f("ck_ceremony_purpose_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ceremony_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_ceremony")),
    )
    op.create_index("ix_ceremony_expires_at", "ceremony", ["expires_at"], unique=False)
    op.create_index(op.f("ix_ceremony_person_id"), "ceremony", ["person_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_sign_count")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(code_hash) = 64", name=op.f("ck_recovery_code_code_hashed")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "sign_on",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=600), nullable=False),
        sa.Column("domains", Json, nullable=False),
        sa.Column("admits_new", sa.Boolean(), nullable=False),
        sa.Column("two_factors", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('off', 'on', 'retired')", name=op.f("ck_sign_on_state_known")),
        sa.CheckConstraint("length(secret) > 0", name=op.f("ck_sign_on_secret_kept")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_sign_on_org_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_sign_on_org_id_id")),
    )
    op.create_index(op.f("ix_sign_on_org_id"), "sign_on", ["org_id"], unique=False)
    op.create_index("ix_sign_on_waits", "sign_on", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_sign_on_live",
        "sign_on",
        ["org_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'retired'"),
        postgresql_where=sa.text("state <> 'retired'"),
    )
    op.create_table(
        "totp_secret",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_totp_secret_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totp_secret")),
    )
    op.create_table(
        "factor_reset",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("membership_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("asked_by", sa.String(length=30), nullable=False),
        sa.Column("decided_by", sa.String(length=30), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'done' OR decided_by IS NOT NULL", name=op.f("ck_factor_reset_done_by_somebody")),
        sa.CheckConstraint(
            "state IN ('asked', 'declined', 'done', 'lapsed')", name=op.f("ck_factor_reset_state_known")
        ),
        sa.CheckConstraint("asked_by <> person_id", name=op.f("ck_factor_reset_asked_by_another")),
        sa.CheckConstraint(
            "decided_by IS NULL OR (decided_by <> asked_by AND decided_by <> person_id)",
            name=op.f("ck_factor_reset_decided_by_a_third"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_factor_reset_asked_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_factor_reset_decided_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "membership_id"],
            ["membership.org_id", "membership.id"],
            name=op.f("fk_factor_reset_org_id_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_factor_reset_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_factor_reset_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
    )
    op.create_index(op.f("ix_factor_reset_membership_id"), "factor_reset", ["membership_id"], unique=False)
    op.create_index(op.f("ix_factor_reset_org_id"), "factor_reset", ["org_id"], unique=False)
    op.create_index(op.f("ix_factor_reset_person_id"), "factor_reset", ["person_id"], unique=False)
    op.create_index("ix_factor_reset_waits", "factor_reset", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_factor_reset_asked",
        "factor_reset",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "sign_on_identity",
        sa.Column("sign_on_id", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "sign_on_id"],
            ["sign_on.org_id", "sign_on.id"],
            name=op.f("fk_sign_on_identity_org_id_sign_on_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_on_identity_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("sign_on_id", "subject", name=op.f("pk_sign_on_identity")),
        sa.UniqueConstraint("sign_on_id", "person_id", name=op.f("uq_sign_on_identity_sign_on_id_person_id")),
    )
    op.create_index(op.f("ix_sign_on_identity_person_id"), "sign_on_identity", ["person_id"], unique=False)
    # Sessions that were opened before say nothing of a second factor: everybody signs in again.
    op.execute("DELETE FROM login_session")
    with op.batch_alter_table("login_session") as batch_op:
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("half", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("proof", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sign_on_org_id", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(length=60), nullable=False))
        batch_op.add_column(sa.Column("address", sa.String(length=45), nullable=False))
        batch_op.create_index(batch_op.f("ix_login_session_sign_on_org_id"), ["sign_on_org_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_login_session_sign_on_org_id"),
            "organisation",
            ["sign_on_org_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_login_session_proof_known"), "proof IN ('app', 'passkey', 'recovery', 'sign_on')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_login_session_half_proves_nothing"), "NOT half OR proof IS NULL"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_login_session_vouched_by_somebody"), "proof <> 'sign_on' OR sign_on_org_id IS NOT NULL"
        )


def downgrade() -> None:
    op.execute("DELETE FROM login_session")
    with op.batch_alter_table("login_session") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_login_session_vouched_by_somebody"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_login_session_half_proves_nothing"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_login_session_proof_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_login_session_sign_on_org_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_login_session_sign_on_org_id"))
        for column in ("address", "device", "sign_on_org_id", "proved_at", "proof", "half", "seen_at"):
            batch_op.drop_column(column)
    for table in (
        "sign_on_identity",
        "factor_reset",
        "totp_secret",
        "sign_on",
        "recovery_code",
        "passkey",
        "ceremony",
        "try_count",
    ):
        op.drop_table(table)
