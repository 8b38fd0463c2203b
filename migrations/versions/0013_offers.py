"""Brands as records, offers with conditions, and products that several suppliers offer.

Words that listings have as their brand become proposed brands; `flask prepare` takes in those that the program knows.

Revision: 0013
Revises: 0012
"""

from __future__ import annotations

import secrets
import time
import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOST = 10**15
"""Millionths of the largest quantity."""
TERMS = {
    "tax_class_known": "tax_class IN ('exempt', 'reduced', 'simplified', 'standard', 'zero')",
    "incoterm_known": "incoterm IN ('', 'CFR', 'CIF', 'CIP', 'CPT', 'DAP', 'DDP', 'DPU', 'EXW', 'FAS', 'FCA', 'FOB')",
    "class_fits_rate": "(tax_class IN ('exempt', 'zero')) = (vat_bp = 0)",
    "minimum": f"min_quantity_micro IS NULL OR min_quantity_micro BETWEEN 1 AND {MOST}",
    "multiple": f"order_multiple_micro IS NULL OR order_multiple_micro BETWEEN 1 AND {MOST}",
    "stock": f"stock_micro IS NULL OR stock_micro BETWEEN 0 AND {MOST}",
    "validity": "valid_until IS NULL OR valid_from IS NULL OR valid_from <= valid_until",
    "delivered_where": "incoterm = '' OR length(delivery_point) > 0",
    "origin_is_a_code": "origin = '' OR length(origin) = 2",
}
CURRENCIES = ", ".join(f"'{code}'" for code in """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
""".split())
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def record_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
    ]


def upgrade() -> None:
    _create_brand()
    with op.batch_alter_table("taxonomy_mark") as batch:
        batch.add_column(sa.Column("brands", sa.String(length=20), nullable=False, server_default=""))
    with op.batch_alter_table("taxonomy_mark") as batch:
        batch.alter_column("brands", server_default=None)
    with op.batch_alter_table("listing") as batch:
        batch.add_column(sa.Column("brand_id", sa.String(length=30), nullable=True))
        batch.create_foreign_key(op.f("fk_listing_brand_id"), "brand", ["brand_id"], ["id"], ondelete="RESTRICT")
    _take_in_what_listings_say()
    _create_product()
    _add_terms()
    _create_contract_price()
    for table in ("requisition_line", "order_line"):
        _add(table, sa.Column("price_rule", Json, nullable=False, server_default="{}"))


def _add(table: str, *columns: sa.Column[object]) -> None:
    """Add columns to a table with rows; a default that only those rows need goes again."""
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        for column in columns:
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None)


