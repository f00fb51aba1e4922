"""Whatever bytes come, parsers give a value or say that it makes no sense, soon."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.base.spans import Span
from sereno.drivers.errors import Garbled
from sereno.drivers.onvif import (
    addresses,
    parse_device,
    parse_events,
    parse_faults,
    parse_footage,
    parse_media,
    tree,
)
from sereno.drivers.onvif.times import moment
from sereno.drivers.tree import Part

from .device import envelope

PARSERS: tuple[Callable[[Part], object], ...] = (
    parse_faults.fault_of,
    parse_device.device_info,
    parse_device.device_time,
    parse_device.services,
    parse_device.capabilities,
    parse_device.scopes,
    parse_device.rtsp_port,
    parse_device.hardware_address,
    parse_media.profiles,
    parse_media.sources,
    parse_media.uri,
    parse_footage.recordings,
    parse_footage.listed_recordings,
    parse_footage.jobs,
    parse_footage.changes,
    parse_footage.search_token,
    parse_footage.is_going_on,
    parse_events.notices,
)
NAMES = re.findall(
    r"\w+",
    """Fault Code Subcode Value Reason Text Manufacturer Model SerialNumber SystemDateAndTime
    UTCDateTime LocalDateTime Date Time Year Month Day Hour Minute Second TimeZone TZ Service
    Namespace XAddr Capabilities Extension Media Search ScopeItem NetworkProtocols Name Port
    HwAddress Profiles Configurations VideoSource VideoSourceConfiguration SourceToken VideoEncoder
    VideoEncoderConfiguration Encoding Resolution Width Height RateControl FrameRateLimit GovLength
    VideoSources Uri RecordingInformation RecordingToken Source SourceId EarliestRecording Track
    TrackToken TrackType DataFrom DataTo JobConfiguration Mode Token Result Event StartStateEvent
    SearchState SearchToken NotificationMessage Topic Message Data SimpleItem
    GetProfilesResponse""",
)
TEXTS = st.one_of(
    st.sampled_from(
        re.findall(
            r"\S+",
            """1 0 -1 99999 999999999999999999999 true H264 jpeg NTP RTSP Video searching 1e9
            2026-06-15T12:00:00Z 9999-12-31T23:59:59-23:59 0000-00-00T00:00:00 rtsp://h:99999/x
            http://10.9.8.7/onvif/media http://[x/ onvif://www.onvif.org/name/%ff IsDataPresent ١٢
            http://www.onvif.org/ver10/media/wsdl ter:NotAuthorized 00:11:22:33:44:55
            tns1:a/b:c/""",
        )
    ),
    st.text("<>&\"' \x00\u0661ab{}", max_size=8),
)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(st.tuples(st.sampled_from(NAMES), inner, TEXTS), max_size=6),
    max_leaves=30,
)


def as_xml(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return "".join(
        f'<x:{name} token="{note}" Name="{note}" UtcTime="{note}" Value="{note}">{as_xml(inner)}'
        f"</x:{name}>"
        for name, inner, note in value
    )


def survives(data: bytes) -> None:
    try:
        body = tree.read_body(data)
    except Garbled as garbled:
        assert garbled.reason.key == "device_garbled"
        return
    for parser in PARSERS:
        try:
            parser(body)
        except Garbled as garbled:
            assert garbled.reason.key == "device_garbled"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    survives(data)
    survives(envelope("") + data)
    assert isinstance(tree.reference_parameters(data), str)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES), TREES)
def test_any_tree_of_known_names(root: str, value: object) -> None:
    survives(envelope(f"<{root} xmlns:x='x'>{as_xml(value)}</{root}>"))
    survives(envelope(f"<{root}>{as_xml(value)}</{root}>"))  # x is bound to nothing


@settings(max_examples=60, deadline=None)
@given(st.one_of(TEXTS, st.text(max_size=60), st.from_regex(r"rtsp://[ -~]{0,40}", fullmatch=True)))
def test_addresses_have_no_blanks_and_no_user(text: str) -> None:
    for said in (text, f"rtsp://{text}", f"http://u:p@{text}"):
        address = addresses.rtsp_address(said, "192.0.2.1", None)
        target = addresses.target_of(said)
        assert address == "" or address.startswith(("rtsp://192.0.2.1:", "rtsps://192.0.2.1:"))
        assert not re.search(r"\s", address + target)
        assert target == "" or (target[0] == "/" and target.isascii() and "#" not in target)
        at = moment(text)
        assert at is None or at.tzinfo is UTC


NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = Span(NOON, NOON + timedelta(hours=24))
CHANGES = st.lists(
    st.builds(
        parse_footage.Change,
        st.just("r"),
        st.just("t"),
        st.integers(-5, 30).map(lambda hours: NOON + timedelta(hours=hours)),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_footage_lies_in_the_window_in_order(changes: list[parse_footage.Change]) -> None:
    spans = parse_footage.present(changes, DAY)
    assert all(DAY.start <= span.start < span.end <= DAY.end for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>' + envelope("<a>&c;</a>"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + envelope("<a/>"),
        envelope("<a>" * 5000 + "</a>" * 5000),
        envelope("<x:a>" * 5000),
        envelope("<b/>" * 300_000),
        envelope(" " * (tree.LIMIT_BYTES + 1)),
        envelope("<!" * 100_000),
        envelope("<![CDATA[" * 50_000),
        b"",
        b"<html><br></html>",
    ],
)
def test_bombs_entities_and_endless_nesting_are_refused(data: bytes) -> None:
    with pytest.raises(Garbled):
        tree.read_body(data)


def test_what_never_closes_is_read_to_its_end() -> None:
    survives(envelope("<a </" * 20_000))
    survives(envelope("<a>" + "</b> " * 20_000))
