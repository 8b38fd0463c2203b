"""What stands behind dev.py: standard library only, and readable for Python 3.9, so that a Python that is too old or
too new is told so in a sentence."""
