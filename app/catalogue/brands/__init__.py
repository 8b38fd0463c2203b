"""Brands: the names that one make goes by, kept by the operator, so that either name finds its listings."""
