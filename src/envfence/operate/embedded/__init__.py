"""A stack without an engine: PostgreSQL and Redis from wheels, the program as processes of this machine.

What is started follows from the compose files, so that ports, URLs and values are those of the env file. A service that
publishes 5432 is PostgreSQL, one that publishes 6379 is Redis; one that is built here, or runs an image that is, is a
process with the packages that its folder locks. Everything else is left out, and that is said.
"""
