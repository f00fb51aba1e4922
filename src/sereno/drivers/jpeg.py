"""The picture in what a device answered: pure."""

from __future__ import annotations

_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"  # ITU-T T.81, B.1.1.3
_IN_PARTS = b"--"
_FURTHEST_BYTES = 2048


def jpeg_in(body: bytes) -> bytes | None:
    """A JPEG, also where it comes as a part of a multipart answer; None where there is none."""
    if body.startswith(_BEGIN):
        return body
    start = body.find(_BEGIN, 0, _FURTHEST_BYTES)
    if start < 0 or not body.lstrip().startswith(_IN_PARTS):
        return None
    end = body.rfind(_END, start)
    return body[start : end + len(_END)] if end > 0 else None
