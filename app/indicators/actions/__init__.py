"""Verbs of the indicators."""
