"""`envfence init`: set a repository up, by a plan that is shown first; a second run finds nothing to do."""
