"""Changes of published listings: staged, shown as a difference, reviewed or applied at once within a rule."""
