"""Offers: on which terms a listing is sold, what it costs whom, and what is agreed between two sides."""
