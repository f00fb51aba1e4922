"""Every form of address that people type, and what each is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Invalid
from sereno.sites.addresses import parse_address
from sereno.sites.rules import check_cpus, check_credentials, check_engine, check_name, one_place


@pytest.mark.parametrize(
    ("text", "stored", "username", "password"),
    [
        ("rtsp://192.0.2.7/main", "rtsp://192.0.2.7/main", None, None),
        ("  rtsp://192.0.2.7:8554/a?b=c&d  ", "rtsp://192.0.2.7:8554/a?b=c&d", None, None),
        ("RTSP://Cam.Local/Main", "rtsp://cam.local/Main", None, None),
        ("rtsp://cam_1.local", "rtsp://cam_1.local", None, None),
        ("rtsp://[2001:db8::7]:554/x", "rtsp://[2001:db8::7]:554/x", None, None),
        ("rtsp://[2001:DB8::7]", "rtsp://[2001:db8::7]", None, None),
        ("rtsp://root:pw@192.0.2.7/x", "rtsp://192.0.2.7/x", "root", "pw"),
        ("rtsp://root@192.0.2.7/x", "rtsp://192.0.2.7/x", "root", ""),
        ("rtsp://root:p%40s%3As%2Fw%25@h/x", "rtsp://h/x", "root", "p@s:s/w%"),
        ("rtsp://root:p@ss@192.0.2.7/x", "rtsp://192.0.2.7/x", "root", "p@ss"),
        ("rtsp://root:a:b@192.0.2.7/x", "rtsp://192.0.2.7/x", "root", "a:b"),
        ("rtsp://root:100%@192.0.2.7/x", "rtsp://192.0.2.7/x", "root", "100%"),
        ("rtsp://u:ñ@[::1]:5554", "rtsp://[::1]:5554", "u", "ñ"),
        ("rtsp://cámara.example/x", "rtsp://xn--cmara-xqa.example/x", None, None),
        ("rtsp://１９２.0.2.7/x", "rtsp://192.0.2.7/x", None, None),
        ("rtsp://h/user@home", "rtsp://h/user@home", None, None),
        ("rtsp://h?channel=1", "rtsp://h?channel=1", None, None),
        ("rtsp://h/s?bypass=1&user=a", "rtsp://h/s?bypass=1&user=a", None, None),
        ("rtsp://h/user=a&password=&c=1", "rtsp://h/user=a&password=&c=1", None, None),
        ("rtsp://h/a_password=_channel=1", "rtsp://h/a_password=_channel=1", None, None),
        ("rtsps://u:p@192.0.2.7:322/x", "rtsps://192.0.2.7:322/x", "u", "p"),
        ("HTTP://u:p@192.0.2.7/v.mjpg", "http://192.0.2.7/v.mjpg", "u", "p"),
        ("https://cam.local/v.mjpg", "https://cam.local/v.mjpg", None, None),
        ("rtmp://192.0.2.7/live/1", "rtmp://192.0.2.7/live/1", None, None),
        ("V4L2:///dev/video0", "v4l2:///dev/video0", None, None),
        (
            "v4l2:///dev/v4l/by-id/usb-046d_C920-video-index0",
            "v4l2:///dev/v4l/by-id/usb-046d_C920-video-index0",
            None,
            None,
        ),
    ],
)
def test_good_addresses(text: str, stored: str, username: str | None, password: str | None) -> None:
    parsed = parse_address(text)
    assert parsed.without_credentials == stored
    assert (parsed.username, parsed.password) == (username, password)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "no_scheme"),
        ("192.0.2.7", "no_scheme"),
        ("192.0.2.7:554/main", "no_scheme"),
        ("//192.0.2.7/main", "no_scheme"),
        ("rtsp:/192.0.2.7", "no_scheme"),
        ("ftp://192.0.2.7/", "scheme_unknown"),
        ("v4l2://", "device_bad"),
        ("v4l2://dev/video0", "device_bad"),
        ("v4l2:///dev/sda", "device_bad"),
        ("v4l2:///dev/../etc/passwd", "device_bad"),
        ("v4l2://u:p@/dev/video0", "device_bad"),
        ("v4l2:///dev/video0?x=1", "device_bad"),
        ("file:///etc/passwd", "scheme_unknown"),
        ("rtsp://", "host_missing"),
        ("rtsp:///main", "host_missing"),
        ("rtsp://:554/main", "host_missing"),
        ("rtsp://root:pw@/main", "host_missing"),
        ("rtsp://my camera/main", "host_space"),
        ("rtsp://192.0.2.7 /main", "host_space"),
        ("rtsp://192.0.2.7/main stream", "space"),
        ("rtsp://192.0.2.7:/main", "port_bad"),
        ("rtsp://192.0.2.7:0/main", "port_bad"),
        ("rtsp://192.0.2.7:65536/main", "port_bad"),
        ("rtsp://192.0.2.7:-1/main", "port_bad"),
        ("rtsp://192.0.2.7:abc/main", "port_bad"),
        ("rtsp://192.0.2.7:٣٤/main", "port_bad"),
        ("rtsp://192.0.2.7:9999999999999999/main", "port_bad"),
        ("rtsp://root:pa/ss@192.0.2.7/main", "credentials_not_escaped"),
        ("rtsp://root:p%0Aq@192.0.2.7/", "credentials_garbled"),
        ("rtsp://root:p%ff@192.0.2.7/", "credentials_garbled"),
        ("http://192.0.2.7/v.cgi?user=admin&pwd=s3cr3t", "password_inside"),
        ("rtsp://192.0.2.7/s?USER=a&Password=s3cr3t", "password_inside"),
        ("rtsp://192.0.2.7/user=a_password=s3cr3t_channel=1.sdp", "password_inside"),
        ("rtsp://192.0.2.7/s?p%61sswd=s3cr3t", "password_inside"),
        ("http://192.0.2.7/v.cgi?loginuse=a&loginpas=s3cr3t", "password_inside"),
        ("rtsp://192.0.2.7/s?pass=1", "password_inside"),
        ("rtsp://u:p@192.0.2.7/s?pass=1", "password_inside"),
        ("rtsp://192.0.2.7/main#1", "fragment"),
        ("rtsp://root:a#b@192.0.2.7/", "fragment"),
        ("rtsp://192.0.2.7/\nmain", "control_character"),
        ("rtsp://192.0.2.7/\u202emain", "control_character"),
        ("rtsp://192.0.2.7/\x00", "control_character"),
        ("rtsp://192.0.2.300/main", "host_bad"),
        ("rtsp://１９２/main", "host_bad"),
        ("rtsp://192.0.2/main", "host_bad"),
        ("rtsp://2001:db8::7/main", "port_bad"),
        ("rtsp://[2001:db8::7/main", "host_bad"),
        ("rtsp://[2001:db8::7]554/main", "host_bad"),
        ("rtsp://[nonsense]/main", "host_bad"),
        ("rtsp://-cam-/main", "host_bad"),
        ("rtsp://a..b/main", "host_bad"),
        ("rtsp://ca$h/main", "host_bad"),
        ("rtsp://h/" + "a" * 2000, "too_long"),
    ],
)
def test_bad_addresses_are_refused_each_for_its_own_reason(text: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_address(text)
    assert refused.value.key == f"address_{key}"
    assert refused.value.field == "address"
    assert refused.value.words.en != refused.value.words.es


@given(st.text(max_size=60).map(lambda text: f"rtsp://root:s3cr3t@{text}"))
def test_whatever_is_typed_a_refusal_never_repeats_the_password(text: str) -> None:
    try:
        parsed = parse_address(text)
    except Invalid as error:
        assert "s3cr3t" not in f"{error} {error.words}"
    else:
        again = parse_address(parsed.without_credentials)
        assert again.without_credentials == parsed.without_credentials


def test_credentials_stand_in_one_place() -> None:
    plain, full = parse_address("rtsp://h/x"), parse_address("rtsp://u:p@h/x")
    assert one_place(plain, None, None) is None
    assert one_place(plain, "u", None) == ("u", "")
    assert one_place(full, None, None) == ("u", "p")
    assert one_place(full, "", "") == ("u", "p")
    for username, password, field in (("u", None, "username"), (None, "p", "password")):
        with pytest.raises(Invalid) as refused:
            one_place(full, username, password)
        assert refused.value.key == "credentials_twice"
        assert refused.value.field == field


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "a\tb", "a\x7f", "a\u2028b"])
def test_bad_names(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_name(name)
    assert refused.value.field == "name"


def test_good_names_lose_the_spaces_around_them() -> None:
    assert check_name("  Patio ñandú 📷 ") == "Patio ñandú 📷"


@pytest.mark.parametrize(
    ("username", "password", "field"),
    [("a\r\nb", "", "username"), ("a", "\x00", "password"), ("a", "p" * 201, "password")],
)
def test_credentials_that_no_login_holds(username: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_credentials(username, password)
    assert refused.value.field == field


def test_the_native_engine_reads_rtsp_only() -> None:
    for scheme in ("rtsp", "rtsps"):
        check_engine("native", scheme)
    for scheme in ("http", "https", "rtmp", "v4l2"):
        check_engine("auto", scheme)
        check_engine("ffmpeg", scheme)
        with pytest.raises(Invalid) as refused:
            check_engine("native", scheme)
        assert refused.value.field == "engine"


def test_cpus_are_numbers_in_order_each_once() -> None:
    assert check_cpus((3, 1, 3)) == (1, 3)
    for cpus in ((-1,), (0, 1024)):
        with pytest.raises(Invalid) as refused:
            check_cpus(cpus)
        assert refused.value.field == "cpu_affinity"
