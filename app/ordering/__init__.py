"""The promise and its keeping: requisitions, orders, shipments, receipts, acceptance, claims."""
