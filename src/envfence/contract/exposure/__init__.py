"""Where env files must not be: in git, its history, and images."""
