"""Sereno: a video management system for many small sites behind poor uplinks."""

from __future__ import annotations

__version__ = "0.1.0"
