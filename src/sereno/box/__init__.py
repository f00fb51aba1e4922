"""One box: its data folder, settings, secrets, PostgreSQL and processes. Knows no Django."""
