"""Compose files: reading, merging and judging them."""
