"""The states of memberships and of what hangs on them, declared where every verb can reach them."""

from __future__ import annotations

from app.accounts.delegation_schemas import DelegationOut
from app.accounts.emergency_schemas import EmergencyAccessOut
from app.accounts.key_schemas import ApiKeyOut, ServiceAccountOut
from app.accounts.models import (
    ApiKey,
    CostCentre,
    Delegation,
    DeliveryAddress,
    EmergencyAccess,
    Membership,
    ServiceAccount,
    Unit,
)
from app.accounts.schemas import MembershipOut
from app.accounts.unit_schemas import CostCentreOut, DeliveryAddressOut, UnitOut
from app.kernel.actors import platform
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_

MEMBERSHIP = Lifecycle(
    "membership",
    Membership,
    [
        State("invited", N_("invited"), "waiting", N_("The invited person follows the link in the mail.")),
        State("active", N_("active"), "good"),
        State("ended", N_("ended"), "draft", final=True),
    ],
    title=N_("Membership"),
    collection="memberships",
    main_path="invited active",
    shape=MembershipOut,
)

SERVICE_ACCOUNT = Lifecycle(
    "service_account",
    ServiceAccount,
    [State("active", N_("active"), "good"), State("ended", N_("ended"), "draft", final=True)],
    title=N_("Machine account"),
    collection="service-accounts",
    main_path="active",
    shape=ServiceAccountOut,
)

API_KEY = Lifecycle(
    "api_key",
    ApiKey,
    [
        State("active", N_("active"), "good"),
        State("expired", N_("expired"), "draft", final=True),
        State("revoked", N_("revoked"), "draft", final=True),
    ],
    title=N_("API key"),
    collection="api-keys",
    main_path="active",
    shape=ApiKeyOut,
)

UNIT = Lifecycle(
    "unit",
    Unit,
    [State("active", N_("active"), "good"), State("closed", N_("closed"), "draft", final=True)],
    title=N_("Unit"),
    collection="units",
    main_path="active",
    shape=UnitOut,
)

DELIVERY_ADDRESS = Lifecycle(
    "delivery_address",
    DeliveryAddress,
    [State("active", N_("active"), "good"), State("closed", N_("closed"), "draft", final=True)],
    title=N_("Delivery address"),
    collection="delivery-addresses",
    main_path="active",
    shape=DeliveryAddressOut,
)

COST_CENTRE = Lifecycle(
    "cost_centre",
    CostCentre,
    [State("active", N_("active"), "good"), State("closed", N_("closed"), "draft", final=True)],
    title=N_("Cost centre or fund"),
    collection="cost-centres",
    main_path="active",
    shape=CostCentreOut,
)

DELEGATION = Lifecycle(
    "delegation",
    Delegation,
    [
        State("planned", N_("planned"), "waiting", N_("It counts from its first day on.")),
        State("active", N_("active"), "good", N_("The deputy signs beside the colleague who lends the signature.")),
        State("ended", N_("ended"), "draft", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Delegation"),
    collection="delegations",
    main_path="planned active ended",
    shape=DelegationOut,
)

EMERGENCY_ACCESS = Lifecycle(
    "emergency_access",
    EmergencyAccess,
    [
        State(
            "requested", N_("requested"), "waiting", N_("A second person, of the owner, allows or refuses it."),
            platform("owner", "owner"),
        ),
        State("active", N_("active"), "held", N_("It ends by the clock. Whatever is done under it is marked.")),
        State("ended", N_("ended"), "draft", final=True),
        State("refused", N_("refused"), "stop", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Emergency access"),
    collection="emergency-accesses",
    main_path="requested active ended",
    shape=EmergencyAccessOut,
)  # fmt: skip
