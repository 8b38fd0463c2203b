"""Other people's catalogue formats as rows of a table: pure translations of elements, and what they have in common.

Everything here runs in the child that reads a file (table_reader.py), which loads this folder by its path: it imports
nothing of LabPark, and its parts refer to each other relatively, for the folder has two names.
"""
