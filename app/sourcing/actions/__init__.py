"""Verbs of sourcing, one module per lifecycle."""
