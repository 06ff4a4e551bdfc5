"""What was ever committed: a value that a later commit removes is still in git, and has been seen."""
