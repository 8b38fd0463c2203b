"""Verbs of the catalogue domain, one module per lifecycle."""
