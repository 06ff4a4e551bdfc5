"""The checklists of a system with environments of its own: what each item asks, looked up and not ticked off."""
