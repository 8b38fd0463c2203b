"""Verbs of the payments domain, one module per lifecycle."""
