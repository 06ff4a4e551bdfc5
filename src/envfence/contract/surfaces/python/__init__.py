"""Keys that Python code reads: from the environment, through helpers and options, and as settings classes."""
