"""From a stream's address to bytes that play."""
