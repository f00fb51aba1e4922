"""What hub and node must decide alike; pure, the standard library only."""
