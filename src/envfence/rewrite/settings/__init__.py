"""The settings that rewritten Python reads: a class that is there and is extended, or a module that is written."""
