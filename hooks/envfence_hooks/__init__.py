"""The hooks: file names in, exit code out."""
