"""What is told of money: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {
    "instalment.fall_due": Text(
        N_("A payment is due"),
        N_("An instalment of an order is due: transfer it and record the transfer."),
        "money",
        to="buyer",
        roles="finance",
    ),
    "instalment.release": Text(
        N_("Money was released to you"),
        N_("Held money of an order goes to your account with the park."),
        "money",
        to="supplier",
        roles="finance",
    ),
    "payment.create": Text(
        N_("A transfer is to be found"),
        N_("A buyer has recorded a transfer; look for it on the bank statement."),
        "money",
    ),
    "payment.succeed": Text(
        N_("A payment has arrived"),
        N_("The amount that arrived is held for the order."),
        "money",
        to="buyer supplier",
        roles="finance",
    ),
    "payment.fail": Text(
        N_("A payment has failed"),
        N_("Nothing arrived. Should it arrive later, it still counts."),
        "money",
        to="buyer",
        roles="finance",
    ),
    "payment.reverse": Text(
        N_("A payment was taken back"),
        N_("The bank took the money back after it had arrived."),
        "money",
        to="buyer supplier",
        roles="finance",
    ),
    "payment.lose_sight": Text(
        N_("A payment is unconfirmed"),
        N_("The bank has not confirmed. Please do not pay again."),
        "money",
        to="buyer",
        roles="finance",
    ),
    "payment.lapse": Text(
        N_("A recorded transfer was set aside"),
        N_("Nobody has found the transfer on the bank statement for long."),
        "money",
        to="buyer",
        roles="finance",
    ),
    "refund.create": Text(
        N_("A refund waits for your approval"),
        N_("Somebody of settlement proposes to give money back to a buyer."),
        "approvals",
    ),
    "refund.approve": Text(
        N_("A refund is to be ordered at the bank"), N_("It is approved; order the transfer at the bank."), "money"
    ),
    "refund.succeed": Text(
        N_("A refund was paid"), N_("The bank has paid the buyer."), "money", to="buyer supplier", roles="finance"
    ),
    "refund.fail": Text(
        N_("A refund has failed"),
        N_("The money is still due to the buyer; settlement orders it again or cancels it."),
        "money",
        to="buyer",
        roles="finance",
    ),
    "refund.cancel": Text(
        N_("A refund was cancelled"), N_("The money is where it was before."), "money", to="buyer", roles="finance"
    ),
    "payout.create": Text(
        N_("A payout waits for your approval"), N_("Somebody of settlement proposes to pay a supplier."), "approvals"
    ),
    "payout.approve": Text(
        N_("A payout is to be ordered at the bank"), N_("It is approved; order the transfer at the bank."), "money"
    ),
    "payout.succeed": Text(
        N_("A payout was made"), N_("The bank has paid you what was payable."), "money", to="supplier", roles="finance"
    ),
    "payout.fail": Text(
        N_("A payout has failed"),
        N_("The bank did not pay; it is payable again."),
        "money",
        to="supplier",
        roles="finance",
    ),
    "statement.issue": Text(
        N_("A statement was issued"),
        N_("Agree or dispute it; without a word it counts as agreed."),
        "money",
        to="supplier",
        roles="finance",
    ),
    "statement.dispute": Text(
        N_("A statement is disputed"), N_("The supplier says what does not fit; answer it."), "money"
    ),
    "statement.answer": Text(
        N_("A disputed statement was answered"),
        N_("Settlement has answered; differences go into the next statement."),
        "money",
        to="supplier",
        roles="finance",
    ),
    "statement.agree_by_silence": Text(
        N_("A statement counts as agreed"),
        N_("Nobody has disputed it in time."),
        "money",
        to="supplier",
        roles="finance",
    ),
    "bank_entry.create": Text(
        N_("A bank line waits to be booked"),
        N_("Somebody of settlement has entered a line of the bank statement; another person books it."),
        "approvals",
    ),
    "commission_rate.create": Text(
        N_("A commission rate waits for your approval"),
        N_("The operator proposes a rate for orders made from a day on."),
        "approvals",
    ),
}

SILENT: Final = (
    "bank_entry.book bank_entry.decline bank_entry.match commission_rate.approve commission_rate.decline "
    "commission_rate.end_at commission_rate.retire commission_rate.revoke instalment.cancel "
    "instalment.claw_back instalment.complete instalment.create instalment.finish instalment.mature "
    "instalment.pay instalment.reckon instalment.refund instalment.rest instalment.reverse instalment.shift "
    "instalment.take_over instalment.undo_refund payment.ask payment.call_off payment.cancel payment.learn "
    "payment.look payment.refer payment.regain payment.submit payout.cancel payout.lose_sight payout.retry "
    "payout.submit refund.ask refund.hand_over refund.lose_sight refund.refer refund.regain refund.retry "
    "refund.submit statement.agree statement.create"
)
