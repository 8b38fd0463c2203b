"""What a person keeps of the catalogue: saved searches, lists of listings, and what they looked at last.

Revision: 0016
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_list',
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('person_id', sa.String(length=30), nullable=False),
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(title) > 0', name=op.f('ck_saved_list_titled')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_saved_list_org_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_list_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_list')),
    sa.UniqueConstraint('id', 'person_id', name=op.f('uq_saved_list_id_person_id')),
    sa.UniqueConstraint('person_id', 'org_id', 'title', name=op.f('uq_saved_list_person_id_org_id_title'))
    )
    op.create_index(op.f('ix_saved_list_org_id'), 'saved_list', ['org_id'], unique=False)
    op.create_table('saved_search',
    sa.Column('id', sa.String(length=30), nullable=False),
    sa.Column('person_id', sa.String(length=30), nullable=False),
    sa.Column('org_id', sa.String(length=30), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('query', sa.String(length=1500), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('tells', sa.Boolean(), nullable=False),
    sa.Column('seen_seq', sa.BigInteger(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(title) > 0', name=op.f('ck_saved_search_titled')),
    sa.CheckConstraint('seen_seq >= 0', name=op.f('ck_saved_search_seen_something')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_saved_search_org_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('person_id', 'org_id', 'query', name=op.f('uq_saved_search_person_id_org_id_query'))
    )
    op.create_index(op.f('ix_saved_search_org_id'), 'saved_search', ['org_id'], unique=False)
    op.create_index('ix_saved_search_tells', 'saved_search', ['tells', 'seen_seq'], unique=False)
    op.create_table('saved_list_line',
    sa.Column('list_id', sa.String(length=30), nullable=False),
    sa.Column('listing_id', sa.String(length=30), nullable=False),
    sa.Column('person_id', sa.String(length=30), nullable=False),
    sa.Column('quantity_micro', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.CheckConstraint('place >= 0', name=op.f('ck_saved_list_line_place_counted')),
    sa.CheckConstraint('quantity_micro BETWEEN 1 AND 1000000000000000', name=op.f('ck_saved_list_line_quantity_in_range')),
    sa.ForeignKeyConstraint(['list_id', 'person_id'], ['saved_list.id', 'saved_list.person_id'], name=op.f('fk_saved_list_line_list_id_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_saved_list_line_listing_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_list_line_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('list_id', 'listing_id', name=op.f('pk_saved_list_line'))
    )
    op.create_index(op.f('ix_saved_list_line_listing_id'), 'saved_list_line', ['listing_id'], unique=False)
    op.create_index(op.f('ix_saved_list_line_person_id'), 'saved_list_line', ['person_id'], unique=False)
    op.create_table('viewed_listing',
    sa.Column('person_id', sa.String(length=30), nullable=False),
    sa.Column('listing_id', sa.String(length=30), nullable=False),
    sa.Column('viewed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_viewed_listing_listing_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_viewed_listing_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('person_id', 'listing_id', name=op.f('pk_viewed_listing'))
    )
    op.create_index(op.f('ix_viewed_listing_listing_id'), 'viewed_listing', ['listing_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_viewed_listing_listing_id'), table_name='viewed_listing')
    op.drop_table('viewed_listing')
    op.drop_index(op.f('ix_saved_list_line_person_id'), table_name='saved_list_line')
    op.drop_index(op.f('ix_saved_list_line_listing_id'), table_name='saved_list_line')
    op.drop_table('saved_list_line')
    op.drop_index('ix_saved_search_tells', table_name='saved_search')
    op.drop_index(op.f('ix_saved_search_org_id'), table_name='saved_search')
    op.drop_table('saved_search')
    op.drop_index(op.f('ix_saved_list_org_id'), table_name='saved_list')
    op.drop_table('saved_list')
