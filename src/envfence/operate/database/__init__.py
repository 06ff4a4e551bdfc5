"""Databases of an environment: migrating, proving migrations, inventing data, copying some without persons."""
