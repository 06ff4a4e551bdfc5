"""Workflows of GitHub Actions that deploy: what goes wrong in them, and what no linter of workflows looks for."""
