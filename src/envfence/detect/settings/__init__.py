"""Faults of settings code that no value shows."""
