"""What is told of organisations and their people: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {
    "organisation.create": Text(
        N_("An organisation applies"),
        N_("An organisation has applied and waits for review."),
        "approvals",
        at="applied",
    ),
    "organisation.resubmit": Text(
        N_("An application was corrected"), N_("The application was corrected and waits for review again."), "approvals"
    ),
    "organisation.return": Text(
        N_("Your application was returned"),
        N_("The operator has returned the application with what has to be corrected."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.admit": Text(
        N_("Your organisation is admitted"),
        N_("Your organisation may now list, buy and sell."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.reject": Text(
        N_("Your application was rejected"),
        N_("The operator has rejected the application."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.suspend": Text(
        N_("Your organisation is suspended"),
        N_("New dealings are suspended; open orders go on."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.reinstate": Text(
        N_("Your organisation may deal again"),
        N_("The operator has lifted the suspension."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.terminate": Text(
        N_("Your organisation's place has ended"),
        N_("The operator has ended the organisation's membership of the park."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.resume": Text(
        N_("The suspension has ended"),
        N_("The suspension has run its time. Restrictions and missing documents stay what they are."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "organisation.rename": Text(
        N_("The legal name was changed"),
        N_("The operator has entered the new name; the old one stays readable."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "membership.join": Text(
        N_("Somebody has joined"),
        N_("An invited person has taken their place in your organisation."),
        "organisation",
        to="self",
        roles="org_admin",
        begun=False,
    ),
    "membership.change_roles": Text(
        N_("Your roles were changed"),
        N_("An admin of your organisation has changed your roles."),
        "organisation",
        to="self",
        roles="",
    ),
    "membership.end": Text(
        N_("A membership has ended"),
        N_("A person has left your organisation."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "api_key.create": Text(
        N_("A new API key"),
        N_("A member of your organisation has made a key for a program."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "api_key.revoke": Text(
        N_("Your API key was revoked"),
        N_("An admin has revoked a key of yours; programs that use it are refused."),
        "organisation",
        to="self",
        roles="",
    ),
}

SILENT: Final = "membership.create organisation.edit_profile organisation.reckon"
