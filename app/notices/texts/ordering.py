"""What is told of requisitions, orders, deliveries and claims: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

_A_REQUISITION_WAITS_FOR_YOUR_APPROVAL: Final = (
    N_("A requisition waits for your approval"),
    N_("A demand of your organisation waits for your signature."),
)
_A_REQUISITION_WAS_ORDERED: Final = (N_("A requisition was ordered"), N_("The purchaser has placed the orders."))
_AN_ORDER_WAITS_FOR_YOUR_APPROVAL: Final = (
    N_("An order waits for your approval"),
    N_("A transaction waits for your word before the supplier receives it."),
)
_AN_ORDER_WAS_SENT_TO_ITS_SUPPLIER: Final = (
    N_("An order was sent to its supplier"),
    N_("The transaction is approved; the supplier confirms or refuses."),
)

TEXTS: Final[dict[str, Text]] = {
    "requisition.put_up": Text(*_A_REQUISITION_WAITS_FOR_YOUR_APPROVAL, "approvals"),
    "requisition.approve": Text(*_A_REQUISITION_WAITS_FOR_YOUR_APPROVAL, "approvals", at="awaiting_approval"),
    "requisition.delegate": Text(
        N_("You are asked to sign"), N_("A colleague has asked you to sign in their place."), "approvals"
    ),
    "requisition.escalate": Text(
        N_("A signature is overdue"), N_("Nobody has signed in time; administrators may sign as well."), "approvals"
    ),
    "requisition.take_back": Text(
        N_("A signature was taken back"),
        N_("A signature was taken back and has to be given anew."),
        "approvals",
        at="awaiting_approval",
    ),
    "requisition.settle_approved": Text(
        N_("A requisition is approved"),
        N_("It may be ordered now, while its prices are held."),
        "orders",
        to="buyer",
        roles="purchaser",
    ),
    "requisition.reject": Text(
        N_("A requisition was rejected"),
        N_("An approver has rejected it and says why."),
        "orders",
        to="buyer",
        roles="",
    ),
    "requisition.return": Text(
        N_("A requisition was returned"),
        N_("An approver has returned it with what has to be corrected."),
        "orders",
        to="buyer",
        roles="",
    ),
    "requisition.lapse": Text(
        N_("A requisition has lapsed"),
        N_("Its prices are no longer held; it can be rebuilt with today's."),
        "orders",
        to="buyer",
        roles="",
    ),
    "requisition.source": Text(
        N_("A requisition is out for quotes"),
        N_("The purchaser has put it out to quotation."),
        "orders",
        to="buyer",
        roles="",
    ),
    "requisition.order": Text(*_A_REQUISITION_WAS_ORDERED, "orders", to="buyer", roles=""),
    "requisition.settle_ordered": Text(*_A_REQUISITION_WAS_ORDERED, "orders", to="buyer", roles=""),
    "requisition.reopen": Text(
        N_("A requisition is open again"),
        N_("What it was for was not bought and can be ordered again."),
        "orders",
        to="buyer",
        roles="purchaser",
    ),
    "requisition.cancel": Text(
        N_("A requisition was cancelled"), N_("The demand was taken back."), "orders", to="buyer", roles="purchaser"
    ),
    "requisition.give_up_rest": Text(
        N_("The rest of a requisition was given up"),
        N_("The purchaser does not buy what was not ordered yet."),
        "orders",
        to="buyer",
        roles="",
    ),
    "order.create": Text(
        *_AN_ORDER_WAITS_FOR_YOUR_APPROVAL, "approvals", at="awaiting_buyer awaiting_operator awaiting_owner"
    ),
    "order.put_up": Text(*_AN_ORDER_WAITS_FOR_YOUR_APPROVAL, "approvals"),
    "order.pass_to_owner": Text(*_AN_ORDER_WAITS_FOR_YOUR_APPROVAL, "approvals"),
    "order.approve": Text(
        *_AN_ORDER_WAS_SENT_TO_ITS_SUPPLIER, "orders", to="buyer supplier", roles="purchaser sales fulfilment"
    ),
    "order.approve_as_owner": Text(
        *_AN_ORDER_WAS_SENT_TO_ITS_SUPPLIER, "orders", to="buyer supplier", roles="purchaser sales fulfilment"
    ),
    "order.return": Text(
        N_("An order was returned"),
        N_("Whoever approves has returned it with what has to be corrected."),
        "orders",
        to="buyer",
        roles="purchaser",
    ),
    "order.reject": Text(
        N_("A transaction was rejected"),
        N_("Whoever approves has rejected it; what was to be bought is open again."),
        "orders",
        to="buyer",
        roles="purchaser",
    ),
    "order.confirm": Text(
        N_("An order is confirmed"),
        N_("The supplier has confirmed it: from now on both sides are bound."),
        "orders",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "order.refuse": Text(
        N_("An order was refused"),
        N_("The supplier has refused it and says why; what was to be bought is open again."),
        "orders",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "order.lapse": Text(
        N_("An order has lapsed"),
        N_("It was not confirmed in time; what was to be bought is open again."),
        "orders",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "order.cancel": Text(
        N_("An order was cancelled"),
        N_("The buyer has cancelled it before it was confirmed."),
        "orders",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "order.take_back": Text(
        N_("An order entered for you was taken back"),
        N_("The operator had entered it by mistake."),
        "orders",
        to="buyer",
        roles="purchaser",
    ),
    "order.give_up": Text(
        N_("A quantity was given up"),
        N_("A part of the order is neither delivered nor owed any more."),
        "orders",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "order.deliver": Text(
        N_("An order is delivered"),
        N_("Everything that was ordered has arrived."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser receiver sales fulfilment",
    ),
    "order.accept": Text(
        N_("An order is accepted"),
        N_("Everything has been accepted; the warranty begins."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser finance sales",
    ),
    "order.step_back": Text(
        N_("An order has to be delivered again"),
        N_("Something has to be delivered or accepted again."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser receiver sales fulfilment",
    ),
    "order.close": Text(
        N_("An order is completed"),
        N_("Every instalment is settled and the warranty is over."),
        "orders",
        to="buyer supplier",
        roles="purchaser finance sales",
    ),
    "shipment.ship": Text(
        N_("A shipment is on its way"), N_("The supplier has handed it to the carrier."), "deliveries", to="buyer"
    ),
    "shipment.arrive": Text(
        N_("A shipment has arrived"),
        N_("The receiver has noted its arrival; counting comes next."),
        "deliveries",
        to="supplier",
    ),
    "shipment.report_lost": Text(
        N_("A shipment is lost"),
        N_("The supplier has reported it lost and ships again."),
        "deliveries",
        to="buyer",
        roles="receiver purchaser",
    ),
    "shipment.find": Text(
        N_("A lost shipment was found"), N_("It goes on to you."), "deliveries", to="buyer", roles="receiver purchaser"
    ),
    "receipt.record": Text(
        N_("A delivery was counted"),
        N_("What arrived is recorded; somebody else accepts what is good."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "receipt.void": Text(
        N_("A count was voided"),
        N_("The shipment is counted again."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser sales fulfilment",
    ),
    "acceptance.create": Text(
        N_("Goods wait for acceptance"),
        N_("Somebody other than the receiver accepts or rejects them."),
        "deliveries",
        to="buyer",
        at="pending",
    ),
    "acceptance.accept": Text(
        N_("Goods were accepted"),
        N_("The buyer has accepted a quantity as good."),
        "deliveries",
        to="supplier",
        roles="sales finance",
    ),
    "acceptance.accept_by_silence": Text(
        N_("Goods count as accepted"),
        N_("Nobody has said anything in time, so the quantity counts as accepted."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser receiver sales finance",
    ),
    "acceptance.accept_conditionally": Text(
        N_("Goods were accepted on a condition"),
        N_("The quantity is good once something is done by a date."),
        "deliveries",
        to="supplier",
        roles="sales fulfilment",
    ),
    "acceptance.fail": Text(
        N_("A condition was not met"),
        N_("The date has passed: the quantity counts as rejected."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser receiver sales fulfilment",
    ),
    "acceptance.hand_back": Text(
        N_("Goods wait for acceptance again"),
        N_("The claim has ended; the quantity is up for decision again."),
        "deliveries",
        to="buyer",
    ),
    "acceptance.undo": Text(
        N_("An acceptance was undone"),
        N_("Somebody else of the buyer has taken it back before money moved."),
        "deliveries",
        to="buyer supplier",
        roles="purchaser receiver sales",
    ),
    "claim.create": Text(
        N_("A claim was raised"),
        N_("The buyer has rejected goods and says what is asked for."),
        "claims",
        to="supplier",
    ),
    "claim.ask": Text(N_("A claim was changed"), N_("The buyer asks for another remedy."), "claims", to="supplier"),
    "claim.agree": Text(N_("A claim was agreed to"), N_("The supplier does what you asked for."), "claims", to="buyer"),
    "claim.dispute": Text(
        N_("A claim is disputed"), N_("The operator hears both sides and rules."), "claims", to="buyer supplier"
    ),
    "claim.rule_for_buyer": Text(
        N_("A ruling for the buyer"),
        N_("The operator has ruled for the buyer and says which remedy is due."),
        "claims",
        to="buyer supplier",
    ),
    "claim.rule_for_supplier": Text(
        N_("A ruling for the supplier"),
        N_("The operator has ruled for the supplier: the quantity counts as accepted."),
        "claims",
        to="buyer supplier",
    ),
    "claim.reopen": Text(
        N_("A claim is open again"), N_("What was agreed was not done."), "claims", to="buyer supplier"
    ),
    "claim.finish": Text(N_("A claim is settled"), N_("What was agreed has been done."), "claims", to="buyer supplier"),
    "claim.withdraw": Text(
        N_("A claim was withdrawn"),
        N_("The buyer has withdrawn it; the quantity is up for acceptance again."),
        "claims",
        to="supplier",
    ),
    "transaction_rule.create": Text(
        N_("A transaction rule waits for your approval"),
        N_("The operator proposes from which amounts transactions are approved."),
        "approvals",
    ),
}

SILENT: Final = (
    "acceptance.mark_released acceptance.reject acceptance.void claim.attach order.affirm order.attach "
    "order.check_form order.confirm_by_code order.correct order.freeze_commission order.refuse_form "
    "order.resubmit order.send_code order.upload_form receipt.attach receipt.count receipt.create "
    "requisition.create requisition.edit requisition.rebuild requisition.submit shipment.cancel "
    "shipment.create transaction_rule.approve transaction_rule.decline transaction_rule.retire"
)
