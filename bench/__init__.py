"""Measures LabPark against controls on the same data in the same run: `python -m bench`; docs/speed.md says what."""
