"""Files that are no Python: compose files, Dockerfiles, shell scripts, workflows, JavaScript and TypeScript."""
