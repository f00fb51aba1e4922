"""What people ask nodes to look into now: diagnoses, devices, and what recorders hold."""
