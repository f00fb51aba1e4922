"""What every room may lean on; the standard library only."""
