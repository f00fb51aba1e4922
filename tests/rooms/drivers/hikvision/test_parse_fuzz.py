"""Whatever bytes come, parsers give a value or say that it makes no sense, soon."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.drivers.errors import Garbled
from sereno.drivers.hikvision import (
    parse_channels,
    parse_device,
    parse_errors,
    parse_events,
    parse_health,
    parse_search,
    tree,
)

PARSERS: tuple[Callable[[bytes], object], ...] = (
    tree.read,
    parse_device.device_info,
    parse_device.device_time,
    parse_device.rtsp_port,
    parse_device.up_seconds,
    parse_device.plain_zone,
    lambda data: parse_channels.own_inputs(data, tells_signal=True),
    parse_channels.proxied_inputs,
    parse_channels.proxied_states,
    parse_channels.encodings,
    lambda data: parse_search.page(data, asked=40),
    parse_search.most_results,
    parse_search.fetches_by_time,
    parse_health.disks,
    parse_health.recording_tracks,
    parse_health.silent_triggers,
    parse_events.packet,
    lambda data: parse_errors.rejection(500, data),
    parse_errors.user_check,
    parse_errors.is_stale,
    parse_errors.lacks_right,
)

NAMES = re.findall(
    r"\w+",
    """DeviceInfo model deviceType serialNumber Time localTime timeZone AdminAccessProtocol protocol
    portNo deviceUpTime VideoInputChannel id resDesc videoInputEnabled InputProxyChannel online
    InputProxyChannelStatus streamingProxyChannelId StreamingChannel Video SmartCodec enabled
    videoCodecType videoResolutionWidth maxFrameRate GovLength keyFrameInterval searchMatchItem
    timeSpan startTime endTime playbackURI responseStatusStrg metadataMatches metadataDescriptor
    hdd status capacity freeSpace property Track enableSchedule EventTrigger videoInputChannelID
    notificationMethod EventNotificationAlert eventType eventState channelID dateTime statusCode
    ResponseStatus subStatusCode userCheck lockStatus unlockTime""",
)
TEXTS = st.one_of(
    st.sampled_from(
        re.findall(
            r"\S+",
            """1 0 -1 101 2500 999999999999999999999 true RTSP ok notexist MORE active lock 1e9
            2026-06-15T12:00:00Z 2021-04-06T18:04:2800:00 0000-00-00T00:00:00 rtsp://h/tracks
            H.265+ rtsp://[x/?size=1&name= rtsp://h/Streaming/tracks/101?size=9 ١٢""",
        )
    ),
    st.text("<>&\"' \x00\u0661ab{}", max_size=8),
)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(st.tuples(st.sampled_from(NAMES), inner), max_size=6),
    max_leaves=30,
)


def as_xml(value: object) -> str:
    if isinstance(value, list):
        return "".join(f"<{name}>{as_xml(inner)}</{name}>" for name, inner in value)
    return str(value)


def as_json(value: object) -> object:
    return {name: as_json(inner) for name, inner in value} if isinstance(value, list) else value


def survives(data: bytes) -> None:
    for parser in PARSERS:
        try:
            parser(data)
        except Garbled as garbled:
            assert garbled.reason.key == "device_garbled"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    survives(data)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(NAMES), TREES, st.booleans())
def test_any_tree_of_known_names(root: str, value: object, is_json: bool) -> None:
    xml = f"<{root} xmlns='urn:psialliance-org'>{as_xml(value)}</{root}>"
    data = json.dumps({root: as_json(value)}) if is_json else xml
    survives(data.encode("utf-8", "replace"))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [
                    b"<EventNotificationAlert>",
                    b"</EventNotificationAlert>",
                    b"Content-Type: application/json\r\n\r\n",
                    b'{"a": "',
                    b'"}',
                    b"\\",
                    b"--boundary\r\n",
                ]
            ),
        ),
        max_size=30,
    ),
    st.integers(1, 50),
)
def test_packets_do_not_depend_on_how_the_bytes_are_cut(parts: list[bytes], step: int) -> None:
    whole = b"".join(parts)
    at_once = parse_events.Packets().feed(whole)
    packets, one_by_one = parse_events.Packets(), []
    for start in range(0, len(whole), step):
        one_by_one += packets.feed(whole[start : start + step])
    assert one_by_one == at_once
    for data in at_once:
        survives(data)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<a>" * 5000 + b"</a>" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"<a>" + b"<b/>" * 300_000 + b"</a>",
        b"<a>" + b" " * (tree.LIMIT_BYTES + 1) + b"</a>",
        b"",
        b"<html><br></html>",
    ],
)
@pytest.mark.provokes("device_garbled")
def test_bombs_entities_and_endless_nesting_are_refused(data: bytes) -> None:
    with pytest.raises(Garbled):
        tree.read(data)


def test_a_stream_that_never_ends_a_packet_is_held_within_bounds() -> None:
    packets = parse_events.Packets()
    for _ in range(400):
        assert packets.feed(b"<EventNotificationAlert><eventType>" + b"x" * 2000) == []
    assert len(packets._held) < 300_000
    alert = b"<EventNotificationAlert><eventType>VMD</eventType></EventNotificationAlert>"
    assert packets.feed(alert) == [alert]
