"""Pages of admission and standing: what is asked and what is missing, the operator's queue, scores, organisations."""

from app.web.standing import admission, asked, evidence, forms, onboarding, organisations, scores
from app.web.standing.blueprint import pages

__all__ = ["admission", "asked", "evidence", "forms", "onboarding", "organisations", "pages", "scores"]
