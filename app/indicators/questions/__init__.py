"""The named questions that indicators are computed from, by area; importing them fills the registry."""

from app.indicators.questions import buying, delivery, money, taking_part
from app.indicators.questions.registry import QUESTIONS, Parameter, Question

__all__ = ["QUESTIONS", "Parameter", "Question", "buying", "delivery", "money", "taking_part"]
