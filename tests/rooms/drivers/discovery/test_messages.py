"""WS-Discovery is asked as the standard says, and read as devices write it."""

from __future__ import annotations

from uuid import UUID
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.drivers.discovery.messages import Address, Match, parse_matches, probe

from .answers_kit import HIKVISION_SCOPES, matches

MESSAGE_ID = UUID("4a3e8f7c-0000-4000-8000-000000000001")
DISCOVERY = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"


@pytest.mark.parametrize("is_for_cameras", [True, False])
def test_a_probe_is_sound_xml_and_asks_for_cameras_or_for_all(is_for_cameras: bool) -> None:
    asked = fromstring(probe(MESSAGE_ID, is_for_cameras=is_for_cameras))  # noqa: S314 our own
    (wanted,) = asked.iter(f"{DISCOVERY}Probe")
    assert [each.text for each in wanted] == ["dn:NetworkVideoTransmitter"] * is_for_cameras
    assert str(MESSAGE_ID) in "".join(asked.itertext())


@pytest.mark.parametrize("prefix", ["d", "wsdd", "SOAP-ENV-9", "x.y"])
def test_a_match_is_read_whatever_its_prefixes(prefix: str) -> None:
    data = matches(
        "http://[fe80::1]/onvif/device_service", "http://192.168.1.64:8899/onvif/device_service",
        "https://192.168.1.64/onvif/device_service", "no address", prefix=prefix,
    )  # fmt: skip
    assert parse_matches(data) == [
        Match(
            "urn:uuid:1",
            (
                Address("fe80::1", 80, False),
                Address("192.168.1.64", 8899, False),
                Address("192.168.1.64", 443, True),
            ),
            "HIKVISION DS-7616NI",
            "",
            "DS-7616NI",
        )
    ]


def test_a_match_is_read_out_of_broken_xml() -> None:
    sound = matches("http://192.168.1.64/onvif/device_service")
    broken = sound.replace(b"</s:Header>", b"</s:Head>\x00\xff").replace(b"</s:Envelope>", b"")
    assert parse_matches(broken) == parse_matches(sound) != []


@pytest.mark.parametrize(
    "data",
    [
        matches(types="wsdp:Device pub:Computer", scopes=""),
        matches("http://192.168.1.9:5357/x", types="wprt:PrintDeviceType", scopes="ldap:///x"),
        b"<d:Hello>" + HIKVISION_SCOPES.encode() + b"</d:Hello>",
        b"",
        b"\x00" * 900,
    ],
)
def test_printers_computers_and_garbage_are_no_matches(data: bytes) -> None:
    assert parse_matches(data) == []


def test_nothing_of_an_answer_is_obeyed_by_a_terminal_and_entities_stay_closed() -> None:
    scopes = "onvif://www.onvif.org/name/a%1B%5B2J%0Ab&amp;c onvif://x/hardware/" + "M" * 900
    data = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + matches(
        "http://192.168.1.64/", scopes=scopes, endpoint="&e;"
    )
    (match,) = parse_matches(data)
    assert match.name == "a [2J b&c"
    assert match.endpoint == "&e;"
    assert len(match.model) == 200


PARTS = st.lists(
    st.sampled_from(
        [b"<d:ProbeMatch>", b"<ProbeMatch ", b"<a:Scopes>", b"</a:Scopes>", b"<XAddrs>", b"<",
         b"http://[", b"http://1.2.3.4:99999/", b"https://x:0", b"onvif://a/name/%", b"&#x110000;",
         b"<w:Address>", b"NetworkVideoTransmitter", b"<d:Types>", b" ", b">"]
    )
    | st.binary(max_size=20),
    max_size=40,
)  # fmt: skip


@settings(deadline=None)
@given(PARTS)
def test_whatever_comes_gives_matches_or_none(parts: list[bytes]) -> None:
    for match in parse_matches(b"".join(parts)):
        assert all(0 < address.port <= 65_535 for address in match.addresses)
        assert max(map(len, (match.name, match.maker, match.model, match.endpoint))) <= 200
