"""The category that a code of somebody else's catalogue leads to."""

from __future__ import annotations

import sqlalchemy as sa

from app.catalogue.taxonomy.models import Category, CategoryMapping
from app.kernel.db import db


def mapped_category(system: str, code: str) -> str | None:
    """The code of the one active category that is mapped to a code of `system` (models.SYSTEMS); None where there is
    none or more than one, for then nobody has said which. A CPV code may lack its check digit."""
    statement = (
        sa.select(Category.code)
        .join(CategoryMapping, CategoryMapping.category_id == Category.id)
        .where(
            CategoryMapping.system == system,
            sa.or_(CategoryMapping.code == code, CategoryMapping.code.like(f"{code}-_")),
            Category.state == "active",
        )
        .limit(2)
    )
    found = db.session.scalars(statement).all()
    return found[0] if len(found) == 1 else None
