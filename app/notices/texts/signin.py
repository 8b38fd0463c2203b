"""What is told of signing in: single sign-on and lost second factors."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {
    "sign_on.switch_on": Text(
        N_("Single sign-on is in use"),
        N_("People of your organisation may now sign in through its identity provider."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "sign_on.switch_off": Text(
        N_("Single sign-on is switched off"),
        N_("Nobody signs in through your identity provider any more; passwords go on working."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "sign_on.change": Text(
        N_("Single sign-on was changed"),
        N_("Your identity provider, or what it stands for, was changed. Make sure that one of you did it."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "factor_reset.create": Text(
        N_("A second factor is lost"),
        N_("An admin asks that the second factor of a member be taken away. Make sure by telephone who asks."),
        "approvals",
        at="asked",
    ),
    "factor_reset.take_away": Text(
        N_("A second factor was taken away"),
        N_("The member may sign in with the password and sets up a new one."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
    "factor_reset.decline": Text(
        N_("A second factor was not taken away"),
        N_("The security administrator has declined the request. The reason stands on its page."),
        "organisation",
        to="self",
        roles="org_admin",
    ),
}

SILENT: Final = "sign_on.create sign_on.retire sign_on.reseal factor_reset.lapse"
