"""Footage as recorders wrap it: recognised, read for its own clock, and put into MP4."""
