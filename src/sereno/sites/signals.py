"""What rooms above may hear of a change here, inside its transaction."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `camera_ids`: what decides when these are to be recorded may have changed.
promises_touched = Signal()
