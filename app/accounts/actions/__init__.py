"""Verbs of the accounts domain, one module per lifecycle."""
