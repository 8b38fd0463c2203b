"""What is told of lent signatures, machines, keys that run out and emergency access; units speak for themselves."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {
    "membership.leave": Text(
        N_("Somebody has left"),
        N_("A person has left your organisation by their own will. See what waits for them."),
        "organisation",
        to="self",
        roles="org_admin",
        begun=False,
    ),
    "membership.give_unit_role": Text(
        N_("You hold a role for a unit"),
        N_("An admin of your organisation has given you a role for one of its units."),
        "organisation",
        to="self",
        roles="",
    ),
    "membership.take_unit_role": Text(
        N_("A role for a unit was taken back"),
        N_("An admin of your organisation has taken a role for a unit back."),
        "organisation",
        to="self",
        roles="",
    ),
    "api_key.rotate": Text(
        N_("The secret of an API key was changed"),
        N_("The old secret works for some hours more at most. If this was not you, revoke the key."),
        "organisation",
        to="self",
        roles="",
    ),
    "api_key.run_out": Text(
        N_("An API key runs out"),
        N_("Another colleague answers for its machine now and makes a new key."),
        "organisation",
        to="self",
        roles="",
    ),
    "api_key.expire": Text(
        N_("An API key has expired"),
        N_("Programs that use it are refused. Make a new one if they are still needed."),
        "organisation",
        to="self",
        roles="",
    ),
    "service_account.create": Text(
        N_("A new machine account"),
        N_("Your organisation has an account for a machine or program, and a colleague answers for it."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "service_account.hand_over": Text(
        N_("Another colleague answers for a machine"),
        N_("Secrets made before work for some hours more. Whoever answers for it now makes new ones."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "service_account.end": Text(
        N_("A machine account has ended"),
        N_("Its keys open nothing any more. It ends too when nobody answers for it."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "delegation.create": Text(
        N_("A signature is lent"),
        N_("A colleague may sign in another's place, between two dates and up to an amount."),
        "approvals",
        to="self",
        roles="org_admin",
    ),
    "delegation.begin": Text(
        N_("A lent signature counts from now on"),
        N_("Its first moment has come. What is signed under it shows both names."),
        "approvals",
        to="self",
        roles="",
    ),
    "delegation.run_out": Text(
        N_("A lent signature has ended"),
        N_("Its last moment has come. What waits is signed by the colleague who lent it."),
        "approvals",
        to="self",
        roles="",
    ),
    "delegation.withdraw": Text(
        N_("A lent signature was withdrawn"),
        N_("It no longer counts. What waits is signed by the colleague who lent it."),
        "approvals",
        to="self",
        roles="",
    ),
    "emergency_access.create": Text(
        N_("Emergency access is asked for"),
        N_("The operator's system administrator asks to act inside an organisation. A second person decides."),
        "approvals",
        at="requested",
    ),
    "emergency_access.allow": Text(
        N_("Emergency access to your organisation"),
        N_("For some hours somebody of the operator acts inside the organisation. All they do is marked."),
        "approvals",
        to="subject auditor operator",
        roles="org_admin auditor",
    ),
    "emergency_access.refuse": Text(
        N_("Emergency access was refused"),
        N_("The second person has said no, with a reason."),
        "approvals",
        to="operator",
        roles="",
    ),
    "emergency_access.end": Text(
        N_("An emergency access is over"),
        N_("Nobody of the operator acts inside the organisation any more. The history shows what was done."),
        "approvals",
        to="subject auditor operator",
        roles="org_admin auditor",
    ),
}

SILENT: Final = (
    "unit.create unit.rename unit.move unit.close delivery_address.create delivery_address.correct "
    "delivery_address.close cost_centre.create cost_centre.rename cost_centre.close emergency_access.withdraw "
    "membership.readdress"
)
"""Housekeeping that whoever needs it sees in the form."""
