"""Pages of money: payments, payouts, statements, the order's money panel, and the overview for owner and auditor."""

from app.web.payments import briefs, cards, overview, panel, payouts, periods, statements, transfers
from app.web.payments.blueprint import pages

__all__ = ["briefs", "cards", "overview", "pages", "panel", "payouts", "periods", "statements", "transfers"]
