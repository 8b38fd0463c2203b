"""Verbs of approvals, one module per lifecycle."""
