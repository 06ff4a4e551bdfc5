"""An env file as each of its readers sees it, and how to write what all of them read alike."""
