"""What can be bought, as a tree of categories with attributes: units, values, the tree, this project's edition."""
