"""Our playlists read by a strict parser that is not ours (hls-parser, RFC 8216 and its draft)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.media.live_playlist import multivariant_playlist
from sereno.media.playlists import PlaylistSegment, vod_playlist

from .test_index import index_of
from .test_live_playlist import ADDRESSES, START_US, Stream

ROOT = Path(__file__).parents[3]
PARSER = ROOT / "ui" / "node_modules" / "hls-parser"

pytestmark = pytest.mark.skipif(
    not PARSER.exists(), reason="needs hls-parser: make setup installs it for the interface"
)


def read(texts: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [ROOT / "tools" / "node", "node", Path(__file__).with_name("playlist_check.cjs"), PARSER],
        input=json.dumps(texts), capture_output=True, text=True, check=True,
    )  # fmt: skip
    said: list[dict[str, Any]] = json.loads(done.stdout)
    return said


def segment(start_us: int, ticks: int, seconds: int) -> PlaylistSegment:
    index = index_of([(180_000, 1000, True)] * (seconds // 2), ticks=ticks)
    return PlaylistSegment(uuid4(), uuid4(), 900, start_us, index)


def recorded() -> str:
    """A minute, a gap, and a minute of another run."""
    segments = [segment(START_US, 0, 60), segment(START_US + 90_000_000, 0, 61)]
    return vod_playlist(segments, Span(from_us(START_US), from_us(START_US + 10**9)), str)


def live() -> list[str]:
    """What a player sees from the first part on, over a new file, a break and a new run."""
    stream, texts = Stream(), []
    for step in range(60):
        stream.write(1 + step % 7)
        if step == 20:
            stream.open()
        if step == 40:
            stream.playlist.end_run()
            texts.append(stream.text)
            stream.begin_run()
        if stream.playlist.whole:
            texts.append(stream.text)
    return texts


def played() -> list[str]:
    """What a recorder plays, as it comes and at its end."""
    stream = Stream()
    stream.write(25)
    texts = [stream.playlist.text(ADDRESSES, has_parts=False)]
    stream.playlist.end_run()
    stream.playlist.is_over = True
    return [*texts, stream.playlist.text(ADDRESSES, has_parts=False)]


def test_a_strict_parser_takes_all_our_playlists() -> None:
    offered = [recorded(), *live(), *played()]
    said = read([*offered, multivariant_playlist("a.m3u8", 4_000_000, "avc1.64001f", (1920, 1080))])
    assert [each for each in said if "wrong" in each] == []
    assert said[0]["segments"] == 20
    assert said[-1]["variants"] == 1
    assert all(each["segments"] for each in said[:-1])


def test_the_parser_is_strict() -> None:
    wrong = recorded().replace("#EXT-X-TARGETDURATION:6", "#EXT-X-TARGETDURATION:5")
    (said,) = read([wrong])
    assert "target duration" in said["wrong"]
