"""What a device means by refusing, by its status and its words."""

from __future__ import annotations

import pytest

from sereno.media.faults import fault, secrets_of, without_secrets
from sereno.media.refusals import refusal, tells_lock
from sereno.policy.reasons import NOTHING

HIKVISION = (
    "Unauthorized <userCheck><statusValue>401</statusValue><lockStatus>{}</lockStatus>"
    "<unlockTime>1739</unlockTime><retryLoginTime>0</retryLoginTime></userCheck>"
)


@pytest.mark.parametrize(
    ("status", "said", "retry_after", "params"),
    [
        (401, HIKVISION.format("lock"), "", {"wait": "29 min", "seconds": "1739"}),
        (401, HIKVISION.format("locked"), "9", {"wait": "29 min", "seconds": "1739"}),
        (401, "<subStatusCode>illegalLoginLock</subStatusCode>", "", {"wait": NOTHING}),
        (403, 'Forbidden {"ErrorCode":268632081,"RmLock":1800}', "",
         {"wait": "30 min", "seconds": "1800"}),
        (401, "Unauthorized (account locked)", "", {"wait": NOTHING}),
        (401, "Account Locked", "45", {"wait": "45 s", "seconds": "45"}),
        (401, "User lockout", "tomorrow", {"wait": NOTHING}),
        (423, "", "60", {"wait": "1 min", "seconds": "60"}),
    ],
)  # fmt: skip
def test_a_locked_account_is_told_with_how_long_to_wait(
    status: int, said: str, retry_after: str, params: dict[str, str]
) -> None:
    assert tells_lock(status, said)
    assert refusal(status, said, retry_after) == ("account_locked", params)


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "Unauthorized"), (401, HIKVISION.format("unlock")), (403, "Blocked by the clock")],
)
def test_a_password_that_is_merely_wrong_is_no_lock(status: int, said: str) -> None:
    assert not tells_lock(status, said)
    assert refusal(status, said)[0] in ("unauthorized", "forbidden")


@pytest.mark.parametrize(
    ("status", "said", "key"),
    [
        (404, "", "no_such_stream"), (410, "Gone", "no_such_stream"),
        (453, "Not Enough Bandwidth", "session_limit"),
        (503, "Service Unavailable", "device_busy"),
        (503, "Too many connections", "session_limit"),
        (503, "Maximum number of users reached", "session_limit"),
        (454, "", "session_ended"), (461, "", "transport_refused"),
        (400, "", "bad_request"), (405, "", "bad_request"), (457, "", "bad_request"),
        (501, "", "bad_request"), (551, "", "bad_request"),
        (302, "Moved", "device_error"), (500, "", "device_error"), (599, "", "device_error"),
    ],
)  # fmt: skip
def test_each_status_has_its_reason(status: int, said: str, key: str) -> None:
    assert refusal(status, said)[0] == key


@pytest.mark.parametrize(
    "secret",
    [
        "p w/ö", "p%20w%2F%C3%B6", "p%20w%2f%c3%b6", "p+w%2F%C3%B6", "YWRtaW46cCB3L8O2",
        "cCB3L8O2",
    ],
)  # fmt: skip
def test_a_camera_that_says_our_password_back_is_not_quoted(secret: str) -> None:
    reason = fault("codec_unknown", f"it said {secret}", codec=f"x{secret}").reason
    told = without_secrets(reason, "admin", "p w/ö")
    assert (told.raw, told.params["codec"]) == ("it said ***", "x***")


def test_without_a_password_there_is_no_secret() -> None:
    assert secrets_of("admin", "") == ()
