"""That the rewritten code computes what it computed before: by reading it, and by running it."""
