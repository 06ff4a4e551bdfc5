"""What was found before envfence came: a file names it, and `check` reports only what is not named there."""
