"""What is told of qualifications, bank accounts, restrictions and leaving: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

_HANDS_IN: Final = "org_admin catalogue"

TEXTS: Final[dict[str, Text]] = {
    "qualification.submit": Text(
        N_("A qualification waits for review"), N_("A document or statement was handed in and waits for review."),
        "approvals",
    ),
    "qualification.approve": Text(
        N_("A qualification is approved"), N_("The operator has approved what you handed in: it counts from now on."),
        "organisation", to="self", roles=_HANDS_IN,
    ),
    "qualification.return": Text(
        N_("A qualification was returned"), N_("The operator has returned it with what has to be corrected."),
        "organisation", to="self", roles=_HANDS_IN,
    ),
    "qualification.reject": Text(
        N_("A qualification was rejected"), N_("The operator finds that it does not meet the requirement."),
        "organisation", to="self", roles=_HANDS_IN,
    ),
    "qualification.expire": Text(
        N_("A qualification has expired"),
        N_("What needs it is hidden, and nothing new is quoted, until a new one is approved. Open orders go on."),
        "organisation", to="self", roles="org_admin catalogue sales",
    ),
    "qualification.revoke": Text(
        N_("The approval of a qualification was revoked"),
        N_("The operator has taken the approval back: what needs it is hidden until a new one is approved."),
        "organisation", to="self", roles=_HANDS_IN,
    ),
    "bank_account.create": Text(
        N_("Another bank account was named"),
        N_("Payouts shall go to another account. If nobody of you did this, call the operator at once."),
        "money", to="self", roles="org_admin finance",
    ),
    "bank_account.confirm": Text(
        N_("The bank account is in force"),
        N_("Settlement has confirmed the account; after a change no payout goes there for some days."),
        "money", to="self", roles="org_admin finance",
    ),
    "bank_account.decline": Text(
        N_("The bank account was declined"), N_("Settlement could not find it confirmed; the one in force stays."),
        "money", to="self", roles="org_admin finance",
    ),
    "restriction.create": Text(
        N_("A dealing of yours was stopped"),
        N_("The operator has stopped one kind of dealing. You may appeal once; open orders go on."),
        "organisation", to="self", roles="org_admin",
    ),
    "restriction.appeal": Text(
        N_("An appeal waits for a decision"), N_("An organisation objects to a restriction."), "approvals"
    ),
    "restriction.uphold": Text(
        N_("Your appeal was dismissed"), N_("The restriction stays in force until its end."),
        "organisation", to="self", roles="org_admin",
    ),
    "restriction.allow": Text(
        N_("Your appeal was allowed"), N_("The restriction has ended."), "organisation", to="self", roles="org_admin"
    ),
    "restriction.lift": Text(
        N_("A restriction was lifted"), N_("The operator has ended the restriction."),
        "organisation", to="self", roles="org_admin",
    ),
    "restriction.set_end": Text(
        N_("The end of a restriction was changed"), N_("The operator has changed when the restriction ends."),
        "organisation", to="self", roles="org_admin",
    ),
    "restriction.end": Text(
        N_("A restriction has ended"), N_("Its time is over; what else stands against you stays in force."),
        "organisation", to="self", roles="org_admin",
    ),
    "handover.create": Text(
        N_("A hand-over waits for your answer"),
        N_("You are asked to take over the open business of an organisation that leaves the park."), "approvals",
    ),
    "handover.agree": Text(
        N_("A hand-over was agreed"), N_("Whoever takes over has agreed to the plan."), "organisation", to="self",
        roles="org_admin",
    ),
    "contest.create": Text(
        N_("A row of a score is contested"), N_("A supplier holds one row of its score to be wrong."), "approvals"
    ),
    "contest.uphold": Text(
        N_("A row of your score was taken out"), N_("The operator finds you right: the row counts no more."),
        "organisation", to="supplier", roles="org_admin sales fulfilment",
    ),
    "contest.dismiss": Text(
        N_("A row of your score stands"), N_("The operator has looked at it and lets the row count."),
        "organisation", to="supplier", roles="org_admin sales fulfilment",
    ),
}  # fmt: skip

SILENT: Final = (
    "qualification.create qualification.edit qualification.add_file qualification.withdraw qualification.supersede "
    "bank_account.withdraw bank_account.replace requirement.create requirement.edit requirement.begin "
    "requirement.retire handover.decline handover.withdraw handover.carry_out contest.withdraw"
)
