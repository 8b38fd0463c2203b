"""Who is told what. For now: outgoing mail; it reads deliveries, nobody calls it."""
