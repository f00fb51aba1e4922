"""The `sereno` command: thin; every subject's work is done in its own room."""
