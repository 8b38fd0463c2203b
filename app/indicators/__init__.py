"""Performance indicators of the park: defined by people, computed by named questions, shown with the rows behind."""
