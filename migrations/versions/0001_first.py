"""The first schema.

Revision: 0001
Revises: none

Triggers stand in app/ledger/triggers.py; a later change of theirs is a new revision that replaces them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.ledger import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_counter")),
    )
    op.create_table(
        "cursor",
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_cursor")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'done', 'parked')", name=op.f("ck_delivery_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_due", "delivery", ["state", "due_at"], unique=False)
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("org_id", sa.String(length=30), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    op.create_index("ix_event_object", "event", ["object_id", "seq"], unique=False)
    op.create_table(
        "grant_row",
        sa.Column("object_id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("object_id", "org_id", "name", name=op.f("pk_grant_row")),
    )
    op.create_index(op.f("ix_grant_row_org_id"), "grant_row", ["org_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("principal", sa.String(length=61), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("object_id", sa.String(length=30), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "balance_minor <= 0 OR kind NOT IN ('held', 'in_transit', 'refund_due', 'unallocated')",
            name=op.f("ck_ledger_account_never_debit"),
        ),
        sa.CheckConstraint("balance_minor >= 0 OR kind <> 'due_from'", name=op.f("ck_ledger_account_never_credit")),
        sa.CheckConstraint(
            "code = kind OR substr(code, 1, length(kind) + 1) = kind || ':'",
            name=op.f("ck_ledger_account_code_of_kind"),
        ),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_ledger_account_currency_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('bank', 'commission', 'due_from', 'float', 'gateway', 'gateway_fees', 'held', 'in_transit', 'payable', 'refund_due', 'rounding', 'unallocated', 'vat')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("code", "currency", name=op.f("uq_ledger_account_code_currency")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_ledger_account_id_currency")),
    )
    op.create_index("ix_ledger_account_kind", "ledger_account", ["kind", "currency"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("is_lab", sa.Boolean(), nullable=False),
        sa.Column("is_supplier", sa.Boolean(), nullable=False),
        sa.Column("is_service", sa.Boolean(), nullable=False),
        sa.Column("platform", sa.String(length=10), nullable=True),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("bank_name", sa.String(length=120), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("platform IN ('auditor', 'operator', 'owner')", name=op.f("ck_organisation_platform_known")),
        sa.CheckConstraint(
            "state IN ('admitted', 'applied', 'correcting', 'rejected', 'suspended', 'terminated')",
            name=op.f("ck_organisation_state_known"),
        ),
        sa.CheckConstraint(
            "(platform IS NULL AND (is_lab OR is_supplier OR is_service)) OR (platform IS NOT NULL AND NOT (is_supplier OR is_service))",
            name=op.f("ck_organisation_kinds_apart"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisation_credit_code")),
    )
    op.create_index("ix_organisation_waits", "organisation", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_organisation_platform",
        "organisation",
        ["platform"],
        unique=True,
        sqlite_where=sa.text("platform IN ('operator', 'owner')"),
        postgresql_where=sa.text("platform IN ('operator', 'owner')"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('en', 'zh')", name=op.f("ck_person_language_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "security_note",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("detail", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_note")),
    )
    op.create_index("ix_security_note_kind", "security_note", ["kind", "at"], unique=False)
    op.create_table(
        "approval_plan",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("document_id", sa.String(length=30), nullable=False),
        sa.Column("requester_id", sa.String(length=30), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_approval_plan_currency_known"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_approval_plan_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["person.id"], name=op.f("fk_approval_plan_requester_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_plan")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_approval_plan_org_id_id")),
    )
    op.create_index(op.f("ix_approval_plan_document_id"), "approval_plan", ["document_id"], unique=False)
    op.create_index(op.f("ix_approval_plan_org_id"), "approval_plan", ["org_id"], unique=False)
    op.create_index(op.f("ix_approval_plan_requester_id"), "approval_plan", ["requester_id"], unique=False)
    op.create_table(
        "approval_rule",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_minor", sa.BigInteger(), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_approval_rule_currency_known"),
        ),
        sa.CheckConstraint("state IN ('active', 'retired')", name=op.f("ck_approval_rule_state_known")),
        sa.CheckConstraint("subject IN ('award', 'requisition')", name=op.f("ck_approval_rule_subject_known")),
        sa.CheckConstraint("from_minor >= 0", name=op.f("ck_approval_rule_from_positive")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_approval_rule_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
    )
    op.create_index(op.f("ix_approval_rule_org_id"), "approval_rule", ["org_id"], unique=False)
    op.create_index("ix_approval_rule_waits", "approval_rule", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_approval_rule_active",
        "approval_rule",
        ["org_id", "subject", "currency", "from_minor"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "bank_entry",
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("statement_reference", sa.String(length=80), nullable=False),
        sa.Column("payer", sa.String(length=120), nullable=False),
        sa.Column("proposer_id", sa.String(length=30), nullable=False),
        sa.Column("booker_id", sa.String(length=30), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'repayment') = (supplier_id IS NOT NULL)", name=op.f("ck_bank_entry_repaid_by_somebody")
        ),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_bank_entry_currency_known"),
        ),
        sa.CheckConstraint("kind = 'gateway_payout' OR fee_minor = 0", name=op.f("ck_bank_entry_fee_of_gateway")),
        sa.CheckConstraint(
            "kind IN ('float_in', 'float_out', 'gateway_payout', 'repayment', 'shares_out', 'unmatched')",
            name=op.f("ck_bank_entry_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('booked', 'declined', 'matched', 'proposed')", name=op.f("ck_bank_entry_state_known")
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND fee_minor >= 0 AND fee_minor <= amount_minor", name=op.f("ck_bank_entry_amount")
        ),
        sa.CheckConstraint("booker_id IS NULL OR booker_id <> proposer_id", name=op.f("ck_bank_entry_four_eyes")),
        sa.ForeignKeyConstraint(
            ["booker_id"], ["person.id"], name=op.f("fk_bank_entry_booker_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["person.id"], name=op.f("fk_bank_entry_proposer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_bank_entry_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_entry_number")),
    )
    op.create_index(op.f("ix_bank_entry_booker_id"), "bank_entry", ["booker_id"], unique=False)
    op.create_index(op.f("ix_bank_entry_proposer_id"), "bank_entry", ["proposer_id"], unique=False)
    op.create_index(op.f("ix_bank_entry_supplier_id"), "bank_entry", ["supplier_id"], unique=False)
    op.create_index("ix_bank_entry_waits", "bank_entry", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "commission_rate",
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("owner_share_bp", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposer_id", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'declined', 'proposed', 'retired')", name=op.f("ck_commission_rate_state_known")
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= valid_from", name=op.f("ck_commission_rate_ends_later")),
        sa.CheckConstraint(
            "owner_share_bp >= 0 AND owner_share_bp <= 10000", name=op.f("ck_commission_rate_owner_share")
        ),
        sa.CheckConstraint("rate_bp >= 0 AND rate_bp <= 5000", name=op.f("ck_commission_rate_rate")),
        sa.CheckConstraint("vat_bp >= 0 AND vat_bp <= 3000", name=op.f("ck_commission_rate_vat")),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["person.id"], name=op.f("fk_commission_rate_proposer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_rate")),
    )
    op.create_index(op.f("ix_commission_rate_proposer_id"), "commission_rate", ["proposer_id"], unique=False)
    op.create_index(
        "ix_commission_rate_waits", "commission_rate", ["waits_org", "waits_role", "waits_until"], unique=False
    )
    op.create_index(
        "uq_commission_rate_from",
        "commission_rate",
        ["valid_from"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("memo", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=30), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_entry_event_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_entry_key")),
    )
    op.create_index("ix_entry_at", "entry", ["at"], unique=False)
    op.create_index(op.f("ix_entry_event_id"), "entry", ["event_id"], unique=False)
    op.create_table(
        "event_reader",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["event.seq"], name=op.f("fk_event_reader_seq")),
        sa.PrimaryKeyConstraint("org_id", "seq", name=op.f("pk_event_reader")),
    )
    op.create_table(
        "event_words",
        sa.Column("event_id", sa.String(length=30), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_words_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_words")),
    )
    op.create_table(
        "listing",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=120), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("part_no", sa.String(length=120), nullable=False),
        sa.Column("summary_zh", sa.String(length=2000), nullable=False),
        sa.Column("summary_en", sa.String(length=2000), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("price_basis_micro", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("specs", Json, nullable=False),
        sa.Column("supplier_sku", sa.String(length=120), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_listing_currency_known"),
        ),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_listing_kind_known")),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_listing_published_when")),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'returned', 'submitted', 'suspended', 'withdrawn')",
            name=op.f("ck_listing_state_known"),
        ),
        sa.CheckConstraint(
            "lead_time_days IS NULL OR lead_time_days BETWEEN 0 AND 3650", name=op.f("ck_listing_lead_time_in_range")
        ),
        sa.CheckConstraint("length(category) > 0 AND length(unit) > 0", name=op.f("ck_listing_placed")),
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name=op.f("ck_listing_named")),
        sa.CheckConstraint("price_basis_micro BETWEEN 1 AND 1000000000000000", name=op.f("ck_listing_basis_in_range")),
        sa.CheckConstraint(
            "price_minor IS NULL OR price_minor BETWEEN 1 AND 1000000000000000", name=op.f("ck_listing_price_in_range")
        ),
        sa.CheckConstraint("supplier_sku IS NULL OR length(supplier_sku) > 0", name=op.f("ck_listing_sku_said")),
        sa.CheckConstraint("vat_bp BETWEEN 0 AND 10000", name=op.f("ck_listing_vat_in_range")),
        sa.CheckConstraint(
            "warranty_months IS NULL OR warranty_months BETWEEN 0 AND 600", name=op.f("ck_listing_warranty_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_listing_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_listing_supplier_id_id")),
        sa.UniqueConstraint("supplier_id", "supplier_sku", name=op.f("uq_listing_supplier_id_supplier_sku")),
    )
    op.create_index("ix_listing_supplier_state", "listing", ["supplier_id", "state", "id"], unique=False)
    op.create_index("ix_listing_waits", "listing", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_login_session_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_login_session_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_org_id"), "login_session", ["org_id"], unique=False)
    op.create_index(op.f("ix_login_session_person_id"), "login_session", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'active' OR person_id IS NOT NULL", name=op.f("ck_membership_active_is_somebody")),
        sa.CheckConstraint("state IN ('active', 'ended', 'invited')", name=op.f("ck_membership_state_known")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_membership_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_org_id"), "membership", ["org_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index("ix_membership_waits", "membership", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_membership_live",
        "membership",
        ["org_id", "email"],
        unique=True,
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "payout",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_name", sa.String(length=120), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("creator_id", sa.String(length=30), nullable=False),
        sa.Column("approver_id", sa.String(length=30), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_payout_currency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'cancelled', 'created', 'failed', 'submitted', 'succeeded', 'unknown')",
            name=op.f("ck_payout_state_known"),
        ),
        sa.CheckConstraint("amount_minor > 0 AND attempts >= 0", name=op.f("ck_payout_amount")),
        sa.CheckConstraint("approver_id IS NULL OR approver_id <> creator_id", name=op.f("ck_payout_four_eyes")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["person.id"], name=op.f("fk_payout_approver_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["person.id"], name=op.f("fk_payout_creator_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_payout_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("number", name=op.f("uq_payout_number")),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_payout_supplier_id_id")),
    )
    op.create_index(op.f("ix_payout_approver_id"), "payout", ["approver_id"], unique=False)
    op.create_index(op.f("ix_payout_creator_id"), "payout", ["creator_id"], unique=False)
    op.create_index(op.f("ix_payout_supplier_id"), "payout", ["supplier_id"], unique=False)
    op.create_index("ix_payout_waits", "payout", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_payout_live",
        "payout",
        ["supplier_id", "currency"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('succeeded', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('succeeded', 'cancelled')"),
    )
    op.create_table(
        "rfq",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_place", sa.String(length=200), nullable=False),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column("amendment", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=True),
        sa.Column("source_reference", sa.String(length=120), nullable=True),
        sa.Column("source_published_on", sa.Date(), nullable=True),
        sa.Column("source_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_buyer", sa.String(length=300), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_rfq_currency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'closed', 'concluded', 'draft', 'failed', 'open')", name=op.f("ck_rfq_state_known")
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organisation.id"], name=op.f("fk_rfq_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rfq_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_rfq_buyer_id_id")),
        sa.UniqueConstraint(
            "buyer_id", "source", "source_reference", name=op.f("uq_rfq_buyer_id_source_source_reference")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_rfq_number")),
    )
    op.create_index(op.f("ix_rfq_buyer_id"), "rfq", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_rfq_person_id"), "rfq", ["person_id"], unique=False)
    op.create_index("ix_rfq_waits", "rfq", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "statement",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("period_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agree_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_statement_currency_known"),
        ),
        sa.CheckConstraint("state IN ('agreed', 'disputed', 'issued', 'open')", name=op.f("ck_statement_state_known")),
        sa.CheckConstraint("period_to > period_from", name=op.f("ck_statement_period")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_statement_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("number", name=op.f("uq_statement_number")),
        sa.UniqueConstraint(
            "supplier_id", "currency", "period_from", name=op.f("uq_statement_supplier_id_currency_period_from")
        ),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_statement_supplier_id_id")),
    )
    op.create_index(op.f("ix_statement_supplier_id"), "statement", ["supplier_id"], unique=False)
    op.create_index("ix_statement_waits", "statement", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_stored_file_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_stored_file_stored_as")),
    )
    op.create_index(op.f("ix_stored_file_object_id"), "stored_file", ["object_id"], unique=False)
    op.create_index(op.f("ix_stored_file_org_id"), "stored_file", ["org_id"], unique=False)
    op.create_table(
        "transaction_rule",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("operator_from_minor", sa.BigInteger(), nullable=False),
        sa.Column("owner_from_minor", sa.BigInteger(), nullable=False),
        sa.Column("proposer_id", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_transaction_rule_currency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'declined', 'proposed', 'retired')", name=op.f("ck_transaction_rule_state_known")
        ),
        sa.CheckConstraint(
            "operator_from_minor >= 0 AND owner_from_minor >= operator_from_minor",
            name=op.f("ck_transaction_rule_ordered"),
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["person.id"], name=op.f("fk_transaction_rule_proposer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transaction_rule")),
    )
    op.create_index(op.f("ix_transaction_rule_proposer_id"), "transaction_rule", ["proposer_id"], unique=False)
    op.create_index(
        "ix_transaction_rule_waits", "transaction_rule", ["waits_org", "waits_role", "waits_until"], unique=False
    )
    op.create_index(
        "uq_transaction_rule_active",
        "transaction_rule",
        ["currency"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "api_key",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("membership_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=5), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'write')", name=op.f("ck_api_key_scope_known")),
        sa.CheckConstraint("state IN ('active', 'revoked')", name=op.f("ck_api_key_state_known")),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_api_key_secret_hashed")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_api_key_membership_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_api_key_org_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_key_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_key_secret_hash")),
    )
    op.create_index(op.f("ix_api_key_membership_id"), "api_key", ["membership_id"], unique=False)
    op.create_index(op.f("ix_api_key_org_id"), "api_key", ["org_id"], unique=False)
    op.create_index(op.f("ix_api_key_person_id"), "api_key", ["person_id"], unique=False)
    op.create_index("ix_api_key_waits", "api_key", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "approval_step",
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("plan_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("delegate_id", sa.String(length=30), nullable=True),
        sa.Column("delegated_by", sa.String(length=30), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=30), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('approved', 'planned', 'rejected', 'skipped', 'waiting')",
            name=op.f("ck_approval_step_state_known"),
        ),
        sa.CheckConstraint(
            "(delegate_id IS NULL) = (delegated_by IS NULL)", name=op.f("ck_approval_step_delegated_by_somebody")
        ),
        sa.CheckConstraint(
            "delegate_id <> delegated_by", name=op.f("ck_approval_step_delegated_to_another")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["person.id"], name=op.f("fk_approval_step_delegate_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["delegated_by"], ["person.id"], name=op.f("fk_approval_step_delegated_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_approval_step_decided_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "plan_id"],
            ["approval_plan.org_id", "approval_plan.id"],
            name=op.f("fk_approval_step_org_id_plan_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_approval_step_org_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_approval_step_plan_id_position")),
    )
    op.create_index(op.f("ix_approval_step_decided_by"), "approval_step", ["decided_by"], unique=False)
    op.create_index(op.f("ix_approval_step_delegate_id"), "approval_step", ["delegate_id"], unique=False)
    op.create_index(op.f("ix_approval_step_delegated_by"), "approval_step", ["delegated_by"], unique=False)
    op.create_index(op.f("ix_approval_step_org_id"), "approval_step", ["org_id"], unique=False)
    op.create_index(op.f("ix_approval_step_plan_id"), "approval_step", ["plan_id"], unique=False)
    op.create_index("ix_approval_step_waits", "approval_step", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "award",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("rfq_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_award_currency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'awaiting_approval', 'cancelled', 'draft', 'ordered', 'rejected')",
            name=op.f("ck_award_state_known"),
        ),
        sa.CheckConstraint("total_minor > 0", name=op.f("ck_award_total")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "rfq_id"],
            ["rfq.buyer_id", "rfq.id"],
            name=op.f("fk_award_buyer_id_rfq_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organisation.id"], name=op.f("fk_award_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_award_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_award_number")),
    )
    op.create_index(op.f("ix_award_buyer_id"), "award", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_award_person_id"), "award", ["person_id"], unique=False)
    op.create_index(op.f("ix_award_rfq_id"), "award", ["rfq_id"], unique=False)
    op.create_index("ix_award_waits", "award", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "basket_line",
        sa.Column("person_id", sa.String(length=30), nullable=False),
        sa.Column("org_id", sa.String(length=30), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "quantity_micro BETWEEN 1 AND 1000000000000000", name=op.f("ck_basket_line_quantity_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_basket_line_listing_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_basket_line_org_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_basket_line_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "org_id", "listing_id", name=op.f("pk_basket_line")),
    )
    op.create_index(op.f("ix_basket_line_listing_id"), "basket_line", ["listing_id"], unique=False)
    op.create_table(
        "entry_line",
        sa.Column("entry_id", sa.String(length=30), nullable=False),
        sa.Column("account_id", sa.String(length=30), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_entry_line_amount_something")),
        sa.ForeignKeyConstraint(
            ["account_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name=op.f("fk_entry_line_account_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_entry_line_entry_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("entry_id", "account_id", name=op.f("pk_entry_line")),
    )
    op.create_index("ix_entry_line_account", "entry_line", ["account_id", "entry_id"], unique=False)
    op.create_table(
        "payout_line",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("payout_id", sa.String(length=30), nullable=False),
        sa.Column("entry_id", sa.String(length=30), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_payout_line_amount_something")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payout_line_entry_id")),
        sa.ForeignKeyConstraint(
            ["supplier_id", "payout_id"],
            ["payout.supplier_id", "payout.id"],
            name=op.f("fk_payout_line_supplier_id_payout_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("payout_id", "entry_id", name=op.f("pk_payout_line")),
    )
    op.create_index(op.f("ix_payout_line_entry_id"), "payout_line", ["entry_id"], unique=False)
    op.create_table(
        "quote",
        sa.Column("rfq_id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("amendment", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'expired', 'lost', 'submitted', 'void', 'withdrawn', 'won')",
            name=op.f("ck_quote_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "rfq_id"],
            ["rfq.buyer_id", "rfq.id"],
            name=op.f("fk_quote_buyer_id_rfq_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organisation.id"], name=op.f("fk_quote_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_quote_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_quote_supplier_id_id")),
    )
    op.create_index(op.f("ix_quote_buyer_id"), "quote", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_quote_opened_at"), "quote", ["opened_at"], unique=False)
    op.create_index(op.f("ix_quote_rfq_id"), "quote", ["rfq_id"], unique=False)
    op.create_index(op.f("ix_quote_supplier_id"), "quote", ["supplier_id"], unique=False)
    op.create_index("ix_quote_waits", "quote", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_quote_live",
        "quote",
        ["rfq_id", "supplier_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "requisition",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("delivery_place", sa.String(length=200), nullable=False),
        sa.Column("rfq_id", sa.String(length=30), nullable=True),
        sa.Column("price_hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_requisition_currency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'awaiting_approval', 'cancelled', 'draft', 'lapsed', 'ordered', 'rejected', 'returned', 'sourcing')",
            name=op.f("ck_requisition_state_known"),
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_requisition_total")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_requisition_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_requisition_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_requisition_rfq_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_requisition_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_requisition_number")),
    )
    op.create_index(op.f("ix_requisition_buyer_id"), "requisition", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_requisition_person_id"), "requisition", ["person_id"], unique=False)
    op.create_index(op.f("ix_requisition_rfq_id"), "requisition", ["rfq_id"], unique=False)
    op.create_index("ix_requisition_waits", "requisition", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "rfq_invitation",
        sa.Column("rfq_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("supplier_id <> buyer_id", name=op.f("ck_rfq_invitation_not_oneself")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "rfq_id"],
            ["rfq.buyer_id", "rfq.id"],
            name=op.f("fk_rfq_invitation_buyer_id_rfq_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_rfq_invitation_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("rfq_id", "supplier_id", name=op.f("pk_rfq_invitation")),
    )
    op.create_index(op.f("ix_rfq_invitation_supplier_id"), "rfq_invitation", ["supplier_id"], unique=False)
    op.create_table(
        "rfq_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("rfq_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=True),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("cpv", sa.String(length=12), nullable=False),
        sa.Column("demands", Json, nullable=False),
        sa.Column("awarded_micro", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_micro", sa.BigInteger(), nullable=False),
        sa.Column("given_up_micro", sa.BigInteger(), nullable=False),
        sa.Column("given_up_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_rfq_line_kind_known")),
        sa.CheckConstraint(
            "awarded_micro >= 0 AND awarded_micro + given_up_micro <= quantity_micro", name=op.f("ck_rfq_line_awarded")
        ),
        sa.CheckConstraint(
            "confirmed_micro >= 0 AND confirmed_micro <= awarded_micro", name=op.f("ck_rfq_line_confirmed")
        ),
        sa.CheckConstraint(
            "quantity_micro > 0 AND quantity_micro <= 1000000000000000", name=op.f("ck_rfq_line_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "rfq_id"],
            ["rfq.buyer_id", "rfq.id"],
            name=op.f("fk_rfq_line_buyer_id_rfq_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_rfq_line_listing_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_line")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_rfq_line_buyer_id_id")),
        sa.UniqueConstraint("rfq_id", "position", name=op.f("uq_rfq_line_rfq_id_position")),
    )
    op.create_index(op.f("ix_rfq_line_listing_id"), "rfq_line", ["listing_id"], unique=False)
    op.create_index(op.f("ix_rfq_line_rfq_id"), "rfq_line", ["rfq_id"], unique=False)
    op.create_table(
        "rfq_question",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("rfq_id", sa.String(length=30), nullable=False),
        sa.Column("asker_id", sa.String(length=30), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["organisation.id"], name=op.f("fk_rfq_question_asker_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "rfq_id"],
            ["rfq.buyer_id", "rfq.id"],
            name=op.f("fk_rfq_question_buyer_id_rfq_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_question")),
    )
    op.create_index(op.f("ix_rfq_question_asker_id"), "rfq_question", ["asker_id"], unique=False)
    op.create_index(op.f("ix_rfq_question_rfq_id"), "rfq_question", ["rfq_id"], unique=False)
    op.create_table(
        "single_use_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("membership_id", sa.String(length=30), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('invite', 'reset')", name=op.f("ck_single_use_link_purpose_known")),
        sa.CheckConstraint("(person_id IS NULL) <> (membership_id IS NULL)", name=op.f("ck_single_use_link_for_one")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_single_use_link_membership_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_single_use_link_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_single_use_link")),
    )
    op.create_index(op.f("ix_single_use_link_membership_id"), "single_use_link", ["membership_id"], unique=False)
    op.create_index(op.f("ix_single_use_link_person_id"), "single_use_link", ["person_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.String(length=30), nullable=True),
        sa.Column("requisition_id", sa.String(length=30), nullable=True),
        sa.Column("delivery_place", sa.String(length=200), nullable=False),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warranty_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commission", Json, nullable=False),
        sa.Column("plan", Json, nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('api', 'counter', 'paper', 'phone', 'web')", name=op.f("ck_purchase_order_channel_known")
        ),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_purchase_order_currency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'awaiting_buyer', 'awaiting_operator', 'awaiting_owner', 'awaiting_supplier', 'cancelled', 'closed', 'confirmed', 'delivered', 'lapsed', 'refused', 'returned')",
            name=op.f("ck_purchase_order_state_known"),
        ),
        sa.CheckConstraint("(award_id IS NULL) <> (requisition_id IS NULL)", name=op.f("ck_purchase_order_one_source")),
        sa.CheckConstraint("buyer_id <> supplier_id", name=op.f("ck_purchase_order_two_parties")),
        sa.CheckConstraint("total_minor > 0 AND tax_minor >= 0", name=op.f("ck_purchase_order_total")),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.id"], name=op.f("fk_purchase_order_award_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_purchase_order_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_purchase_order_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_purchase_order_requisition_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_purchase_order_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_purchase_order_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
    )
    op.create_index(op.f("ix_purchase_order_award_id"), "purchase_order", ["award_id"], unique=False)
    op.create_index(op.f("ix_purchase_order_buyer_id"), "purchase_order", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_purchase_order_person_id"), "purchase_order", ["person_id"], unique=False)
    op.create_index(op.f("ix_purchase_order_requisition_id"), "purchase_order", ["requisition_id"], unique=False)
    op.create_index("ix_purchase_order_supplier", "purchase_order", ["supplier_id", "state"], unique=False)
    op.create_index(op.f("ix_purchase_order_supplier_id"), "purchase_order", ["supplier_id"], unique=False)
    op.create_index(
        "ix_purchase_order_waits", "purchase_order", ["waits_org", "waits_role", "waits_until"], unique=False
    )
    op.create_table(
        "quote_version",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("quote_id", sa.String(length=30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("min_order_minor", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_quote_version_currency_known"),
        ),
        sa.CheckConstraint("min_order_minor >= 0", name=op.f("ck_quote_version_min_order")),
        sa.CheckConstraint(
            "submitted_at IS NULL OR length(digest) = 64", name=op.f("ck_quote_version_frozen_is_hashed")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "quote_id"],
            ["quote.supplier_id", "quote.id"],
            name=op.f("fk_quote_version_supplier_id_quote_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_version")),
        sa.UniqueConstraint("quote_id", "revision", name=op.f("uq_quote_version_quote_id_revision")),
        sa.UniqueConstraint("supplier_id", "id", name=op.f("uq_quote_version_supplier_id_id")),
    )
    op.create_index(op.f("ix_quote_version_quote_id"), "quote_version", ["quote_id"], unique=False)
    op.create_table(
        "requisition_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("requisition_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=True),
        sa.Column("supplier_id", sa.String(length=30), nullable=True),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("price_basis_micro", sa.BigInteger(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("price_basis_micro > 0", name=op.f("ck_requisition_line_basis")),
        sa.CheckConstraint("price_minor IS NULL OR price_minor > 0", name=op.f("ck_requisition_line_price")),
        sa.CheckConstraint(
            "quantity_micro > 0 AND quantity_micro <= 1000000000000000", name=op.f("ck_requisition_line_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "requisition_id"],
            ["requisition.buyer_id", "requisition.id"],
            name=op.f("fk_requisition_line_buyer_id_requisition_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_requisition_line_listing_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_requisition_line_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition_line")),
        sa.UniqueConstraint("requisition_id", "position", name=op.f("uq_requisition_line_requisition_id_position")),
    )
    op.create_index(op.f("ix_requisition_line_listing_id"), "requisition_line", ["listing_id"], unique=False)
    op.create_index(op.f("ix_requisition_line_requisition_id"), "requisition_line", ["requisition_id"], unique=False)
    op.create_index(op.f("ix_requisition_line_supplier_id"), "requisition_line", ["supplier_id"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.String(length=12), nullable=False),
        sa.Column("release_on", sa.String(length=12), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("release_date", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("reversed_minor", sa.BigInteger(), nullable=False),
        sa.Column("owed_minor", sa.BigInteger(), nullable=False),
        sa.Column("released_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("releases", sa.Integer(), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ripens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_instalment_currency_known"),
        ),
        sa.CheckConstraint(
            "due_on IN ('accepted', 'confirmed', 'date', 'shipped', 'warranty_end')",
            name=op.f("ck_instalment_due_on_known"),
        ),
        sa.CheckConstraint(
            "release_on IN ('accepted', 'confirmed', 'date', 'shipped', 'warranty_end')",
            name=op.f("ck_instalment_release_on_known"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'due', 'paid', 'planned', 'released')", name=op.f("ck_instalment_state_known")
        ),
        sa.CheckConstraint(
            "amount_minor >= 0 AND due_minor >= 0 AND due_minor <= amount_minor", name=op.f("ck_instalment_amount")
        ),
        sa.CheckConstraint(
            "paid_minor - reversed_minor + owed_minor - released_minor - refunded_minor >= 0",
            name=op.f("ck_instalment_held"),
        ),
        sa.CheckConstraint(
            "paid_minor >= 0 AND reversed_minor >= 0 AND owed_minor >= 0 AND released_minor >= 0 AND refunded_minor >= 0 AND releases >= 0",
            name=op.f("ck_instalment_not_negative"),
        ),
        sa.CheckConstraint("released_minor + refunded_minor <= paid_minor", name=op.f("ck_instalment_within_paid")),
        sa.CheckConstraint("share_bp > 0 AND share_bp <= 10000", name=op.f("ck_instalment_share")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_instalment_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_instalment_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_instalment_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_instalment_buyer_id_id")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_instalment_order_id_position")),
    )
    op.create_index("ix_instalment_buyer_due", "instalment", ["buyer_id", "state", "due_by"], unique=False)
    op.create_index(op.f("ix_instalment_buyer_id"), "instalment", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_instalment_order_id"), "instalment", ["order_id"], unique=False)
    op.create_index("ix_instalment_ripens", "instalment", ["ripens_at"], unique=False)
    op.create_index(op.f("ix_instalment_supplier_id"), "instalment", ["supplier_id"], unique=False)
    op.create_index("ix_instalment_waits", "instalment", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "payment",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("told_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("statement_reference", sa.String(length=80), nullable=False),
        sa.Column("bank_entry_id", sa.String(length=30), nullable=True),
        sa.Column("gateway_reference", sa.String(length=80), nullable=True),
        sa.Column("recorder_id", sa.String(length=30), nullable=True),
        sa.Column("confirmer_id", sa.String(length=30), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_payment_currency_known"),
        ),
        sa.CheckConstraint("method IN ('gateway', 'transfer')", name=op.f("ck_payment_method_known")),
        sa.CheckConstraint(
            "state IN ('cancelled', 'created', 'failed', 'reversed', 'submitted', 'succeeded', 'unknown')",
            name=op.f("ck_payment_state_known"),
        ),
        sa.CheckConstraint(
            "confirmer_id IS NULL OR recorder_id IS NULL OR confirmer_id <> recorder_id",
            name=op.f("ck_payment_four_eyes"),
        ),
        sa.CheckConstraint("told_minor > 0 AND amount_minor >= 0 AND attempts >= 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(
            ["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_payment_bank_entry_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_payment_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_payment_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["confirmer_id"], ["person.id"], name=op.f("fk_payment_confirmer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorder_id"], ["person.id"], name=op.f("fk_payment_recorder_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_payment_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("bank_entry_id", name=op.f("uq_payment_bank_entry_id")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_payment_buyer_id_id")),
        sa.UniqueConstraint("gateway_reference", name=op.f("uq_payment_gateway_reference")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_number")),
    )
    op.create_index(op.f("ix_payment_buyer_id"), "payment", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_payment_confirmer_id"), "payment", ["confirmer_id"], unique=False)
    op.create_index(op.f("ix_payment_order_id"), "payment", ["order_id"], unique=False)
    op.create_index(op.f("ix_payment_recorder_id"), "payment", ["recorder_id"], unique=False)
    op.create_index(op.f("ix_payment_supplier_id"), "payment", ["supplier_id"], unique=False)
    op.create_index("ix_payment_waits", "payment", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "quote_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("version_id", sa.String(length=30), nullable=False),
        sa.Column("rfq_line_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("no_offer", sa.Boolean(), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_basis_micro", sa.BigInteger(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("alternative", sa.Boolean(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("deviations", Json, nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=4), nullable=False),
        sa.CheckConstraint("outcome IN ('lost', 'open', 'won')", name=op.f("ck_quote_line_outcome_known")),
        sa.CheckConstraint("no_offer OR (price_minor > 0 AND quantity_micro > 0)", name=op.f("ck_quote_line_offered")),
        sa.CheckConstraint("price_basis_micro > 0", name=op.f("ck_quote_line_basis")),
        sa.CheckConstraint("vat_bp >= 0 AND vat_bp <= 10000", name=op.f("ck_quote_line_vat")),
        sa.ForeignKeyConstraint(
            ["rfq_line_id"], ["rfq_line.id"], name=op.f("fk_quote_line_rfq_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "version_id"],
            ["quote_version.supplier_id", "quote_version.id"],
            name=op.f("fk_quote_line_supplier_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint("version_id", "rfq_line_id", name=op.f("uq_quote_line_version_id_rfq_line_id")),
    )
    op.create_index(op.f("ix_quote_line_rfq_line_id"), "quote_line", ["rfq_line_id"], unique=False)
    op.create_index(op.f("ix_quote_line_version_id"), "quote_line", ["version_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("clawed_minor", sa.BigInteger(), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("creator_id", sa.String(length=30), nullable=True),
        sa.Column("approver_id", sa.String(length=30), nullable=True),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cause IN ('excess', 'prepaid')", name=op.f("ck_refund_cause_known")),
        sa.CheckConstraint(
            "currency IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG')",
            name=op.f("ck_refund_currency_known"),
        ),
        sa.CheckConstraint("method IN ('gateway', 'transfer')", name=op.f("ck_refund_method_known")),
        sa.CheckConstraint(
            "state IN ('approved', 'cancelled', 'created', 'failed', 'submitted', 'succeeded', 'unknown')",
            name=op.f("ck_refund_state_known"),
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND clawed_minor >= 0 AND clawed_minor <= amount_minor", name=op.f("ck_refund_amount")
        ),
        sa.CheckConstraint(
            "approver_id IS NULL OR creator_id IS NULL OR approver_id <> creator_id", name=op.f("ck_refund_four_eyes")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_refund_attempts")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["person.id"], name=op.f("fk_refund_approver_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_refund_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_refund_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["person.id"], name=op.f("fk_refund_creator_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_refund_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_refund_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_refund_number")),
    )
    op.create_index(op.f("ix_refund_approver_id"), "refund", ["approver_id"], unique=False)
    op.create_index(op.f("ix_refund_buyer_id"), "refund", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_refund_creator_id"), "refund", ["creator_id"], unique=False)
    op.create_index(op.f("ix_refund_order_id"), "refund", ["order_id"], unique=False)
    op.create_index(op.f("ix_refund_supplier_id"), "refund", ["supplier_id"], unique=False)
    op.create_index("ix_refund_waits", "refund", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "shipment",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("carrier", sa.String(length=80), nullable=False),
        sa.Column("tracking", sa.String(length=80), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('arrived', 'cancelled', 'lost', 'prepared', 'shipped')", name=op.f("ck_shipment_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_shipment_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_shipment_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_shipment_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_shipment_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_shipment_number")),
    )
    op.create_index(op.f("ix_shipment_buyer_id"), "shipment", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_shipment_order_id"), "shipment", ["order_id"], unique=False)
    op.create_index(op.f("ix_shipment_supplier_id"), "shipment", ["supplier_id"], unique=False)
    op.create_index("ix_shipment_waits", "shipment", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "statement_line",
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("statement_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("commission_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('clawback', 'other', 'payout', 'payout_back', 'release', 'repayment')",
            name=op.f("ck_statement_line_kind_known"),
        ),
        sa.CheckConstraint(
            "amount_minor = gross_minor - commission_minor - vat_minor", name=op.f("ck_statement_line_adds_up")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_statement_line_entry_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_statement_line_order_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "statement_id"],
            ["statement.supplier_id", "statement.id"],
            name=op.f("fk_statement_line_supplier_id_statement_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("statement_id", "entry_id", name=op.f("uq_statement_line_statement_id_entry_id")),
    )
    op.create_index(op.f("ix_statement_line_entry_id"), "statement_line", ["entry_id"], unique=False)
    op.create_index(op.f("ix_statement_line_order_id"), "statement_line", ["order_id"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("payment_id", sa.String(length=30), nullable=False),
        sa.Column("instalment_id", sa.String(length=30), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_allocation_amount_something")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "instalment_id"],
            ["instalment.buyer_id", "instalment.id"],
            name=op.f("fk_allocation_buyer_id_instalment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "payment_id"],
            ["payment.buyer_id", "payment.id"],
            name=op.f("fk_allocation_buyer_id_payment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_instalment_id"), "allocation", ["instalment_id"], unique=False)
    op.create_index(op.f("ix_allocation_payment_id"), "allocation", ["payment_id"], unique=False)
    op.create_table(
        "award_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("award_id", sa.String(length=30), nullable=False),
        sa.Column("rfq_line_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.String(length=30), nullable=False),
        sa.Column("quote_line_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.CheckConstraint("outcome IN ('confirmed', 'declined', 'open')", name=op.f("ck_award_line_outcome_known")),
        sa.CheckConstraint("quantity_micro > 0 AND amount_minor > 0", name=op.f("ck_award_line_positive")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "award_id"],
            ["award.buyer_id", "award.id"],
            name=op.f("fk_award_line_buyer_id_award_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "rfq_line_id"],
            ["rfq_line.buyer_id", "rfq_line.id"],
            name=op.f("fk_award_line_buyer_id_rfq_line_id"),
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_award_line_quote_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["quote_line_id"], ["quote_line.id"], name=op.f("fk_award_line_quote_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_award_line_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_line")),
        sa.UniqueConstraint("award_id", "quote_line_id", name=op.f("uq_award_line_award_id_quote_line_id")),
    )
    op.create_index(op.f("ix_award_line_award_id"), "award_line", ["award_id"], unique=False)
    op.create_index(op.f("ix_award_line_quote_id"), "award_line", ["quote_id"], unique=False)
    op.create_index(op.f("ix_award_line_quote_line_id"), "award_line", ["quote_line_id"], unique=False)
    op.create_index(op.f("ix_award_line_rfq_line_id"), "award_line", ["rfq_line_id"], unique=False)
    op.create_index(op.f("ix_award_line_supplier_id"), "award_line", ["supplier_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("shipment_id", sa.String(length=30), nullable=True),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'recorded', 'void')", name=op.f("ck_receipt_state_known")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_receipt_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_receipt_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_receipt_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_receipt_shipment_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_receipt_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_receipt_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
    )
    op.create_index(op.f("ix_receipt_buyer_id"), "receipt", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_receipt_order_id"), "receipt", ["order_id"], unique=False)
    op.create_index(op.f("ix_receipt_person_id"), "receipt", ["person_id"], unique=False)
    op.create_index(op.f("ix_receipt_shipment_id"), "receipt", ["shipment_id"], unique=False)
    op.create_index(op.f("ix_receipt_supplier_id"), "receipt", ["supplier_id"], unique=False)
    op.create_index("ix_receipt_waits", "receipt", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_receipt_live",
        "receipt",
        ["shipment_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.create_table(
        "refund_line",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("refund_id", sa.String(length=30), nullable=False),
        sa.Column("instalment_id", sa.String(length=30), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.Column("clawed_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "held_minor >= 0 AND clawed_minor >= 0 AND held_minor + clawed_minor > 0",
            name=op.f("ck_refund_line_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "instalment_id"],
            ["instalment.buyer_id", "instalment.id"],
            name=op.f("fk_refund_line_buyer_id_instalment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "refund_id"],
            ["refund.buyer_id", "refund.id"],
            name=op.f("fk_refund_line_buyer_id_refund_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("refund_id", "instalment_id", name=op.f("pk_refund_line")),
    )
    op.create_index(op.f("ix_refund_line_instalment_id"), "refund_line", ["instalment_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=True),
        sa.Column("award_line_id", sa.String(length=30), nullable=True),
        sa.Column("requisition_line_id", sa.String(length=30), nullable=True),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_basis_micro", sa.BigInteger(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("packed_micro", sa.BigInteger(), nullable=False),
        sa.Column("received_micro", sa.BigInteger(), nullable=False),
        sa.Column("accepted_micro", sa.BigInteger(), nullable=False),
        sa.Column("rejected_micro", sa.BigInteger(), nullable=False),
        sa.Column("replacing_micro", sa.BigInteger(), nullable=False),
        sa.Column("given_up_micro", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_order_line_kind_known")),
        sa.CheckConstraint(
            "accepted_micro + given_up_micro <= quantity_micro", name=op.f("ck_order_line_accepted_within")
        ),
        sa.CheckConstraint(
            "accepted_micro >= 0 AND rejected_micro >= 0 AND accepted_micro + rejected_micro <= received_micro",
            name=op.f("ck_order_line_decided"),
        ),
        sa.CheckConstraint(
            "given_up_micro >= 0 AND given_up_micro <= quantity_micro", name=op.f("ck_order_line_given_up")
        ),
        sa.CheckConstraint(
            "packed_micro >= 0 AND packed_micro <= quantity_micro - given_up_micro + replacing_micro",
            name=op.f("ck_order_line_packed"),
        ),
        sa.CheckConstraint(
            "price_minor > 0 AND price_basis_micro > 0 AND amount_minor >= 0", name=op.f("ck_order_line_price")
        ),
        sa.CheckConstraint(
            "quantity_micro > 0 AND quantity_micro <= 1000000000000000", name=op.f("ck_order_line_quantity")
        ),
        sa.CheckConstraint(
            "received_micro >= 0 AND received_micro <= packed_micro", name=op.f("ck_order_line_received")
        ),
        sa.CheckConstraint(
            "replacing_micro >= 0 AND replacing_micro <= rejected_micro", name=op.f("ck_order_line_replacing")
        ),
        sa.ForeignKeyConstraint(
            ["award_line_id"], ["award_line.id"], name=op.f("fk_order_line_award_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_order_line_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_order_line_listing_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requisition_line_id"],
            ["requisition_line.id"],
            name=op.f("fk_order_line_requisition_line_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_order_line_buyer_id_id")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_line_order_id_position")),
    )
    op.create_index(op.f("ix_order_line_award_line_id"), "order_line", ["award_line_id"], unique=False)
    op.create_index(op.f("ix_order_line_listing_id"), "order_line", ["listing_id"], unique=False)
    op.create_index(op.f("ix_order_line_order_id"), "order_line", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_line_requisition_line_id"), "order_line", ["requisition_line_id"], unique=False)
    op.create_table(
        "receipt_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("receipt_id", sa.String(length=30), nullable=False),
        sa.Column("order_line_id", sa.String(length=30), nullable=False),
        sa.Column("received_micro", sa.BigInteger(), nullable=False),
        sa.Column("accepted_micro", sa.BigInteger(), nullable=False),
        sa.Column("rejected_micro", sa.BigInteger(), nullable=False),
        sa.Column("pending_micro", sa.BigInteger(), nullable=False),
        sa.Column("serials", Json, nullable=False),
        sa.CheckConstraint(
            "received_micro >= 0 AND accepted_micro >= 0 AND rejected_micro >= 0 AND pending_micro >= 0 AND received_micro = accepted_micro + rejected_micro + pending_micro",
            name=op.f("ck_receipt_line_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_line_id"],
            ["order_line.buyer_id", "order_line.id"],
            name=op.f("fk_receipt_line_buyer_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "receipt_id"],
            ["receipt.buyer_id", "receipt.id"],
            name=op.f("fk_receipt_line_buyer_id_receipt_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_line")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_receipt_line_buyer_id_id")),
        sa.UniqueConstraint("receipt_id", "order_line_id", name=op.f("uq_receipt_line_receipt_id_order_line_id")),
    )
    op.create_index(op.f("ix_receipt_line_order_line_id"), "receipt_line", ["order_line_id"], unique=False)
    op.create_index(op.f("ix_receipt_line_receipt_id"), "receipt_line", ["receipt_id"], unique=False)
    op.create_table(
        "shipment_line",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("shipment_id", sa.String(length=30), nullable=False),
        sa.Column("order_line_id", sa.String(length=30), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity_micro > 0", name=op.f("ck_shipment_line_quantity")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_line_id"],
            ["order_line.buyer_id", "order_line.id"],
            name=op.f("fk_shipment_line_buyer_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "shipment_id"],
            ["shipment.buyer_id", "shipment.id"],
            name=op.f("fk_shipment_line_buyer_id_shipment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint("shipment_id", "order_line_id", name=op.f("uq_shipment_line_shipment_id_order_line_id")),
    )
    op.create_index(op.f("ix_shipment_line_order_line_id"), "shipment_line", ["order_line_id"], unique=False)
    op.create_index(op.f("ix_shipment_line_shipment_id"), "shipment_line", ["shipment_id"], unique=False)
    op.create_table(
        "acceptance",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("order_line_id", sa.String(length=30), nullable=False),
        sa.Column("receipt_line_id", sa.String(length=30), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=30), nullable=True),
        sa.Column("condition", sa.String(length=500), nullable=False),
        sa.Column("condition_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('accepted', 'conditional', 'pending', 'rejected', 'void')",
            name=op.f("ck_acceptance_state_known"),
        ),
        sa.CheckConstraint("quantity_micro > 0", name=op.f("ck_acceptance_quantity")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_acceptance_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_line_id"],
            ["order_line.buyer_id", "order_line.id"],
            name=op.f("fk_acceptance_buyer_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "receipt_line_id"],
            ["receipt_line.buyer_id", "receipt_line.id"],
            name=op.f("fk_acceptance_buyer_id_receipt_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_acceptance_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_acceptance_decided_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_acceptance_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_acceptance_buyer_id_id")),
    )
    op.create_index(op.f("ix_acceptance_buyer_id"), "acceptance", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_acceptance_decided_by"), "acceptance", ["decided_by"], unique=False)
    op.create_index(op.f("ix_acceptance_order_id"), "acceptance", ["order_id"], unique=False)
    op.create_index(op.f("ix_acceptance_order_line_id"), "acceptance", ["order_line_id"], unique=False)
    op.create_index(op.f("ix_acceptance_receipt_line_id"), "acceptance", ["receipt_line_id"], unique=False)
    op.create_index(op.f("ix_acceptance_supplier_id"), "acceptance", ["supplier_id"], unique=False)
    op.create_index("ix_acceptance_waits", "acceptance", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_table(
        "claim",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("order_line_id", sa.String(length=30), nullable=False),
        sa.Column("acceptance_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.String(length=8), nullable=False),
        sa.Column("remedy", sa.String(length=8), nullable=True),
        sa.Column("reduction_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("remedy IN ('reduce', 'refund', 'repair', 'replace')", name=op.f("ck_claim_remedy_known")),
        sa.CheckConstraint(
            "state IN ('agreed', 'disputed', 'done', 'open', 'refused', 'withdrawn')", name=op.f("ck_claim_state_known")
        ),
        sa.CheckConstraint("wanted IN ('reduce', 'refund', 'repair', 'replace')", name=op.f("ck_claim_wanted_known")),
        sa.CheckConstraint("quantity_micro > 0", name=op.f("ck_claim_quantity")),
        sa.CheckConstraint("reduction_minor >= 0", name=op.f("ck_claim_reduction")),
        sa.ForeignKeyConstraint(
            ["acceptance_id"], ["acceptance.id"], name=op.f("fk_claim_acceptance_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_claim_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_line_id"],
            ["order_line.buyer_id", "order_line.id"],
            name=op.f("fk_claim_buyer_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organisation.id"], name=op.f("fk_claim_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_claim_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_claim_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_claim_number")),
    )
    op.create_index(op.f("ix_claim_acceptance_id"), "claim", ["acceptance_id"], unique=False)
    op.create_index(op.f("ix_claim_buyer_id"), "claim", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_claim_order_id"), "claim", ["order_id"], unique=False)
    op.create_index(op.f("ix_claim_order_line_id"), "claim", ["order_line_id"], unique=False)
    op.create_index(op.f("ix_claim_supplier_id"), "claim", ["supplier_id"], unique=False)
    op.create_index("ix_claim_waits", "claim", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "uq_claim_live",
        "claim",
        ["acceptance_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'agreed', 'disputed')"),
        postgresql_where=sa.text("state IN ('open', 'agreed', 'disputed')"),
    )
    op.execute(sa.text("INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, :genesis)").bindparams(genesis="0" * 64))
    triggers.install(op.get_bind())


def downgrade() -> None:
    triggers.uninstall(op.get_bind())
    op.drop_index(
        "uq_claim_live",
        table_name="claim",
        sqlite_where=sa.text("state IN ('open', 'agreed', 'disputed')"),
        postgresql_where=sa.text("state IN ('open', 'agreed', 'disputed')"),
    )
    op.drop_index("ix_claim_waits", table_name="claim")
    op.drop_index(op.f("ix_claim_supplier_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_order_line_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_order_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_buyer_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_acceptance_id"), table_name="claim")
    op.drop_table("claim")
    op.drop_index("ix_acceptance_waits", table_name="acceptance")
    op.drop_index(op.f("ix_acceptance_supplier_id"), table_name="acceptance")
    op.drop_index(op.f("ix_acceptance_receipt_line_id"), table_name="acceptance")
    op.drop_index(op.f("ix_acceptance_order_line_id"), table_name="acceptance")
    op.drop_index(op.f("ix_acceptance_order_id"), table_name="acceptance")
    op.drop_index(op.f("ix_acceptance_decided_by"), table_name="acceptance")
    op.drop_index(op.f("ix_acceptance_buyer_id"), table_name="acceptance")
    op.drop_table("acceptance")
    op.drop_index(op.f("ix_shipment_line_shipment_id"), table_name="shipment_line")
    op.drop_index(op.f("ix_shipment_line_order_line_id"), table_name="shipment_line")
    op.drop_table("shipment_line")
    op.drop_index(op.f("ix_receipt_line_receipt_id"), table_name="receipt_line")
    op.drop_index(op.f("ix_receipt_line_order_line_id"), table_name="receipt_line")
    op.drop_table("receipt_line")
    op.drop_index(op.f("ix_order_line_requisition_line_id"), table_name="order_line")
    op.drop_index(op.f("ix_order_line_order_id"), table_name="order_line")
    op.drop_index(op.f("ix_order_line_listing_id"), table_name="order_line")
    op.drop_index(op.f("ix_order_line_award_line_id"), table_name="order_line")
    op.drop_table("order_line")
    op.drop_index(op.f("ix_refund_line_instalment_id"), table_name="refund_line")
    op.drop_table("refund_line")
    op.drop_index(
        "uq_receipt_live",
        table_name="receipt",
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.drop_index("ix_receipt_waits", table_name="receipt")
    op.drop_index(op.f("ix_receipt_supplier_id"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_shipment_id"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_person_id"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_order_id"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_buyer_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_index(op.f("ix_award_line_supplier_id"), table_name="award_line")
    op.drop_index(op.f("ix_award_line_rfq_line_id"), table_name="award_line")
    op.drop_index(op.f("ix_award_line_quote_line_id"), table_name="award_line")
    op.drop_index(op.f("ix_award_line_quote_id"), table_name="award_line")
    op.drop_index(op.f("ix_award_line_award_id"), table_name="award_line")
    op.drop_table("award_line")
    op.drop_index(op.f("ix_allocation_payment_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_instalment_id"), table_name="allocation")
    op.drop_table("allocation")
    op.drop_index(op.f("ix_statement_line_order_id"), table_name="statement_line")
    op.drop_index(op.f("ix_statement_line_entry_id"), table_name="statement_line")
    op.drop_table("statement_line")
    op.drop_index("ix_shipment_waits", table_name="shipment")
    op.drop_index(op.f("ix_shipment_supplier_id"), table_name="shipment")
    op.drop_index(op.f("ix_shipment_order_id"), table_name="shipment")
    op.drop_index(op.f("ix_shipment_buyer_id"), table_name="shipment")
    op.drop_table("shipment")
    op.drop_index("ix_refund_waits", table_name="refund")
    op.drop_index(op.f("ix_refund_supplier_id"), table_name="refund")
    op.drop_index(op.f("ix_refund_order_id"), table_name="refund")
    op.drop_index(op.f("ix_refund_creator_id"), table_name="refund")
    op.drop_index(op.f("ix_refund_buyer_id"), table_name="refund")
    op.drop_index(op.f("ix_refund_approver_id"), table_name="refund")
    op.drop_table("refund")
    op.drop_index(op.f("ix_quote_line_version_id"), table_name="quote_line")
    op.drop_index(op.f("ix_quote_line_rfq_line_id"), table_name="quote_line")
    op.drop_table("quote_line")
    op.drop_index("ix_payment_waits", table_name="payment")
    op.drop_index(op.f("ix_payment_supplier_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_recorder_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_order_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_confirmer_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_buyer_id"), table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_instalment_waits", table_name="instalment")
    op.drop_index(op.f("ix_instalment_supplier_id"), table_name="instalment")
    op.drop_index("ix_instalment_ripens", table_name="instalment")
    op.drop_index(op.f("ix_instalment_order_id"), table_name="instalment")
    op.drop_index(op.f("ix_instalment_buyer_id"), table_name="instalment")
    op.drop_index("ix_instalment_buyer_due", table_name="instalment")
    op.drop_table("instalment")
    op.drop_index(op.f("ix_requisition_line_supplier_id"), table_name="requisition_line")
    op.drop_index(op.f("ix_requisition_line_requisition_id"), table_name="requisition_line")
    op.drop_index(op.f("ix_requisition_line_listing_id"), table_name="requisition_line")
    op.drop_table("requisition_line")
    op.drop_index(op.f("ix_quote_version_quote_id"), table_name="quote_version")
    op.drop_table("quote_version")
    op.drop_index("ix_purchase_order_waits", table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_supplier_id"), table_name="purchase_order")
    op.drop_index("ix_purchase_order_supplier", table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_requisition_id"), table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_person_id"), table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_buyer_id"), table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_award_id"), table_name="purchase_order")
    op.drop_table("purchase_order")
    op.drop_index(op.f("ix_single_use_link_person_id"), table_name="single_use_link")
    op.drop_index(op.f("ix_single_use_link_membership_id"), table_name="single_use_link")
    op.drop_table("single_use_link")
    op.drop_index(op.f("ix_rfq_question_rfq_id"), table_name="rfq_question")
    op.drop_index(op.f("ix_rfq_question_asker_id"), table_name="rfq_question")
    op.drop_table("rfq_question")
    op.drop_index(op.f("ix_rfq_line_rfq_id"), table_name="rfq_line")
    op.drop_index(op.f("ix_rfq_line_listing_id"), table_name="rfq_line")
    op.drop_table("rfq_line")
    op.drop_index(op.f("ix_rfq_invitation_supplier_id"), table_name="rfq_invitation")
    op.drop_table("rfq_invitation")
    op.drop_index("ix_requisition_waits", table_name="requisition")
    op.drop_index(op.f("ix_requisition_rfq_id"), table_name="requisition")
    op.drop_index(op.f("ix_requisition_person_id"), table_name="requisition")
    op.drop_index(op.f("ix_requisition_buyer_id"), table_name="requisition")
    op.drop_table("requisition")
    op.drop_index(
        "uq_quote_live",
        table_name="quote",
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.drop_index("ix_quote_waits", table_name="quote")
    op.drop_index(op.f("ix_quote_supplier_id"), table_name="quote")
    op.drop_index(op.f("ix_quote_rfq_id"), table_name="quote")
    op.drop_index(op.f("ix_quote_opened_at"), table_name="quote")
    op.drop_index(op.f("ix_quote_buyer_id"), table_name="quote")
    op.drop_table("quote")
    op.drop_index(op.f("ix_payout_line_entry_id"), table_name="payout_line")
    op.drop_table("payout_line")
    op.drop_index("ix_entry_line_account", table_name="entry_line")
    op.drop_table("entry_line")
    op.drop_index(op.f("ix_basket_line_listing_id"), table_name="basket_line")
    op.drop_table("basket_line")
    op.drop_index("ix_award_waits", table_name="award")
    op.drop_index(op.f("ix_award_rfq_id"), table_name="award")
    op.drop_index(op.f("ix_award_person_id"), table_name="award")
    op.drop_index(op.f("ix_award_buyer_id"), table_name="award")
    op.drop_table("award")
    op.drop_index("ix_approval_step_waits", table_name="approval_step")
    op.drop_index(op.f("ix_approval_step_plan_id"), table_name="approval_step")
    op.drop_index(op.f("ix_approval_step_org_id"), table_name="approval_step")
    op.drop_index(op.f("ix_approval_step_decided_by"), table_name="approval_step")
    op.drop_table("approval_step")
    op.drop_index("ix_api_key_waits", table_name="api_key")
    op.drop_index(op.f("ix_api_key_person_id"), table_name="api_key")
    op.drop_index(op.f("ix_api_key_org_id"), table_name="api_key")
    op.drop_index(op.f("ix_api_key_membership_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_index(
        "uq_transaction_rule_active",
        table_name="transaction_rule",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_index("ix_transaction_rule_waits", table_name="transaction_rule")
    op.drop_index(op.f("ix_transaction_rule_proposer_id"), table_name="transaction_rule")
    op.drop_table("transaction_rule")
    op.drop_index(op.f("ix_stored_file_org_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_object_id"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index("ix_statement_waits", table_name="statement")
    op.drop_index(op.f("ix_statement_supplier_id"), table_name="statement")
    op.drop_table("statement")
    op.drop_index("ix_rfq_waits", table_name="rfq")
    op.drop_index(op.f("ix_rfq_person_id"), table_name="rfq")
    op.drop_index(op.f("ix_rfq_buyer_id"), table_name="rfq")
    op.drop_table("rfq")
    op.drop_index(
        "uq_payout_live",
        table_name="payout",
        sqlite_where=sa.text("state NOT IN ('succeeded', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('succeeded', 'cancelled')"),
    )
    op.drop_index("ix_payout_waits", table_name="payout")
    op.drop_index(op.f("ix_payout_supplier_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_creator_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_approver_id"), table_name="payout")
    op.drop_table("payout")
    op.drop_index(
        "uq_membership_live",
        table_name="membership",
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.drop_index("ix_membership_waits", table_name="membership")
    op.drop_index(op.f("ix_membership_person_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_org_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_login_session_person_id"), table_name="login_session")
    op.drop_index(op.f("ix_login_session_org_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_index("ix_listing_waits", table_name="listing")
    op.drop_index("ix_listing_supplier_state", table_name="listing")
    op.drop_table("listing")
    op.drop_table("event_words")
    op.drop_table("event_reader")
    op.drop_index(op.f("ix_entry_event_id"), table_name="entry")
    op.drop_index("ix_entry_at", table_name="entry")
    op.drop_table("entry")
    op.drop_index(
        "uq_commission_rate_from",
        table_name="commission_rate",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_index("ix_commission_rate_waits", table_name="commission_rate")
    op.drop_index(op.f("ix_commission_rate_proposer_id"), table_name="commission_rate")
    op.drop_table("commission_rate")
    op.drop_index("ix_bank_entry_waits", table_name="bank_entry")
    op.drop_index(op.f("ix_bank_entry_supplier_id"), table_name="bank_entry")
    op.drop_index(op.f("ix_bank_entry_proposer_id"), table_name="bank_entry")
    op.drop_index(op.f("ix_bank_entry_booker_id"), table_name="bank_entry")
    op.drop_table("bank_entry")
    op.drop_index(
        "uq_approval_rule_active",
        table_name="approval_rule",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_index("ix_approval_rule_waits", table_name="approval_rule")
    op.drop_index(op.f("ix_approval_rule_org_id"), table_name="approval_rule")
    op.drop_table("approval_rule")
    op.drop_index(op.f("ix_approval_plan_requester_id"), table_name="approval_plan")
    op.drop_index(op.f("ix_approval_plan_org_id"), table_name="approval_plan")
    op.drop_index(op.f("ix_approval_plan_document_id"), table_name="approval_plan")
    op.drop_table("approval_plan")
    op.drop_index("ix_security_note_kind", table_name="security_note")
    op.drop_table("security_note")
    op.drop_table("person")
    op.drop_index(
        "uq_organisation_platform",
        table_name="organisation",
        sqlite_where=sa.text("platform IN ('operator', 'owner')"),
        postgresql_where=sa.text("platform IN ('operator', 'owner')"),
    )
    op.drop_index("ix_organisation_waits", table_name="organisation")
    op.drop_table("organisation")
    op.drop_index("ix_ledger_account_kind", table_name="ledger_account")
    op.drop_table("ledger_account")
    op.drop_table("idempotency_key")
    op.drop_index(op.f("ix_grant_row_org_id"), table_name="grant_row")
    op.drop_table("grant_row")
    op.drop_index("ix_event_object", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("cursor")
    op.drop_table("counter")
    op.drop_table("chain_head")
