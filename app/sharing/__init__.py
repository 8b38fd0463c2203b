"""Sharing: instruments that laboratories and platforms of the park let others use, so that booking can beat buying."""
