"""The demo park of a fresh installation: facts in tables, stories that perform actions, and a report of what came of it.

`facts` reads the tables, `stage` performs, `calendar` lets months pass day by day, `park` and `catalogue` people the
park and fill its shelves, `stories` holds what happens there, one module per domain; `report` counts the states.
"""
