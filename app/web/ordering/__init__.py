"""Pages of ordering: requisitions, orders and what belongs to them, the queues of the platform, and their forms."""

from app.web.ordering import demands, documents, forms, offline, orders, parts, queue, requisitions
from app.web.ordering.blueprint import pages

__all__ = ["demands", "documents", "forms", "offline", "orders", "pages", "parts", "queue", "requisitions"]
