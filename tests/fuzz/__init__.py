"""Coverage-guided fuzzing: any bytes give a value or one of our errors. `make fuzz` runs it."""
