"""Products: one make and model that several suppliers may offer, each on terms of its own."""
