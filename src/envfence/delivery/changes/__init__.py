"""Rollout and rollback: what is to be done where, doing it, and bringing every server back."""
