"""What people ask nodes to look into now: diagnoses."""
