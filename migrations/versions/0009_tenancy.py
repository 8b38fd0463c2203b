"""Tenancy: a reference to another tenant's row cannot be stored; whoever has two parties names both of them.

Revision: 0009
Revises: 0008

Parts of a two-party record (order lines, receipts' lines, allocations, ...) get the party that they did not carry yet,
from their parent. SQLite rebuilds each table once; none of these has triggers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BUYER, SUPPLIER, BOTH = ("buyer_id",), ("supplier_id",), ("buyer_id", "supplier_id")
Owners = tuple[str, ...]

COLUMNS = (
    ("order_line", "supplier_id", "purchase_order", "order_id"),
    ("order_line_work", "supplier_id", "purchase_order", "order_id"),
    ("offline_entry", "supplier_id", "purchase_order", "order_id"),
    ("order_code", "supplier_id", "purchase_order", "order_id"),
    ("shipment_line", "supplier_id", "shipment", "shipment_id"),
    ("receipt_line", "supplier_id", "receipt", "receipt_id"),
    ("allocation", "supplier_id", "payment", "payment_id"),
    ("refund_line", "supplier_id", "refund", "refund_id"),
    ("card_payment", "supplier_id", "payment", "payment_id"),
    ("card_refund", "supplier_id", "refund", "refund_id"),
    ("quote_version", "buyer_id", "quote", "quote_id"),
    ("quote_line", "buyer_id", "quote_version", "version_id"),
)
"""(table, new column, parent that has it, reference to the parent); a parent stands before its own parts."""

KEYS: dict[str, tuple[tuple[Owners, ...], tuple[Owners, ...]]] = {
    "acceptance": ((BUYER,), (BOTH,)),
    "award_line": ((), (BOTH,)),
    "claim": ((BUYER,), ()),
    "instalment": ((BUYER,), (BOTH,)),
    "order_line": ((BUYER,), (BOTH,)),
    "payment": ((BUYER,), (BOTH,)),
    "purchase_order": ((BUYER,), (BOTH, SUPPLIER)),
    "quote": ((SUPPLIER,), (BOTH,)),
    "quote_line": ((), (BOTH,)),
    "quote_version": ((SUPPLIER,), (BOTH,)),
    "receipt": ((BUYER,), (BOTH,)),
    "receipt_line": ((BUYER,), (BOTH,)),
    "refund": ((BUYER,), (BOTH,)),
    "requisition_line": ((), (BUYER,)),
    "shipment": ((BUYER,), (BOTH,)),
    "stored_file": ((), (("object_id",),)),
    "work_order": ((BUYER,), (BOTH,)),
    "work_report": ((BUYER,), (BOTH,)),
}
"""table -> what stood together with its id in unique keys before, and what stands there now."""

REFERENCES: tuple[tuple[str, str, str, Owners, Owners], ...] = (
    ("acceptance", "order_id", "purchase_order", BUYER, BOTH),
    ("acceptance", "order_line_id", "order_line", BUYER, BOTH),
    ("acceptance", "receipt_line_id", "receipt_line", BUYER, BOTH),
    ("acceptance", "work_report_id", "work_report", BUYER, BOTH),
    ("allocation", "instalment_id", "instalment", BUYER, BOTH),
    ("allocation", "payment_id", "payment", BUYER, BOTH),
    ("award_line", "quote_id", "quote", (), BOTH),
    ("award_line", "quote_line_id", "quote_line", (), BOTH),
    ("award_line", "rfq_line_id", "rfq_line", BUYER, BUYER),
    ("card_payment", "order_id", "purchase_order", BUYER, BOTH),
    ("card_payment", "payment_id", "payment", BUYER, BOTH),
    ("card_refund", "payment_id", "payment", BUYER, BOTH),
    ("card_refund", "refund_id", "refund", BUYER, BOTH),
    ("claim", "acceptance_id", "acceptance", (), BOTH),
    ("claim", "order_id", "purchase_order", BUYER, BOTH),
    ("claim", "order_line_id", "order_line", BUYER, BOTH),
    ("instalment", "order_id", "purchase_order", BUYER, BOTH),
    ("offline_entry", "form_id", "stored_file", (), ("order_id",)),
    ("offline_entry", "order_id", "purchase_order", BUYER, BOTH),
    ("order_code", "order_id", "purchase_order", BUYER, BOTH),
    ("order_line", "award_line_id", "award_line", (), BOTH),
    ("order_line", "listing_id", "listing", (), SUPPLIER),
    ("order_line", "order_id", "purchase_order", BUYER, BOTH),
    ("order_line", "requisition_line_id", "requisition_line", (), BUYER),
    ("order_line_work", "order_id", "purchase_order", BUYER, BOTH),
    ("order_line_work", "order_line_id", "order_line", BUYER, BOTH),
    ("order_line_work", "work_order_id", "work_order", BUYER, BOTH),
    ("payment", "order_id", "purchase_order", BUYER, BOTH),
    ("purchase_order", "award_id", "award", (), BUYER),
    ("purchase_order", "requisition_id", "requisition", (), BUYER),
    ("quote_line", "rfq_line_id", "rfq_line", (), BUYER),
    ("quote_line", "version_id", "quote_version", SUPPLIER, BOTH),
    ("quote_version", "quote_id", "quote", SUPPLIER, BOTH),
    ("receipt", "order_id", "purchase_order", BUYER, BOTH),
    ("receipt", "shipment_id", "shipment", (), BOTH),
    ("receipt_line", "order_line_id", "order_line", BUYER, BOTH),
    ("receipt_line", "receipt_id", "receipt", BUYER, BOTH),
    ("refund", "order_id", "purchase_order", BUYER, BOTH),
    ("refund_line", "instalment_id", "instalment", BUYER, BOTH),
    ("refund_line", "refund_id", "refund", BUYER, BOTH),
    ("requisition", "rfq_id", "rfq", (), BUYER),
    ("requisition_line", "listing_id", "listing", (), SUPPLIER),
    ("shipment", "order_id", "purchase_order", BUYER, BOTH),
    ("shipment_line", "order_line_id", "order_line", BUYER, BOTH),
    ("shipment_line", "shipment_id", "shipment", BUYER, BOTH),
    ("statement_line", "order_id", "purchase_order", (), SUPPLIER),
    ("work_report", "work_order_id", "work_order", BUYER, BOTH),
)
"""(table, column, parent, what stood beside the column before, what stands there now)."""

UNRESTRICTED = {("award_line", "rfq_line_id"), ("acceptance", "receipt_line_id")} | {
    (table, "order_line_id") for table in ("acceptance", "claim", "order_line_work", "receipt_line", "shipment_line")
}
"""References that were declared without RESTRICT before."""

Change = tuple[str, Callable[[BatchOperations], object]]


def _drop_reference(table: str, column: str, owners: Owners) -> Change:
    name = op.f("_".join(("fk", table, *owners, column)))
    return table, lambda batch: batch.drop_constraint(name, type_="foreignkey")


def _add_reference(table: str, column: str, parent: str, owners: Owners, rule: str | None) -> Change:
    name = op.f("_".join(("fk", table, *owners, column)))
    theirs = ["object_id" if parent == "stored_file" else owner for owner in owners]
    return table, lambda batch: batch.create_foreign_key(
        name, parent, [*owners, column], [*theirs, "id"], ondelete=rule
    )


def _drop_key(table: str, owners: Owners) -> Change:
    name = op.f("_".join(("uq", table, *owners, "id")))
    return table, lambda batch: batch.drop_constraint(name, type_="unique")


def _add_key(table: str, owners: Owners) -> Change:
    name = op.f("_".join(("uq", table, *owners, "id")))
    return table, lambda batch: batch.create_unique_constraint(name, [*owners, "id"])


def _apply(changes: Iterable[Change]) -> None:
    """In their order; on SQLite, where references are looked at only at the end, table by table: one rebuild each.

    Without following references to other tables, which would read the whole schema anew for each of them.
    """
    changes = list(changes)
    if op.get_bind().dialect.name == "sqlite":
        for table in sorted({table for table, _ in changes}):
            with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
                for place, change in changes:
                    if place == table:
                        change(batch)
        return
    for table, change in changes:
        with op.batch_alter_table(table) as batch:
            change(batch)


def _needed(table: str, column: str) -> Change:
    return table, lambda batch: batch.alter_column(column, existing_type=sa.String(length=30), nullable=False)


def upgrade() -> None:
    for table, column, parent, reference in COLUMNS:
        op.add_column(table, sa.Column(column, sa.String(length=30), nullable=True))
        op.execute(
            f"UPDATE {table} SET {column} = (SELECT {column} FROM {parent} WHERE {parent}.id = {table}.{reference})"
        )
    offered = op.f("ck_requisition_line_offered_by_somebody")
    _apply(
        [
            *(_needed(table, column) for table, column, _, _ in COLUMNS),
            *(_drop_reference(table, column, before) for table, column, _, before, _ in REFERENCES),
            *(_drop_key(table, owners) for table, (before, _) in KEYS.items() for owners in before),
            *(_add_key(table, owners) for table, (_, after) in KEYS.items() for owners in after),
            *(_add_reference(table, column, parent, after, "RESTRICT") for table, column, parent, _, after in REFERENCES),
            (
                "requisition_line",
                lambda batch: batch.create_check_constraint(offered, "listing_id IS NULL OR supplier_id IS NOT NULL"),
            ),
        ]
    )


def downgrade() -> None:
    offered = op.f("ck_requisition_line_offered_by_somebody")
    _apply(
        [
            ("requisition_line", lambda batch: batch.drop_constraint(offered, type_="check")),
            *(_drop_reference(table, column, after) for table, column, _, _, after in REFERENCES),
            *(_drop_key(table, owners) for table, (_, after) in KEYS.items() for owners in after),
            *(_add_key(table, owners) for table, (before, _) in KEYS.items() for owners in before),
            *(
                _add_reference(
                    table, column, parent, before, None if (table, column) in UNRESTRICTED else "RESTRICT"
                )
                for table, column, parent, before, _ in REFERENCES
            ),
            *(_gone(table, column) for table, column, _, _ in COLUMNS),
        ]
    )


def _gone(table: str, column: str) -> Change:
    return table, lambda batch: batch.drop_column(column)
