"""The verbs of booking, one module per lifecycle or part of one."""
