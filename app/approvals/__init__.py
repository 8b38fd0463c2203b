"""Plans, steps and rules of approval inside an organisation; knows nothing of what is approved."""
