"""What a live playlist says, from the fragments alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from sereno.media.contract import TIMESCALE
from sereno.media.index import Fragment
from sereno.media.live_playlist import Addresses, LiveFile, LivePlaylist, multivariant_playlist

START_US = 1_795_000_000_000_000
FIFTH = TIMESCALE // 5
ADDRESSES = Addresses(
    lambda segment_id: f"segments/{segment_id}.mp4",
    lambda segment_id, offset: f"parts/{segment_id}/{offset}.mp4",
)


@dataclass
class Stream:
    """Tells a playlist what a runner writes; key frames every `gop` fragments."""

    gop: int = 10
    fragment_ticks: int = FIFTH
    playlist: LivePlaylist = field(default_factory=LivePlaylist)
    run_id: UUID = field(default_factory=uuid4)
    file: LiveFile = field(init=False)
    ticks: int = 0
    offset: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        self.playlist.plan_parts([self.fragment_ticks])
        self.open()

    def open(self) -> None:
        self.file = LiveFile(uuid4(), self.run_id, 900)
        self.offset, self.count = 900, 0
        self.playlist.open_file(self.file)

    def begin_run(self) -> None:
        self.run_id, self.ticks = uuid4(), 0
        self.open()

    def write(self, count: int) -> None:
        for _ in range(count):
            self.fragment(self.fragment_ticks, is_key=self.count % self.gop == 0)

    def fragment(self, ticks: int, *, is_key: bool, size: int = 1000) -> None:
        fragment = Fragment(self.ticks, ticks, self.offset, size, is_key)
        self.playlist.add(fragment, START_US + self.ticks * 100 // 9)
        self.ticks, self.offset, self.count = self.ticks + ticks, self.offset + size, self.count + 1

    @property
    def text(self) -> str:
        return self.playlist.text(ADDRESSES)

    def part(self, offset: int) -> str:
        return f"parts/{self.file.segment_id}/{offset}.mp4"


def seconds(text: str, tag: str) -> list[float]:
    return [float(each) for each in re.findall(rf"#{tag}[:A-Z=-]*([\d.]+)", text)]


def test_segments_are_whole_gops_and_parts_whole_fragments() -> None:
    stream = Stream()
    stream.write(25)
    assert seconds(stream.text, "EXTINF") == [2.0, 2.0]
    assert re.findall(r"BYTERANGE:(.*)", stream.text) == ["10000@900", "10000@10900"]
    assert seconds(stream.text, "EXT-X-PART:DURATION=") == [0.4] * 12
    assert "#EXT-X-TARGETDURATION:2\n" in stream.text
    assert "CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.260,HOLD-BACK=6.0\n" in stream.text
    assert "PART-TARGET=0.420\n" in stream.text
    # The last fragment waits for another: what comes next begins with it.
    assert stream.text.endswith(f'TYPE=PART,URI="{stream.part(24900)}"\n')
    assert stream.playlist.part_at(stream.file.segment_id, 24900) is None
    assert stream.playlist.will_have(stream.file.segment_id, 24900)


def test_a_part_is_told_of_with_its_last_fragment_not_with_the_next() -> None:
    stream = Stream()
    stream.write(1)
    assert "EXT-X-PART:" not in stream.text
    stream.write(1)
    assert f'#EXT-X-PART:DURATION=0.40000,URI="{stream.part(900)}",INDEPENDENT=YES' in stream.text
    part = stream.playlist.part_at(stream.file.segment_id, 900)
    assert part is not None
    assert (part.size_bytes, part.duration_ticks) == (2000, 2 * FIFTH)


def test_key_frames_that_are_close_share_a_segment() -> None:
    stream = Stream(gop=2)
    stream.write(25)
    assert seconds(stream.text, "EXTINF") == [1.6, 1.6, 1.6]
    assert stream.text.count("INDEPENDENT=YES") == stream.text.count("EXT-X-PART:")


def test_a_segment_ends_at_its_limit_where_key_frames_are_far_apart() -> None:
    stream = Stream(gop=1000)
    stream.write(200)
    assert seconds(stream.text, "EXTINF") == [12.0, 12.0, 12.0]
    assert "#EXT-X-TARGETDURATION:12\n" in stream.text


def test_a_new_run_is_a_discontinuity_with_its_own_map() -> None:
    stream = Stream()
    stream.write(12)
    first = stream.file
    stream.playlist.end_run()
    assert "PRELOAD-HINT" not in stream.text
    assert "EXT-X-PART:" not in stream.text  # a player would look for the next
    stream.begin_run()
    stream.write(1)
    assert "EXT-X-DISCONTINUITY\n" not in stream.text  # it has nothing to play yet
    stream.write(3)
    lines = stream.text.splitlines()
    at = lines.index("#EXT-X-DISCONTINUITY")
    address = ADDRESSES.of_file(stream.file.segment_id)
    assert lines[at + 1] == f'#EXT-X-MAP:URI="{address}",BYTERANGE="900@0"'
    assert first.segment_id != stream.file.segment_id
    assert stream.text.count("#EXT-X-MAP:") == 2
    assert seconds(stream.text, "EXTINF") == [2.0, 0.4]


def test_the_next_file_of_a_run_needs_no_map() -> None:
    stream = Stream()
    stream.write(10)
    stream.open()
    stream.write(12)
    assert stream.text.count("#EXT-X-MAP:") == 1
    assert "DISCONTINUITY\n" not in stream.text
    assert seconds(stream.text, "EXTINF") == [2.0, 2.0]


def test_old_segments_go_and_numbers_stay() -> None:
    stream = Stream()
    stream.write(12)
    stream.begin_run()
    numbers = []
    for _ in range(40):
        stream.write(10)
        (number,) = re.findall(r"MEDIA-SEQUENCE:(\d+)", stream.text)
        numbers.append(int(number))
    assert numbers[-1] > numbers[0]
    assert numbers == sorted(numbers)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in stream.text
    assert "#EXT-X-DISCONTINUITY\n" not in stream.text
    assert 30 <= sum(seconds(stream.text, "EXTINF")) <= 34


def test_without_parts_it_is_a_plain_playlist_that_ends_when_it_is_over() -> None:
    stream = Stream()
    stream.write(25)
    text = stream.playlist.text(ADDRESSES, has_parts=False)
    assert "PART" not in text
    assert "HOLD-BACK" not in text
    assert seconds(text, "EXTINF") == [2.0, 2.0]
    assert "ENDLIST" not in text
    stream.playlist.end_run()
    stream.playlist.is_over = True
    text = stream.playlist.text(ADDRESSES, has_parts=False)
    assert seconds(text, "EXTINF") == [2.0, 2.0, 1.0]
    assert text.endswith("#EXT-X-ENDLIST\n")


def test_what_a_player_waits_for() -> None:
    stream = Stream()
    playlist = stream.playlist
    assert not playlist.has(0, None)  # nothing is there at all
    stream.write(14)  # a whole segment, and two parts of the next
    first, second = playlist.newest_number - 1, playlist.newest_number
    assert playlist.has(0, None)
    assert playlist.has(first, None)
    assert playlist.has(first, 4)
    assert playlist.has(second, 1)
    assert not playlist.has(second, 2)
    assert not playlist.has(second, None)
    assert playlist.has(first, 5)  # beyond its last: the first of the next
    stream.write(7)  # the segment is whole
    assert playlist.has(second, None)
    assert not playlist.has(second, 5)
    stream.write(1)
    assert playlist.has(second, 5)


def test_what_is_out_of_turn_is_left_out() -> None:
    stream = Stream()
    stream.write(12)
    before = stream.text
    stream.playlist.add(Fragment(0, FIFTH, 900, 1000, True), START_US)  # once more
    stream.playlist.add(Fragment(0, FIFTH, 99_000, 1000, True), START_US)
    assert stream.text == before


def test_a_run_that_begins_without_a_key_frame_waits_for_one() -> None:
    stream = Stream()
    stream.count = 1
    stream.write(9)
    assert stream.playlist.growing is None
    stream.write(2)
    assert f'URI="{stream.part(9900)}",INDEPENDENT=YES' in stream.text


@given(
    st.lists(
        st.tuples(st.integers(1, 3 * TIMESCALE), st.booleans(), st.booleans()),
        min_size=1, max_size=80,
    )
)  # fmt: skip
def test_whatever_a_camera_sends_the_targets_hold(
    pieces: list[tuple[int, bool, bool]],
) -> None:
    stream = Stream()
    stream.fragment(FIFTH, is_key=True)
    for ticks, is_key, opens in pieces:
        if opens:
            stream.open()
        stream.fragment(ticks, is_key=is_key or opens)
    text = stream.text
    (target,) = seconds(text, "EXT-X-TARGETDURATION:")
    (part_target,) = seconds(text, "EXT-X-PART-INF:PART-TARGET=")
    assert all(int(each + 0.5) <= target for each in seconds(text, "EXTINF"))
    assert all(each <= part_target for each in seconds(text, "EXT-X-PART:DURATION="))
    whole = stream.playlist.whole
    for segment in whole:
        offsets = [part.offset_bytes for part in segment.parts]
        assert offsets[0] == segment.offset_bytes
        assert [part.end_bytes for part in segment.parts][:-1] == offsets[1:]
    assert all(after.number == before.number + 1 for before, after in pairwise(whole))


def test_the_one_rendition_says_what_it_is() -> None:
    text = multivariant_playlist("media.m3u8", 4_000_000, "avc1.64001f, mp4a.40.2", (1920, 1080))
    assert text.splitlines()[2:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=4000000,CODECS="avc1.64001f, mp4a.40.2",RESOLUTION=1920x1080',
        "media.m3u8",
    ]
    assert "RESOLUTION" not in multivariant_playlist("a", 1, "avc1.64001f", (0, 0))
