"""The lifecycles of payments: states, whom each waits for, and who is who. The verbs stand in `actions/`."""

from __future__ import annotations

from typing import Final

from app.kernel.actors import platform, who
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_
from app.payments.models import BankEntry, CommissionRate, Instalment, Payment, Payout, Refund, Statement
from app.payments.schemas import BankEntryOut, InstalmentOut, PaymentOut, PayoutOut, RateOut, RefundOut, StatementOut

SETTLEMENT = platform("settlement", "operator")
OWNER = platform("owner", "owner")
TELLER = SETTLEMENT | OWNER
"""Who decides on buyers' money; the owner only where the operator itself is the buyer (impartiality.py)."""
PAYER = who("finance", "buyer")
PAYEE = who("finance", "supplier")

RATE = Lifecycle(
    "commission_rate",
    CommissionRate,
    [
        State("proposed", N_("proposed"), "waiting", N_("The owner approves or declines it."), OWNER),
        State("active", N_("in force"), "good", N_("It holds for orders made from its day on.")),
        State("declined", N_("declined"), "stop", final=True),
        State("retired", N_("retired"), "draft", N_("Orders made under it keep it."), final=True),
    ],
    title=N_("Commission rate"),
    collection="commission-rates",
    main_path="proposed active",
    shape=RateOut,
)

INSTALMENT = Lifecycle(
    "instalment",
    Instalment,
    [
        State("planned", N_("not due yet"), "draft", N_("It falls due as the payment plan says."),
              step=N_("in the plan")),
        State("due", N_("due"), "waiting", N_("The buyer's finance transfers it and records the transfer."), PAYER,
              "due_by", step=N_("fallen due")),
        State("paid", N_("paid, held"), "held", N_("It goes to the supplier as the payment plan says.")),
        State("released", N_("released"), "good", N_("The supplier has it.")),
        State("cancelled", N_("cancelled"), "draft", final=True),
    ],
    title=N_("Instalment"),
    collection="instalments",
    main_path="planned due paid released",
    shape=InstalmentOut,
)  # fmt: skip

PAYMENT = Lifecycle(
    "payment",
    Payment,
    [
        State("created", N_("recorded"), "waiting", N_("Settlement looks for it on the bank statement."), SETTLEMENT),
        State("submitted", N_("submitted"), "active", N_("The gateway has it; its word counts.")),
        State("unknown", N_("unknown"), "held", N_("The bank has not confirmed. Do not pay again.")),
        State("succeeded", N_("received"), "good", N_("It counts for the instalments of its order."), final=True),
        State("failed", N_("failed"), "stop", N_("Nothing arrived. Should it arrive later, it still counts."),
              final=True),
        State("reversed", N_("reversed"), "stop", N_("It had arrived and was taken back."), final=True),
        State("cancelled", N_("cancelled"), "draft", final=True),
    ],
    title=N_("Payment"),
    collection="payments",
    main_path="created succeeded",
    shape=PaymentOut,
)  # fmt: skip

REFUND = Lifecycle(
    "refund",
    Refund,
    [
        State(
            "created",
            N_("proposed"),
            "waiting",
            N_("Somebody else of settlement approves it."),
            SETTLEMENT,
            step=N_("proposal"),
        ),
        State("approved", N_("approved"), "waiting", N_("Settlement orders the transfer at the bank."), SETTLEMENT),
        State("submitted", N_("ordered at the bank"), "active", N_("Settlement notes what the bank says."), SETTLEMENT),
        State("unknown", N_("unknown"), "held", N_("The bank has not confirmed. Do not pay again."), SETTLEMENT),
        State("succeeded", N_("paid back"), "good", final=True),
        State("failed", N_("failed"), "stop", N_("Settlement orders it again, or cancels it."), SETTLEMENT),
        State("cancelled", N_("cancelled"), "draft", final=True),
    ],
    title=N_("Refund"),
    collection="refunds",
    main_path="created approved submitted succeeded",
    shape=RefundOut,
)

PAYOUT = Lifecycle(
    "payout",
    Payout,
    [
        State(
            "created",
            N_("proposed"),
            "waiting",
            N_("Somebody else of settlement approves it."),
            SETTLEMENT,
            step=N_("proposal"),
        ),
        State("approved", N_("approved"), "waiting", N_("Settlement orders the transfer at the bank."), SETTLEMENT),
        State("submitted", N_("ordered at the bank"), "active", N_("Settlement notes what the bank says."), SETTLEMENT),
        State("unknown", N_("unknown"), "held", N_("The bank has not confirmed. Do not pay again."), SETTLEMENT),
        State("succeeded", N_("paid out"), "good", final=True),
        State("failed", N_("failed"), "stop", N_("Settlement orders it again, or cancels it."), SETTLEMENT),
        State("cancelled", N_("cancelled"), "draft", final=True),
    ],
    title=N_("Payout"),
    collection="payouts",
    main_path="created approved submitted succeeded",
    shape=PayoutOut,
)

STATEMENT = Lifecycle(
    "statement",
    Statement,
    [
        State("open", N_("open"), "draft", N_("Settlement issues it once the period is over."), SETTLEMENT),
        State("issued", N_("issued"), "waiting",
              N_("The supplier's finance agrees or disputes; without a word it counts as agreed."), PAYEE, "agree_by"),
        State("agreed", N_("agreed"), "good", final=True),
        State("disputed", N_("disputed"), "stop", N_("Settlement answers; differences go into the next statement."),
              SETTLEMENT),
    ],
    title=N_("Statement"),
    collection="statements",
    main_path="open issued agreed",
    shape=StatementOut,
)  # fmt: skip

BANK_ENTRY = Lifecycle(
    "bank_entry",
    BankEntry,
    [
        State("proposed", N_("proposed"), "waiting", N_("Somebody else of settlement books it."), SETTLEMENT),
        State("booked", N_("booked"), "good", final=True),
        State("matched", N_("matched"), "good", N_("It was found to be the payment of an order."), final=True),
        State("declined", N_("declined"), "draft", final=True),
    ],
    title=N_("Bank entry"),
    collection="bank-entries",
    main_path="proposed booked",
    shape=BankEntryOut,
)

REFUND_LIVE: Final = ("created", "approved", "submitted", "unknown", "failed")
"""States in which a refund still has to come to an end."""
REFUND_BOOKED: Final = ("approved", "submitted", "unknown", "failed")
"""States in which a refund is due to the buyer in the books and not paid."""
