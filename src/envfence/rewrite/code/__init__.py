"""Python: hardcoded values are read from the settings instead."""
