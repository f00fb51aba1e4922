"""The journal: every act, append-only, hash-chained.

Actors and objects are named by kind and id, so that the journal outlives what it tells about.
"""
