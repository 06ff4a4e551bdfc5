"""From a commit to the servers of an environment, and back."""
