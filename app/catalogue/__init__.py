"""What can be bought: categories, listings of goods and services, search, and the basket that they are put into."""
