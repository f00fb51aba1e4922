"""A locked account, as devices tell of it."""

from __future__ import annotations

from sereno.sim.quirks import Quirks

LOCKED_SECONDS = 1800
LOCKED_PHRASE = "Unauthorized (account locked)"
_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<userCheck><statusValue>401</statusValue><lockStatus>lock</lockStatus>\
<unlockTime>{seconds}</unlockTime><retryLoginTime>0</retryLoginTime></userCheck>
"""


def locked_seconds(quirks: Quirks, refused_logins: int) -> int | None:
    """For how long the account stays locked after so many wrong passwords; None: it is open."""
    if (seconds := quirks.get("account-locked")) is not None:
        return int(seconds)
    most = quirks.get("locks-after")
    return LOCKED_SECONDS if most is not None and refused_logins >= most else None


def locked_page(seconds: int) -> tuple[list[tuple[str, str]], str]:
    """Headers and body of the answer, which comes with 401 and `LOCKED_PHRASE`."""
    return [("Retry-After", str(seconds)), ("Content-Type", "application/xml")], _PAGE.format(
        seconds=seconds
    )
