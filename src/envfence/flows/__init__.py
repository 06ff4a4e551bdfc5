"""Flows: literals that reach a connection, which semgrep finds by the rules of `envfence_rules` and of the team."""
