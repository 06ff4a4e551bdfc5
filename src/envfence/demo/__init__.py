"""A stock-trading repository before and after: committed to, refused, mended, accepted."""
