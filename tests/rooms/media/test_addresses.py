from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.media.faults import StreamFault
from sereno.media.rtsp.addresses import base_of, join, parse_address, redirected

ASKED = "rtsp://192.0.2.1/cam?channel=1"


def test_an_address_loses_its_credentials_and_knows_its_port() -> None:
    address = parse_address("rtsp://user:p%40ss@192.0.2.1/cam?channel=1&subtype=0")
    assert address.url == "rtsp://192.0.2.1/cam?channel=1&subtype=0"
    assert (address.host, address.port, address.is_encrypted) == ("192.0.2.1", 554, False)
    private = parse_address("RTSPS://[2001:db8::1]/")
    assert (private.host, private.port, private.is_encrypted) == ("2001:db8::1", 322, True)
    assert parse_address("rtsp://h:10554").port == 10_554


@pytest.mark.parametrize(
    "text", ["", "http://h/", "rtsp://", "rtsp:///path", "rtsp://h:x/", "rtsp://h:99999/", "h"]
)
def test_what_is_no_address_is_said_so(text: str) -> None:
    with pytest.raises(StreamFault) as caught:
        parse_address(text)
    assert caught.value.reason.key == "garbled"


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("", ASKED),
        ("*", ASKED),
        ("trackID=1", "rtsp://192.0.2.1/cam?channel=1/trackID=1"),
        ("/trackID=1", "rtsp://192.0.2.1/cam?channel=1/trackID=1"),
        ("rtsp://10.0.0.1/cam/video", "rtsp://10.0.0.1/cam/video"),
        ("rtsp://u:p@10.0.0.1/cam/video", "rtsp://10.0.0.1/cam/video"),
        ("a b\r\nX: y", "rtsp://192.0.2.1/cam?channel=1/a%20b%0D%0AX:%20y"),
    ],
)
def test_tracks_are_found(control: str, expected: str) -> None:
    assert join(ASKED, control) == expected


@pytest.mark.parametrize("said", ["", "/cam/", "http://h/", "rtsp://[x/", "nonsense"])
def test_a_base_that_is_none_is_left(said: str) -> None:
    assert base_of(said, ASKED) == ASKED


def test_a_base_loses_its_credentials() -> None:
    assert base_of(" rtsp://u:p@10.0.0.1/cam/ ", ASKED) == "rtsp://10.0.0.1/cam/"


def test_redirects() -> None:
    address = parse_address(ASKED)
    assert redirected(address, "/other").url == "rtsp://192.0.2.1/other"
    assert redirected(address, "rtsps://h/x").port == 322
    with pytest.raises(StreamFault):
        redirected(address, "http://192.0.2.1/")
    with pytest.raises(StreamFault, match="device_error"):
        redirected(parse_address("rtsps://h/x"), "rtsp://h/x")


@given(st.text(), st.text())
def test_whatever_a_server_says_stays_one_line(base: str, control: str) -> None:
    for url in (join(base_of(base, ASKED), control), join(ASKED, control)):
        assert all("!" <= character <= "~" for character in url)


@given(st.text())
def test_any_redirect_is_an_address_or_a_fault(location: str) -> None:
    try:
        address = redirected(parse_address(ASKED), location)
    except StreamFault:
        return
    assert address.host
    assert 0 <= address.port < 65_536
