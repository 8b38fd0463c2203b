"""What stands on each paper, as plain data: gathered when it is asked for, with what its reader may read."""
