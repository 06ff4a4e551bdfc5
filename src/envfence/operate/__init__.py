"""Running stacks: with an engine, or without one as processes of this machine."""
