from __future__ import annotations

import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.redact import RedactingFormatter, redact

passwords = st.text(
    st.characters(
        codec="utf-8", exclude_characters=" \t\r\n/?#'\"<>", exclude_categories=["Z", "C"]
    ),
    min_size=3,
)


@given(passwords)
def test_a_password_in_an_address_never_stays(password: str) -> None:
    text = redact(f"could not open rtsp://admin:{password}@10.0.0.9:554/cam: refused")
    assert text == "could not open rtsp://***@10.0.0.9:554/cam: refused"


@pytest.mark.parametrize(
    "line",
    [
        'Authorization: Digest username="admin", response="SECRET"',
        "authorization=Bearer SECRET",
        "GET /media/v1/clip.mp4?ticket=SECRET&x=1",
        "token=SECRET",
        "password=SECRET",
        "could not open rtsp://10.0.0.9/user=admin_password=SECRET_channel=1.sdp",
        "http://10.0.0.9/v.cgi?loginuse=admin&loginpas=SECRET",
    ],
)
def test_known_carriers_of_secrets_are_masked(line: str) -> None:
    assert "SECRET" not in redact(line)


@pytest.mark.parametrize("kind", ["setup", "sereno", "node"])
def test_tokens_are_masked_wherever_they_stand(kind: str) -> None:
    token = f"{kind}_{'aB3-_' * 8}xyz"
    text = redact(f"Unprocessable Entity: /api/v1/setup/{token} sereno_session")
    assert text == f"Unprocessable Entity: /api/v1/setup/{kind}_*** sereno_session"


def test_named_secrets_go_also_percent_encoded() -> None:
    secret = "a b/ñ@"
    assert secret not in redact(f"x{secret}y{quote(secret, safe='')}", [secret])
    assert quote(secret, safe="") not in redact(quote(secret, safe=""), [secret])


def test_log_lines_are_redacted_with_their_traceback() -> None:
    formatter = RedactingFormatter("%(message)s")
    error = RuntimeError("rtsp://a:SECRET@host/")
    failure = (RuntimeError, error, error.__traceback__)
    args = ("rtsp://b:SECRET@h/",)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "at %s", args, failure)
    assert "SECRET" not in formatter.format(record)
