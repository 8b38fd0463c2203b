"""The catalogue's search engine: an embedded index that knows no Flask and no database.

Cards go in through one Writer, searches are answered by any number of Index objects, `check` finds damage.
"""

from .index import Index, Writer
from .manifest import check
from .shapes import Card, FacetCount, Found, Hit, IndexDamaged, Search, WriterBusy

__all__ = ["Card", "FacetCount", "Found", "Hit", "Index", "IndexDamaged", "Search", "Writer", "WriterBusy", "check"]
