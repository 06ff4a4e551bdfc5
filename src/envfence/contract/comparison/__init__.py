"""The contract beside every surface that names keys: what differs, as findings, a table and a page."""
