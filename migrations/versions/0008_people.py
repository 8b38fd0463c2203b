"""People and what hangs on them: units with their places, delegations, machines, emergency access, the consent log.

Keys get areas, an end and a secret before the present one: keys that exist keep all areas and end a year from now.

Revision: 0008
Revises: 0007
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.accounts import triggers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AREAS = ["catalogue", "documents", "ordering", "organisation", "oversight", "payments", "services", "sourcing"]
KEY_STATES = "state IN ('active', 'expired', 'revoked')"
KEY_STATES_BEFORE = "state IN ('active', 'revoked')"
ADMINS_APART = (
    "(CASE WHEN CAST(roles AS TEXT) LIKE '%\"audit_admin\"%' THEN 1 ELSE 0 END) + "
    "(CASE WHEN CAST(roles AS TEXT) LIKE '%\"security_admin\"%' THEN 1 ELSE 0 END) + "
    "(CASE WHEN CAST(roles AS TEXT) LIKE '%\"system_admin\"%' THEN 1 ELSE 0 END) <= 1"
)
LIVE = sa.text("state = 'active'")


def upgrade() -> None:
    _people()
    _new_tables()
    _keys()
    _signatures()
    _documents()
    op.add_column("event", sa.Column("behalf_id", sa.String(length=30), nullable=True))
    op.create_index("ix_event_behalf", "event", ["behalf_id", "seq"], unique=False)
    triggers.install(op.get_bind())


def _people() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("erasure_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_person_erased_stays_out"), "erased_at IS NULL OR (NOT active AND password_hash IS NULL)"
        )
    with op.batch_alter_table("membership") as batch:
        batch.create_unique_constraint(op.f("uq_membership_org_id_id"), ["org_id", "id"])
        batch.create_check_constraint(op.f("ck_membership_admins_apart"), ADMINS_APART)
    op.create_index(
        "uq_membership_person",
        "membership",
        ["org_id", "person_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _keys() -> None:
    op.add_column("api_key", sa.Column("account_id", sa.String(length=30), nullable=True))
    op.add_column("api_key", sa.Column("areas", Json, nullable=True))
    op.add_column("api_key", sa.Column("previous_hash", sa.String(length=64), nullable=True))
    op.add_column("api_key", sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_key", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    table = sa.table("api_key", sa.column("areas", Json), sa.column("expires_at", sa.DateTime(timezone=True)))
    op.execute(table.update().values(areas=AREAS, expires_at=datetime.now(UTC) + timedelta(days=365)))
    with op.batch_alter_table("api_key") as batch:
        batch.alter_column("areas", existing_type=Json, nullable=False)
        batch.alter_column("expires_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.drop_constraint(op.f("ck_api_key_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_api_key_state_known"), KEY_STATES)
        batch.create_check_constraint(op.f("ck_api_key_previous_hashed"), "length(previous_hash) = 64")
        batch.create_check_constraint(
            op.f("ck_api_key_previous_ends"), "(previous_hash IS NULL) = (previous_until IS NULL)"
        )
        batch.create_check_constraint(op.f("ck_api_key_secret_new"), "previous_hash <> secret_hash")
        batch.create_unique_constraint(op.f("uq_api_key_previous_hash"), ["previous_hash"])
        batch.drop_constraint(op.f("fk_api_key_membership_id"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_api_key_org_id_membership_id"),
            "membership",
            ["org_id", "membership_id"],
            ["org_id", "id"],
            ondelete="RESTRICT",
        )
        batch.create_foreign_key(
            op.f("fk_api_key_org_id_account_id"),
            "service_account",
            ["org_id", "account_id"],
            ["org_id", "id"],
            ondelete="RESTRICT",
        )
    op.create_index(op.f("ix_api_key_account_id"), "api_key", ["account_id"], unique=False)


def _signatures() -> None:
    for name in ("approval_plan", "approval_step"):
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("unit_id", sa.String(length=30), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{name}_org_id_unit_id"), "unit", ["org_id", "unit_id"], ["org_id", "id"], ondelete="RESTRICT"
            )
            if name == "approval_step":
                batch.add_column(sa.Column("decided_for", sa.String(length=30), nullable=True))
                batch.create_foreign_key(
                    op.f("fk_approval_step_decided_for"), "person", ["decided_for"], ["id"], ondelete="RESTRICT"
                )
                batch.create_check_constraint(op.f("ck_approval_step_decided_for_another"), "decided_for <> decided_by")
        op.create_index(op.f(f"ix_{name}_unit_id"), name, ["unit_id"], unique=False)
    op.create_index(op.f("ix_approval_step_decided_for"), "approval_step", ["decided_for"], unique=False)


CHOSEN = (("unit_id", "unit"), ("address_id", "delivery_address"), ("cost_centre_id", "cost_centre"))


def _documents() -> None:
    with op.batch_alter_table("requisition") as batch:
        for column, table in CHOSEN:
            batch.add_column(sa.Column(column, sa.String(length=30), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_requisition_buyer_id_{column}"),
                table,
                ["buyer_id", column],
                ["org_id", "id"],
                ondelete="RESTRICT",
            )
    for column, _ in CHOSEN:
        op.create_index(op.f(f"ix_requisition_{column}"), "requisition", [column], unique=False)
    for column, length in (("unit_name", 300), ("charged_to", 200)):
        op.add_column("purchase_order", sa.Column(column, sa.String(length=length), nullable=False, server_default=""))


def downgrade() -> None:
    triggers.uninstall(op.get_bind())
    op.drop_index("ix_event_behalf", table_name="event")
    op.drop_column("event", "behalf_id")
    _documents_down()
    _signatures_down()
    _keys_down()
    for table in ("unit_role", "service_account", "delivery_address", "delegation", "cost_centre", "unit",
                  "emergency_access", "consent"):  # fmt: skip
        op.drop_table(table)
    op.drop_index("uq_membership_person", table_name="membership")
    with op.batch_alter_table("membership") as batch:
        batch.drop_constraint(op.f("ck_membership_admins_apart"), type_="check")
        batch.drop_constraint(op.f("uq_membership_org_id_id"), type_="unique")
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint(op.f("ck_person_erased_stays_out"), type_="check")
        batch.drop_column("erased_at")
        batch.drop_column("erasure_asked_at")


def _documents_down() -> None:
    for column in ("charged_to", "unit_name"):
        op.drop_column("purchase_order", column)
    for column, _ in CHOSEN:
        op.drop_index(op.f(f"ix_requisition_{column}"), table_name="requisition")
    with op.batch_alter_table("requisition") as batch:
        for column, _ in CHOSEN:
            batch.drop_constraint(op.f(f"fk_requisition_buyer_id_{column}"), type_="foreignkey")
            batch.drop_column(column)


def _signatures_down() -> None:
    op.drop_index(op.f("ix_approval_step_decided_for"), table_name="approval_step")
    for name in ("approval_step", "approval_plan"):
        op.drop_index(op.f(f"ix_{name}_unit_id"), table_name=name)
        with op.batch_alter_table(name) as batch:
            batch.drop_constraint(op.f(f"fk_{name}_org_id_unit_id"), type_="foreignkey")
            batch.drop_column("unit_id")
            if name == "approval_step":
                batch.drop_constraint(op.f("ck_approval_step_decided_for_another"), type_="check")
                batch.drop_constraint(op.f("fk_approval_step_decided_for"), type_="foreignkey")
                batch.drop_column("decided_for")


def _keys_down() -> None:
    # A machine's keys would act for its colleague with all rights in the older schema, so they are dead there.
    op.execute(sa.text("UPDATE api_key SET state = 'revoked' WHERE state = 'expired' OR account_id IS NOT NULL"))
    op.drop_index(op.f("ix_api_key_account_id"), table_name="api_key")
    with op.batch_alter_table("api_key") as batch:
        batch.drop_constraint(op.f("fk_api_key_org_id_account_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_api_key_org_id_membership_id"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_api_key_membership_id"), "membership", ["membership_id"], ["id"], ondelete="RESTRICT"
        )
        batch.drop_constraint(op.f("uq_api_key_previous_hash"), type_="unique")
        for name in ("previous_hashed", "previous_ends", "secret_new", "state_known"):
            batch.drop_constraint(op.f(f"ck_api_key_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_api_key_state_known"), KEY_STATES_BEFORE)
        for column in ("expires_at", "previous_until", "previous_hash", "areas", "account_id"):
            batch.drop_column(column)


def _new_tables() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("document", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.String(length=10), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('account', 'invitation', 'sign_in')", name=op.f("ck_consent_channel_known")),
        sa.CheckConstraint("document IN ('privacy', 'terms')", name=op.f("ck_consent_document_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person", "consent", ["person_id", "document", "at"], unique=False)

    op.create_table(
        "emergency_access",
        sa.Column("operator_id", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=30), nullable=False),
        sa.Column("auditor_id", sa.String(length=30), nullable=True),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("allowed_by", sa.String(length=30), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'ended', 'refused', 'requested', 'withdrawn')",
            name=op.f("ck_emergency_access_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'ended') OR allowed_by IS NOT NULL",
            name=op.f("ck_emergency_access_allowed_by_somebody"),
        ),
        sa.CheckConstraint("(allowed_by IS NULL) = (ends_at IS NULL)", name=op.f("ck_emergency_access_allowed_until")),
        sa.CheckConstraint("allowed_by <> person_id", name=op.f("ck_emergency_access_two_people")),
        sa.CheckConstraint("hours BETWEEN 1 AND 72", name=op.f("ck_emergency_access_hours_few")),
        sa.CheckConstraint("operator_id <> subject_id", name=op.f("ck_emergency_access_into_another")),
        sa.ForeignKeyConstraint(
            ["allowed_by"], ["person.id"], name=op.f("fk_emergency_access_allowed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["organisation.id"], name=op.f("fk_emergency_access_auditor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_emergency_access_operator_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_emergency_access_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["organisation.id"], name=op.f("fk_emergency_access_subject_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    op.create_index(op.f("ix_emergency_access_allowed_by"), "emergency_access", ["allowed_by"], unique=False)
    op.create_index(op.f("ix_emergency_access_auditor_id"), "emergency_access", ["auditor_id"], unique=False)
    op.create_index(op.f("ix_emergency_access_operator_id"), "emergency_access", ["operator_id"], unique=False)
    op.create_index(op.f("ix_emergency_access_person_id"), "emergency_access", ["person_id"], unique=False)
    op.create_index(op.f("ix_emergency_access_subject_id"), "emergency_access", ["subject_id"], unique=False)
    op.create_index(
        "ix_emergency_access_waits", "emergency_access", ["waits_org", "waits_role", "waits_until"], unique=False
    )
    op.create_index(
        "uq_emergency_access_live",
        "emergency_access",
        ["person_id", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('requested', 'active')"),
        postgresql_where=sa.text("state IN ('requested', 'active')"),
    )

    op.create_table(
        "unit",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("parent_id", sa.String(length=30), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'closed')", name=op.f("ck_unit_state_known")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_unit_parent_is_another")),
        sa.ForeignKeyConstraint(
            ["org_id", "parent_id"],
            ["unit.org_id", "unit.id"],
            name=op.f("fk_unit_org_id_parent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_unit_org_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_unit_org_id_id")),
    )
    op.create_index(op.f("ix_unit_org_id"), "unit", ["org_id"], unique=False)
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index("ix_unit_waits", "unit", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_unit_inside",
        "unit",
        ["org_id", "parent_id", "title"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "uq_unit_top",
        "unit",
        ["org_id", "title"],
        unique=True,
        sqlite_where=sa.text("state = 'active' AND parent_id IS NULL"),
        postgresql_where=sa.text("state = 'active' AND parent_id IS NULL"),
    )

    op.create_table(
        "cost_centre",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.String(length=30), nullable=True),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('centre', 'fund')", name=op.f("ck_cost_centre_kind_known")),
        sa.CheckConstraint("state IN ('active', 'closed')", name=op.f("ck_cost_centre_state_known")),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"],
            ["unit.org_id", "unit.id"],
            name=op.f("fk_cost_centre_org_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_cost_centre_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_centre")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_cost_centre_org_id_id")),
    )
    op.create_index(op.f("ix_cost_centre_org_id"), "cost_centre", ["org_id"], unique=False)
    op.create_index(op.f("ix_cost_centre_unit_id"), "cost_centre", ["unit_id"], unique=False)
    op.create_index("ix_cost_centre_waits", "cost_centre", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_cost_centre_live",
        "cost_centre",
        ["org_id", "code"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )

    op.create_table(
        "delegation",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("membership_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("deputy_membership_id", sa.String(length=30), nullable=False),
        sa.Column("deputy_id", sa.String(length=30), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ceiling_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('approver', 'finance')", name=op.f("ck_delegation_role_known")),
        sa.CheckConstraint(
            "state IN ('active', 'ended', 'planned', 'withdrawn')", name=op.f("ck_delegation_state_known")
        ),
        sa.CheckConstraint("ceiling_minor > 0", name=op.f("ck_delegation_ceiling_positive")),
        sa.CheckConstraint("deputy_id <> person_id", name=op.f("ck_delegation_lent_to_another")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_delegation_ends_later")),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["person.id"], name=op.f("fk_delegation_deputy_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "deputy_membership_id"],
            ["membership.org_id", "membership.id"],
            name=op.f("fk_delegation_org_id_deputy_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "membership_id"],
            ["membership.org_id", "membership.id"],
            name=op.f("fk_delegation_org_id_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_delegation_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_delegation_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_delegation_org_id_id")),
    )
    op.create_index(op.f("ix_delegation_deputy_id"), "delegation", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_delegation_deputy_membership_id"), "delegation", ["deputy_membership_id"], unique=False)
    op.create_index(op.f("ix_delegation_membership_id"), "delegation", ["membership_id"], unique=False)
    op.create_index(op.f("ix_delegation_org_id"), "delegation", ["org_id"], unique=False)
    op.create_index(op.f("ix_delegation_person_id"), "delegation", ["person_id"], unique=False)
    op.create_index("ix_delegation_waits", "delegation", ["waits_org", "waits_role", "waits_until"], unique=False)

    op.create_table(
        "delivery_address",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.String(length=30), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'closed')", name=op.f("ck_delivery_address_state_known")),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"],
            ["unit.org_id", "unit.id"],
            name=op.f("fk_delivery_address_org_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_delivery_address_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_address")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_delivery_address_org_id_id")),
    )
    op.create_index(op.f("ix_delivery_address_org_id"), "delivery_address", ["org_id"], unique=False)
    op.create_index(op.f("ix_delivery_address_unit_id"), "delivery_address", ["unit_id"], unique=False)
    op.create_index(
        "ix_delivery_address_waits", "delivery_address", ["waits_org", "waits_role", "waits_until"], unique=False
    )

    op.create_table(
        "service_account",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("membership_id", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'ended')", name=op.f("ck_service_account_state_known")),
        sa.ForeignKeyConstraint(
            ["org_id", "membership_id"],
            ["membership.org_id", "membership.id"],
            name=op.f("fk_service_account_org_id_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_service_account_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_account")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_service_account_org_id_id")),
    )
    op.create_index(op.f("ix_service_account_membership_id"), "service_account", ["membership_id"], unique=False)
    op.create_index(op.f("ix_service_account_org_id"), "service_account", ["org_id"], unique=False)
    op.create_index(
        "ix_service_account_waits", "service_account", ["waits_org", "waits_role", "waits_until"], unique=False
    )
    op.create_index(
        "uq_service_account_live",
        "service_account",
        ["org_id", "title"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )

    op.create_table(
        "unit_role",
        sa.Column("membership_id", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.String(length=30), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "membership_id"],
            ["membership.org_id", "membership.id"],
            name=op.f("fk_unit_role_org_id_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "unit_id"],
            ["unit.org_id", "unit.id"],
            name=op.f("fk_unit_role_org_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("membership_id", "unit_id", "role", name=op.f("pk_unit_role")),
    )
    op.create_index(op.f("ix_unit_role_unit_id"), "unit_role", ["unit_id"], unique=False)
