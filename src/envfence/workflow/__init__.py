"""Workflows of GitHub Actions that deploy, and what people do by hand beside them: what goes wrong there."""