def _add_terms() -> None:
    """What listings are sold on; the tax class of those that are there follows from their rate."""
    quantities = ("min_quantity_micro", "order_multiple_micro", "stock_micro")
    _add(
        "listing",
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in quantities),
        sa.Column("incoterm", sa.String(length=3), nullable=False, server_default=""),
        sa.Column("delivery_point", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("origin", sa.String(length=2), nullable=False, server_default=""),
        sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("regulated", Json, nullable=False, server_default="[]"),
        sa.Column("tax_class", sa.String(length=10), nullable=False, server_default="standard"),
    )
    op.execute("UPDATE listing SET tax_class = CASE WHEN vat_bp = 0 THEN 'exempt' ELSE 'reduced' END "
               "WHERE vat_bp < 1300")  # fmt: skip
    with op.batch_alter_table("listing") as batch:
        for name, condition in TERMS.items():
            batch.create_check_constraint(op.f(f"ck_listing_{name}"), condition)
    op.create_table(
        "price_tier",
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.Column("from_micro", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"from_micro BETWEEN 1 AND {MOST}", name=op.f("ck_price_tier_from_in_range")),
        sa.CheckConstraint(f"price_minor BETWEEN 1 AND {10**15}", name=op.f("ck_price_tier_price_in_range")),
        sa.ForeignKeyConstraint(
            ["supplier_id", "listing_id"], ["listing.supplier_id", "listing.id"],
            name=op.f("fk_price_tier_supplier_id_listing_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("listing_id", "from_micro", name=op.f("pk_price_tier")),
    )  # fmt: skip
    op.create_index("ix_price_tier_supplier_id_listing_id", "price_tier", ["supplier_id", "listing_id"], unique=False)
    op.create_table(
        "listing_link",
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.Column("other_id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('accessory', 'calibration', 'configuration', 'consumable', 'installation', 'maintenance', "
            "'training')",
            name=op.f("ck_listing_link_kind_known"),
        ),
        sa.CheckConstraint("other_id <> listing_id", name=op.f("ck_listing_link_to_another")),
        sa.ForeignKeyConstraint(
            ["supplier_id", "listing_id"], ["listing.supplier_id", "listing.id"],
            name=op.f("fk_listing_link_supplier_id_listing_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["listing.id"], name=op.f("fk_listing_link_other_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("listing_id", "other_id", "kind", name=op.f("pk_listing_link")),
    )  # fmt: skip
    op.create_index(
        "ix_listing_link_supplier_id_listing_id", "listing_link", ["supplier_id", "listing_id"], unique=False
    )
    op.create_index(op.f("ix_listing_link_other_id"), "listing_link", ["other_id"], unique=False)


def _create_contract_price() -> None:
    op.create_table(
        "contract_price",
        *record_columns(),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("listing_id", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_basis_micro", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("from_micro", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "state IN ('agreed', 'declined', 'ended', 'proposed', 'withdrawn')",
            name=op.f("ck_contract_price_state_known"),
        ),
        sa.CheckConstraint(f"currency IN ({CURRENCIES})", name=op.f("ck_contract_price_currency_known")),
        sa.CheckConstraint("buyer_id <> supplier_id", name=op.f("ck_contract_price_two_parties")),
        sa.CheckConstraint(f"price_minor BETWEEN 1 AND {10**15}", name=op.f("ck_contract_price_price_in_range")),
        sa.CheckConstraint(f"price_basis_micro BETWEEN 1 AND {MOST}", name=op.f("ck_contract_price_basis_in_range")),
        sa.CheckConstraint(f"from_micro BETWEEN 0 AND {MOST}", name=op.f("ck_contract_price_from_in_range")),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_contract_price_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["supplier_id", "listing_id"], ["listing.supplier_id", "listing.id"],
            name=op.f("fk_contract_price_supplier_id_listing_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_contract_price_supplier_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_contract_price_buyer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_price")),
    )  # fmt: skip
    op.create_index("ix_contract_price_waits", "contract_price", ["waits_org", "waits_role", "waits_until"])
    op.create_index("ix_contract_price_buyer_id_listing_id", "contract_price", ["buyer_id", "listing_id"])
    op.create_index("ix_contract_price_supplier_id_listing_id", "contract_price", ["supplier_id", "listing_id"])
    agreed = sa.text("state = 'agreed'")
    op.create_index(
        "uq_contract_price_agreed", "contract_price", ["buyer_id", "listing_id", "from_micro", "valid_from"],
        unique=True, sqlite_where=agreed, postgresql_where=agreed,
    )  # fmt: skip


def _create_product() -> None:
    """Products, and what tells which listings could be offers of one: the squeezed model."""
    op.create_table(
        "product",
        *record_columns(),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=250), nullable=False),
        sa.CheckConstraint("state IN ('active', 'dissolved')", name=op.f("ck_product_state_known")),
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name=op.f("ck_product_named")),
        sa.CheckConstraint("length(model) > 0", name=op.f("ck_product_model_said")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_index("ix_product_waits", "product", ["waits_org", "waits_role", "waits_until"], unique=False)
    _add(
        "listing",
        sa.Column("configuration", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("model_key", sa.String(length=750), nullable=False, server_default=""),
        sa.Column("product_id", sa.String(length=30), nullable=True),
    )
    connection = op.get_bind()
    for model in connection.execute(sa.text("SELECT DISTINCT model FROM listing WHERE model <> ''")).scalars().all():
        connection.execute(
            sa.text("UPDATE listing SET model_key = :key WHERE model = :model"),
            {"key": _squeezed(model), "model": model},
        )
    with op.batch_alter_table("listing") as batch:
        batch.create_foreign_key(op.f("fk_listing_product_id"), "product", ["product_id"], ["id"], ondelete="RESTRICT")
        batch.create_index(op.f("ix_listing_product_id"), ["product_id"])
        batch.create_index("ix_listing_brand_id_model_key", ["brand_id", "model_key"])


def _create_brand() -> None:
    op.create_table(
        "brand",
        *record_columns(),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("heir_id", sa.String(length=30), nullable=True),
        sa.Column("as_supplied", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'declined', 'merged', 'proposed')", name=op.f("ck_brand_state_known")
        ),
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name=op.f("ck_brand_named")),
        sa.CheckConstraint("(state = 'merged') = (heir_id IS NOT NULL)", name=op.f("ck_brand_merged_into")),
        sa.CheckConstraint("heir_id IS NULL OR heir_id <> id", name=op.f("ck_brand_heir_is_another")),
        sa.ForeignKeyConstraint(["heir_id"], ["brand.id"], name=op.f("fk_brand_heir_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
    )
    op.create_index("ix_brand_waits", "brand", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(op.f("ix_brand_heir_id"), "brand", ["heir_id"], unique=False)
    op.create_table(
        "brand_spelling",
        sa.Column("spelling", sa.String(length=360), nullable=False),
        sa.Column("brand_id", sa.String(length=30), nullable=False),
        sa.Column("written", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(spelling) > 0 AND length(written) > 0", name=op.f("ck_brand_spelling_said")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_brand_spelling_brand_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("spelling", name=op.f("pk_brand_spelling")),
    )
    op.create_index(op.f("ix_brand_spelling_brand_id"), "brand_spelling", ["brand_id"], unique=False)


def _take_in_what_listings_say() -> None:
    """The words of listings that are there, as proposed brands that wait for the operator's reviewer."""
    connection = op.get_bind()
    brand = sa.table("brand", *(
        sa.column(name, kind) for name, kind in (
            ("id", sa.String), ("state", sa.String), ("version", sa.Integer), ("name_zh", sa.String),
            ("name_en", sa.String), ("as_supplied", sa.Boolean), ("created_at", sa.DateTime(timezone=True)),
            ("updated_at", sa.DateTime(timezone=True)), ("waits_org", sa.String), ("waits_role", sa.String),
        )
    ))  # fmt: skip
    now = datetime.now(UTC)
    ids: dict[str, str] = {}
    for written in connection.execute(sa.text("SELECT DISTINCT brand FROM listing ORDER BY brand")).scalars().all():
        spelling = _squeezed(written)
        if not spelling:
            continue
        if spelling not in ids:
            ids[spelling] = _new_id()
            ascii_only = written.isascii()
            connection.execute(brand.insert().values(
                id=ids[spelling], state="proposed", version=1, name_zh="" if ascii_only else written,
                name_en=written if ascii_only else "", as_supplied=False, created_at=now, updated_at=now,
                waits_org="operator", waits_role="reviewer",
            ))  # fmt: skip
            connection.execute(
                sa.text("INSERT INTO brand_spelling (spelling, brand_id, written) VALUES (:spelling, :id, :written)"),
                {"spelling": spelling, "id": ids[spelling], "written": written},
            )
        connection.execute(
            sa.text("UPDATE listing SET brand_id = :id WHERE brand = :written"),
            {"id": ids[spelling], "written": written},
        )


def _squeezed(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _new_id() -> str:
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "brd_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))


def downgrade() -> None:
    for table in ("order_line", "requisition_line"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("price_rule")
    op.drop_table("contract_price")
    op.drop_table("listing_link")
    op.drop_table("price_tier")
    with op.batch_alter_table("listing") as batch:
        for name in TERMS:
            batch.drop_constraint(op.f(f"ck_listing_{name}"), type_="check")
        for name in (
            "valid_from", "valid_until", "min_quantity_micro", "order_multiple_micro", "stock_micro", "incoterm",
            "delivery_point", "origin", "imported", "regulated", "tax_class",
        ):  # fmt: skip
            batch.drop_column(name)
    with op.batch_alter_table("listing") as batch:
        batch.drop_index("ix_listing_brand_id_model_key")
        batch.drop_index(op.f("ix_listing_product_id"))
        batch.drop_constraint(op.f("fk_listing_product_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_listing_brand_id"), type_="foreignkey")
        for name in ("product_id", "model_key", "configuration", "brand_id"):
            batch.drop_column(name)
    with op.batch_alter_table("taxonomy_mark") as batch:
        batch.drop_column("brands")
    op.drop_table("product")
    op.drop_table("brand_spelling")
    op.drop_table("brand")
