"""What is told of requests, quotes and awards: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

_YOU_ARE_INVITED_TO_QUOTE: Final = (N_("You are invited to quote"), N_("A buyer asks for your quote."))
_AN_AWARD_WAITS_FOR_YOUR_APPROVAL: Final = (
    N_("An award waits for your approval"),
    N_("A choice of quotes waits for your signature."),
)

TEXTS: Final[dict[str, Text]] = {
    "rfq.invite": Text(*_YOU_ARE_INVITED_TO_QUOTE, "requests", to="invited", at="open"),
    "rfq.publish": Text(*_YOU_ARE_INVITED_TO_QUOTE, "requests", to="invited"),
    "rfq.ask": Text(
        N_("A supplier has a question"),
        N_("An invited supplier has asked a question; all who are invited read your answer."),
        "requests",
        to="buyer",
    ),
    "rfq.answer": Text(
        N_("A question was answered"),
        N_("The buyer has answered a question; all who are invited read it."),
        "requests",
        to="invited",
    ),
    "rfq.amend": Text(
        N_("A request was amended"),
        N_("What is asked for has changed. A quote that was submitted counts only once it is confirmed or revised."),
        "requests",
        to="invited",
    ),
    "rfq.extend": Text(
        N_("A deadline was extended"),
        N_("There is more time to quote; quotes that are submitted stay as they are."),
        "requests",
        to="invited",
    ),
    "rfq.close": Text(
        N_("The time for quotes is over"),
        N_("No more quotes are taken; the buyer evaluates what was submitted."),
        "requests",
        to="buyer invited",
    ),
    "rfq.conclude": Text(
        N_("A request is concluded"), N_("Every line is bought or given up."), "requests", to="buyer invited"
    ),
    "rfq.fail": Text(
        N_("A request ended without a purchase"),
        N_("The buyer has ended the request without buying."),
        "requests",
        to="buyer invited",
    ),
    "rfq.cancel": Text(
        N_("A request was cancelled"),
        N_("The buyer has cancelled the request; sealed quotes stay sealed."),
        "requests",
        to="buyer invited",
    ),
    "quote.submit": Text(
        N_("Your quote is submitted"),
        N_("It is sealed until the deadline; its receipt stands on the quote's page."),
        "requests",
        to="supplier",
    ),
    "quote.void": Text(
        N_("Your quote has to be confirmed"),
        N_("The request was amended: until you confirm or revise it, your quote counts for nothing."),
        "requests",
        to="supplier",
    ),
    "quote.reconfirm": Text(
        N_("A quote was confirmed"),
        N_("The supplier stands by the quote."),
        "requests",
        to="supplier buyer",
        roles="sales purchaser",
    ),
    "quote.extend_validity": Text(
        N_("A quote is valid for longer"),
        N_("The supplier binds itself for longer; nothing else has changed."),
        "requests",
        to="supplier buyer",
        roles="sales purchaser",
    ),
    "quote.withdraw": Text(
        N_("Your quote was withdrawn"),
        N_("A colleague has withdrawn your organisation's quote."),
        "requests",
        to="supplier",
    ),
    "quote.expire": Text(
        N_("A quote has expired"),
        N_("It was not submitted in time, or its validity has run out."),
        "requests",
        to="supplier buyer",
        roles="sales purchaser",
    ),
    "quote.win": Text(
        N_("Your quote was chosen"),
        N_("The buyer has chosen lines of your quote; the order follows."),
        "requests",
        to="supplier",
    ),
    "quote.release": Text(
        N_("Your quote is open again"),
        N_("What it had won is open again; the quote stays submitted."),
        "requests",
        to="supplier",
    ),
    "quote.lose": Text(
        N_("Your quote was not chosen"), N_("The request has ended without your quote."), "requests", to="supplier"
    ),
    "award.await_approval": Text(*_AN_AWARD_WAITS_FOR_YOUR_APPROVAL, "approvals"),
    "award.approve": Text(*_AN_AWARD_WAITS_FOR_YOUR_APPROVAL, "approvals", at="awaiting_approval"),
    "award.delegate": Text(
        N_("You are asked to sign"), N_("A colleague has asked you to sign in their place."), "approvals"
    ),
    "award.escalate": Text(
        N_("A signature is overdue"), N_("Nobody has signed in time; administrators may sign as well."), "approvals"
    ),
    "award.take_back": Text(
        N_("A signature was taken back"),
        N_("A signature was taken back and has to be given anew."),
        "approvals",
        at="awaiting_approval",
    ),
    "award.adopt": Text(
        N_("An award is approved"),
        N_("Every signature is given: the orders may be placed."),
        "requests",
        to="buyer",
        roles="purchaser",
    ),
    "award.reject": Text(
        N_("An award was rejected"),
        N_("An approver has rejected the choice; the quantities are open again."),
        "requests",
        to="buyer",
        roles="purchaser",
    ),
    "award.cancel": Text(
        N_("An award was cancelled"),
        N_("The choice was taken back; the quantities are open again."),
        "requests",
        to="buyer",
        roles="purchaser",
    ),
}

SILENT: Final = (
    "quote.attach award.confirm_line award.create award.decline_line award.order award.propose quote.create quote.edit "
    "quote.give_back quote.open quote.revise quote.settle_lines rfq.attach rfq.create rfq.edit "
    "rfq.give_up_line"
)
