"""Papers: documents as bilingual PDF, asked for by an action, typeset by the worker, kept with their request."""
