"""Terms of use and privacy: what a park shows to everybody, in both languages, with the version that is in force.

The texts say what this program does; who runs it adds what its counsel asks for, and raises the version with the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template

from app import i18n
from app.accounts.consents import EDITIONS
from app.kernel.values import N_

pages = Blueprint("legal", __name__)


@dataclass(frozen=True, slots=True)
class Paper:
    """One text: its title, the version in force, and sections of heading and paragraph."""

    title: str
    version: str
    since: date
    sections: tuple[tuple[str, str], ...]


TERMS: Final = Paper(
    N_("Terms of use"),
    EDITIONS["terms"],
    date(2026, 11, 23),
    (
        (
            N_("Who takes part"),
            N_(
                "The platform serves organisations that its operator has admitted. Whoever acts does so for an"
                " organisation and within the roles that its administrators have given; what is done is on record."
            ),
        ),
        (
            N_("How a contract comes about"),
            N_(
                "A listing invites; a quote binds its supplier until the end of its validity; an order becomes binding"
                " when the supplier confirms it, after the approvals that it needs. Buyer and supplier are the parties."
            ),
        ),
        (
            N_("Prices and payment"),
            N_(
                "Prices include tax unless stated otherwise. Money that is paid through the platform is held for its"
                " order and released to the supplier as the payment plan says; the commission is the supplier's."
            ),
        ),
        (
            N_("Acceptance, claims, disputes"),
            N_(
                "The buyer accepts or rejects by line. What the parties cannot settle between them the operator rules"
                " on, by the record of both sides; the courts stay open to everybody."
            ),
        ),
        (
            N_("What is not allowed"),
            N_(
                "Offers that are not meant, arrangements between bidders, use of another person's account, and"
                " anything that burdens or deceives the platform. The operator may suspend whoever does so."
            ),
        ),
    ),
)

PRIVACY: Final = Paper(
    N_("Privacy"),
    EDITIONS["privacy"],
    date(2026, 11, 23),
    (
        (
            N_("What is kept of a person"),
            N_(
                "Name, e-mail address, language, memberships and roles, the password as a one-way value, sign-in times"
                " and addresses, and what the person did on records of their organisations."
            ),
        ),
        (
            N_("What for"),
            N_(
                "To know who acts for whom, to keep the accounts of purchases as the law asks, and to find misuse."
                " Nothing is sold, and no advertising uses it."
            ),
        ),
        (
            N_("Who sees it"),
            N_(
                "Colleagues and trading partners see the names of those who acted on a record they share; the staff of"
                " operator, owner and auditor see what their office needs. Bank and payment service get what a payment"
                " needs."
            ),
        ),
        (
            N_("Cookies"),
            N_("One cookie keeps the session and one the language. There are none of third parties."),
        ),
        (
            N_("How long, and what you may ask for"),
            N_(
                "Purchasing records are kept as long as the law asks for. On your account page you read all that is"
                " kept of you as one file and ask to be erased; the operator corrects what is wrong."
            ),
        ),
    ),
)  # fmt: skip


@pages.get("/terms")
def terms() -> str:
    """The terms of use in force."""
    return _page(TERMS)


@pages.get("/privacy")
def privacy() -> str:
    """What is kept of people, and why."""
    return _page(PRIVACY)


def _page(paper: Paper) -> str:
    return render_template(
        "legal.html",
        title=i18n.say(paper.title),
        version=paper.version,
        since=i18n.day(paper.since),
        sections=[(i18n.say(heading), i18n.say(words)) for heading, words in paper.sections],
    )
