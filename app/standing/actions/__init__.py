"""Verbs of standing, a module per lifecycle."""
