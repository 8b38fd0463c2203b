"""Standing delegation: one colleague signs in another's place, between two moments and up to an amount."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Record, UtcDateTime, minor, one_of, owned_by, owned_key, ref
from app.kernel.values import Money

LENT_ROLES: Final = ("approver", "finance")
"""The signing roles that may be lent. An administrator's signature is the last resort and is not."""

BASE_CURRENCY: Final = "CNY"
"""The currency of ceilings. A document in another one is not signed by delegation: there is no rate to trust."""


class Delegation(Record):
    """The role that one member lends to another, for a time, up to an amount."""

    __tablename__ = "delegation"
    __prefix__ = "dlg"
    __states__ = "planned active ended withdrawn"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        owned_by("membership", "org_id", "membership_id"),
        owned_by("membership", "org_id", "deputy_membership_id"),
        one_of("role", LENT_ROLES, name="role_known"),
        sa.CheckConstraint("deputy_id <> person_id", name="lent_to_another"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_later"),
        sa.CheckConstraint("ceiling_minor > 0", name="ceiling_positive"),
    )

    org_id: Mapped[str] = ref("organisation.id")
    membership_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    person_id: Mapped[str] = ref("person.id")
    deputy_membership_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    deputy_id: Mapped[str] = ref("person.id")
    role: Mapped[str] = mapped_column(sa.String(30), nullable=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ceiling_minor: Mapped[int] = minor(nullable=False)

    @property
    def ceiling(self) -> Money:
        """The largest amount that is signed under it, the amount itself included."""
        return Money(self.ceiling_minor, BASE_CURRENCY)
