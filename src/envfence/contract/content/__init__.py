"""What the values of an environment say: alone, and beside those of the others."""
