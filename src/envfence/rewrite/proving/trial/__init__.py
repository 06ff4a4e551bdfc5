"""A trial run: modules of a project as they were and as they are to be, where nothing is reached.

It runs by itself in the interpreter of the project, as the package `trial`. So it imports the standard library and
itself alone, and knows no Python that is newer than 3.9.
"""
