"""The demo park of a fresh installation: facts in tables, stories told by actions, and a report of what came of it.

`facts` reads the tables, `stage` performs, `calendar` lets months pass day by day, `park` and `catalogue` people the
park and fill its shelves, `stories` holds what happens there, `programme` says when, `director` runs it all, and
`report` counts the states. A new lifecycle needs a story that reaches each of its states, and its line in `programme`.
"""
