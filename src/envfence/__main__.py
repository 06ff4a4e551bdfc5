"""`python -m envfence`: the command where its folder is not on PATH."""

from envfence.cli import main

raise SystemExit(main())
