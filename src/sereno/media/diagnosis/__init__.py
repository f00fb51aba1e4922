"""Diagnosing a stream: each step of its way up to good pictures, and what should be changed."""
