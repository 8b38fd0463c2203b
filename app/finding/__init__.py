"""What a person keeps of the catalogue: saved searches that tell of what is new, lists of listings, what was looked at.

Personal state, not records (states.md, The law): written without Actions, and gone with the person.
"""
