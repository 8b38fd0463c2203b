"""Comparing listings: what a person has put side by side, the table of it, and what each costs to own."""
