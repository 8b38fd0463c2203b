"""Money facts: accounts, balanced entries and the one function that moves money. Knows nothing of orders."""
