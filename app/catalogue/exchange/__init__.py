"""Listings as files: a supplier's tables in, checked and imported by the worker; templates and its own listings out."""
