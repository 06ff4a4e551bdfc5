"""Migrations of Alembic: how they are run, what they hold, and the commands that people and workflows run on them."""
