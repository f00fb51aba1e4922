"""What rooms above may hear of a change here, inside its transaction."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `camera_ids`: what decides when these are to be recorded may have changed.
promises_touched = Signal()

# Sent with `camera` and `before`, the id of the node that it was given to until now, or None.
node_changed = Signal()

# Sent with `group` and `camera_ids`: these were put into it. Who hears it may raise Invalid.
cameras_joined = Signal()

# Sent with `node`: it was enrolled, and takes what its site has without a node.
node_came = Signal()

# Sent with `node` and `heir`, another node of the site or None: it was revoked.
node_went = Signal()
