"""This project's own edition of the taxonomy, as tables of facts; reading.py tells their form."""
