"""The first schema.

Revision: 0001
Revises: none
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kernel.db import db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    db.metadata.create_all(bind)
    bind.execute(sa.text("INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, :genesis)"), {"genesis": "0" * 64})
    if "entry" in db.metadata.tables:
        from app.ledger import triggers
        triggers.install(bind)


def downgrade() -> None:
    db.metadata.drop_all(op.get_bind())
