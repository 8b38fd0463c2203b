"""The taxonomy: categories in a tree, their codes in other catalogues, attributes; listings refer to a category.

Categories that listings name already come in with their names of then; `flask prepare` takes in the rest.

Revision: 0011
Revises: 0010
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

MAX_LEVEL = 5
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
    op.create_table(
        "taxonomy_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=30), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_taxonomy_mark_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_mark")),
    )
    op.execute("INSERT INTO taxonomy_mark (id, token, edition) VALUES (1, '', '')")
    _create_category()
    _create_attribute()
    op.create_table(
        "category_mapping",
        sa.Column("category_id", sa.String(length=30), nullable=False),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "system IN ('cn_gov_2022', 'cpv_2008', 'hs_2022')", name=op.f("ck_category_mapping_system_known")
        ),
        sa.CheckConstraint("length(code) > 0", name=op.f("ck_category_mapping_code_said")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_category_mapping_category_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("category_id", "system", "code", name=op.f("pk_category_mapping")),
    )
    op.create_table(
        "category_reach",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("above", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["above"], ["category.code"], name=op.f("fk_category_reach_above"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["code"], ["category.code"], name=op.f("fk_category_reach_code"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("code", "above", name=op.f("pk_category_reach")),
    )
    _take_in_what_listings_name()
    op.execute("INSERT INTO category_reach (code, above) SELECT code, code FROM category")
    with op.batch_alter_table("listing") as batch:
        batch.create_foreign_key(op.f("fk_listing_category"), "category", ["category"], ["code"], ondelete="RESTRICT")
        batch.create_index("ix_listing_category_state", ["category", "state", "id"])


def _create_category() -> None:
    op.create_table(
        "category",
        *record_columns(),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("parent_id", sa.String(length=30), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_level", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("heir_id", sa.String(length=30), nullable=True),
        sa.Column("as_supplied", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'draft', 'retired')", name=op.f("ck_category_state_known")),
        sa.CheckConstraint("kind IN ('any', 'goods', 'service')", name=op.f("ck_category_kind_known")),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (parent_level IS NULL)", name=op.f("ck_category_parent_whole")
        ),
        sa.CheckConstraint("level = coalesce(parent_level, 0) + 1", name=op.f("ck_category_level_below_parent")),
        sa.CheckConstraint(f"level BETWEEN 1 AND {MAX_LEVEL}", name=op.f("ck_category_level_in_range")),
        sa.CheckConstraint(
            "length(code) > 0 AND length(name_zh) > 0 AND length(name_en) > 0", name=op.f("ck_category_named")
        ),
        sa.CheckConstraint("position BETWEEN 0 AND 9999", name=op.f("ck_category_position_in_range")),
        sa.CheckConstraint(
            "heir_id IS NULL OR state = 'retired'", name=op.f("ck_category_successor_when_retired")
        ),
        sa.CheckConstraint(
            "heir_id IS NULL OR heir_id <> id", name=op.f("ck_category_successor_is_another")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id", "parent_level"],
            ["category.id", "category.level"],
            name=op.f("fk_category_parent_id_parent_level"),
        ),
        sa.ForeignKeyConstraint(
            ["heir_id"], ["category.id"], name=op.f("fk_category_heir_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
        sa.UniqueConstraint("id", "level", name=op.f("uq_category_id_level")),
    )
    op.create_index("ix_category_waits", "category", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index("ix_category_parent_id_parent_level", "category", ["parent_id", "parent_level"], unique=False)
    op.create_index(op.f("ix_category_heir_id"), "category", ["heir_id"], unique=False)


def _create_attribute() -> None:
    op.create_table(
        "attribute_code",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("dimension", sa.String(length=30), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "type IN ('choice', 'flag', 'number', 'range', 'text')", name=op.f("ck_attribute_code_type_known")
        ),
        sa.CheckConstraint(
            "(type IN ('number', 'range')) = (length(dimension) > 0)",
            name=op.f("ck_attribute_code_measured_has_dimension"),
        ),
        sa.CheckConstraint(
            "(length(dimension) > 0) = (length(unit) > 0)", name=op.f("ck_attribute_code_dimension_has_unit")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_attribute_code")),
        sa.UniqueConstraint(
            "code", "type", "dimension", "unit", name=op.f("uq_attribute_code_code_type_dimension_unit")
        ),
    )
    sections = ("accuracy", "compliance", "configuration", "general", "material", "packing", "performance", "range",
                "site", "terms")  # fmt: skip
    listed = ", ".join(f"'{one}'" for one in sections)
    op.create_table(
        "attribute",
        *record_columns(),
        sa.Column("category_id", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("dimension", sa.String(length=30), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("units", Json, nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("aliases", Json, nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("least", sa.String(length=40), nullable=False),
        sa.Column("most", sa.String(length=40), nullable=False),
        sa.Column("filters", sa.Boolean(), nullable=False),
        sa.Column("compares", sa.Boolean(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("as_supplied", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'retired')", name=op.f("ck_attribute_state_known")),
        sa.CheckConstraint(f"section IN ({listed})", name=op.f("ck_attribute_section_known")),
        sa.CheckConstraint("length(name_zh) > 0 AND length(name_en) > 0", name=op.f("ck_attribute_named")),
        sa.CheckConstraint("places BETWEEN 0 AND 12", name=op.f("ck_attribute_places_in_range")),
        sa.CheckConstraint("position BETWEEN 0 AND 9999", name=op.f("ck_attribute_position_in_range")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_attribute_category_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["code", "type", "dimension", "unit"],
            ["attribute_code.code", "attribute_code.type", "attribute_code.dimension", "attribute_code.unit"],
            name=op.f("fk_attribute_code_type_dimension_unit"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute")),
        sa.UniqueConstraint("category_id", "code", name=op.f("uq_attribute_category_id_code")),
    )
    op.create_index("ix_attribute_waits", "attribute", ["waits_org", "waits_role", "waits_until"], unique=False)
    op.create_index(
        "ix_attribute_code_meaning", "attribute", ["code", "type", "dimension", "unit"], unique=False
    )


def _take_in_what_listings_name() -> None:
    """The categories of listings that are there, with those above them; their names are put right by the edition."""
    connection = op.get_bind()
    codes = set(connection.execute(sa.text("SELECT DISTINCT category FROM listing")).scalars())
    wanted = {code.rsplit(".", up)[0] for code in codes for up in range(code.count(".") + 1)}
    ids: dict[str, str] = {}
    now = datetime.now(UTC)
    category = sa.table("category", *(
        sa.column(name, kind) for name, kind in (
            ("id", sa.String), ("state", sa.String), ("version", sa.Integer), ("code", sa.String),
            ("created_at", sa.DateTime(timezone=True)), ("updated_at", sa.DateTime(timezone=True)),
            ("parent_id", sa.String), ("level", sa.Integer), ("parent_level", sa.Integer), ("position", sa.Integer),
            ("kind", sa.String), ("name_zh", sa.String), ("name_en", sa.String), ("as_supplied", sa.Boolean),
        )
    ))  # fmt: skip
    for code in sorted(wanted, key=lambda one: (one.count("."), one)):
        parent = code.rpartition(".")[0]
        level = code.count(".") + 1
        ids[code] = _new_id()
        root = code.partition(".")[0]
        connection.execute(category.insert().values(
            id=ids[code], state="active", version=1, code=code, created_at=now, updated_at=now,
            parent_id=ids.get(parent), level=level, parent_level=level - 1 if parent else None, position=0,
            kind={"services": "service", "other": "any"}.get(root, "goods"), name_zh=code, name_en=code,
            as_supplied=True,
        ))  # fmt: skip


def _new_id() -> str:
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "cat_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))


def downgrade() -> None:
    with op.batch_alter_table("listing") as batch:
        batch.drop_index("ix_listing_category_state")
        batch.drop_constraint(op.f("fk_listing_category"), type_="foreignkey")
    op.drop_table("category_reach")
    op.drop_table("category_mapping")
    op.drop_table("attribute")
    op.drop_table("attribute_code")
    op.drop_table("category")
    op.drop_table("taxonomy_mark")
