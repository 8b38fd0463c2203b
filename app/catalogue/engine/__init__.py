"""The catalogue's search engine: an embedded index that knows no Flask and no database.

Cards go in through one Writer, searches are answered by any number of Index objects, `check` finds damage.
"""

from .index import Index, Writer
from .manifest import check
from .shapes import (
    Bucket,
    Card,
    Counted,
    FacetCount,
    Found,
    Hit,
    IndexDamaged,
    Limits,
    Measure,
    Search,
    Spread,
    WriterBusy,
)

__all__ = [
    "Bucket", "Card", "Counted", "FacetCount", "Found", "Hit", "Index", "IndexDamaged", "Limits", "Measure", "Search",
    "Spread", "Writer", "WriterBusy", "check",
]  # fmt: skip
