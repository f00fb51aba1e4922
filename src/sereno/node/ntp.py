"""What the kernel says of this machine's clock."""

from __future__ import annotations

import ctypes
import errno
import os

from sereno.wire.reports import NtpState

# linux/timex.h
_TIME_ERROR = 5
_STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2), 64-bit; the padding is the kernel's own reserve."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def read_ntp_state() -> NtpState:
    """Ask adjtimex(2), changing nothing. Where it may not be asked: not synchronised, unknown."""
    libc = ctypes.CDLL(None, use_errno=True)
    timex = _Timex(modes=0)
    answer = int(libc.adjtimex(ctypes.byref(timex)))
    if answer < 0:
        code = ctypes.get_errno()
        if code in (errno.EPERM, errno.ENOSYS):  # a locked-down container
            return NtpState(is_synchronised=False)
        raise OSError(code, os.strerror(code))
    is_synchronised = answer != _TIME_ERROR and not timex.status & _STA_UNSYNC
    return NtpState(
        is_synchronised=is_synchronised,
        estimated_error_seconds=timex.esterror / 1e6 if is_synchronised else None,
    )
