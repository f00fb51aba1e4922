"""What simulated recorders of every maker share: configuration, footage, doors, HTTP."""
