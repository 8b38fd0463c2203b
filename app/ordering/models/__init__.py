"""Nouns of ordering: `demands`, `orders`, `deliveries`. Delivery, acceptance and money are three axes of an order."""

from app.ordering.models.deliveries import REMEDIES, Acceptance, Claim, Receipt, ReceiptLine, Shipment, ShipmentLine
from app.ordering.models.demands import Requisition, RequisitionLine
from app.ordering.models.orders import LineWork, Order, OrderLine, TransactionRule

__all__ = [
    "REMEDIES",
    "Acceptance",
    "Claim",
    "LineWork",
    "Order",
    "OrderLine",
    "Receipt",
    "ReceiptLine",
    "Requisition",
    "RequisitionLine",
    "Shipment",
    "ShipmentLine",
    "TransactionRule",
]
