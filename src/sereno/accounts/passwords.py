"""How passwords are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2(Argon2PasswordHasher):
    """Argon2id with the least cost that OWASP's Password Storage Cheat Sheet allows.

    Django's own takes 100 MiB a try: eight at once would be too much for a small box.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
