"""Asking and answering: RFQs, quotes in versions, comparison, award."""
