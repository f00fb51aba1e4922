from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import google_crc32c
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.contract import EVENTS
from sereno.media.fmp4.boxes import reader_of
from sereno.media.fmp4.header import HEADER_UUID, parse_header
from sereno.media.fmp4.reader import parse_segment, read_segment, repair_segment, strip_header
from sereno.media.fmp4.writer import ntp_time, wall_time_us

from .camera import CAMERA_ID, FRAME_TICKS, Video, ffmpeg_says
from .footage import START_US, Footage, format_of

FIXTURE = HealthCheck.function_scoped_fixture


@pytest.fixture(scope="module")
def written(video: Video, tmp_path_factory: pytest.TempPathFactory) -> Footage:
    footage = Footage(tmp_path_factory.mktemp("footage"), "ab" * 32)
    footage.write_run(video, files=2)
    return footage


def test_events_keep_to_the_contract_and_the_files_to_the_events(
    written: Footage, video: Video
) -> None:
    for line in written.lines:
        EVENTS.validate_json(json.dumps(line))
    first, second = written.events("segment_opened")
    assert [first["sequence"], second["sequence"]] == [7, 8]
    assert first["path"] == f"{CAMERA_ID}/main/2025/12/06/054640.123456Z-7.mp4"
    for opened, sealed, path in zip(
        written.events("segment_opened"),
        written.events("segment_sealed"),
        written.paths(),
        strict=True,
    ):
        data = path.read_bytes()
        assert sealed["size_bytes"] == len(data)
        assert sealed["sha256"] == hashlib.sha256(data).hexdigest()
        assert sealed["crc32c"] == f"{google_crc32c.value(data):08x}"
        fragments = [
            line
            for line in written.events("fragment")
            if line["segment_id"] == opened["segment_id"]
        ]
        assert fragments[0]["offset_bytes"] == opened["init_size_bytes"]
        assert sum(line["size_bytes"] for line in fragments) + opened["init_size_bytes"] == len(
            data
        )
    frame_us = 40_000
    assert written.events("run_ended")[0]["at_us"] == START_US + 80 * frame_us
    assert path.stat().st_mode & 0o077 == 0


def test_files_say_whose_they_are_and_form_a_chain(written: Footage, video: Video) -> None:
    first, second = map(read_segment, written.paths())

    assert first.header.camera_id == CAMERA_ID
    assert first.header.previous_sha256 == "ab" * 32
    assert second.header.previous_sha256 == written.events("segment_sealed")[0]["sha256"]
    assert second.header.sequence == 8
    assert second.header.run_id == first.header.run_id
    assert second.header.start_ticks == first.index.end_ticks == 40 * FRAME_TICKS
    assert (first.start_us, second.start_us) == (START_US, START_US + 1_600_000)
    assert first.end_us == second.start_us
    assert first.video == format_of(video)
    assert [each.is_key for each in first.index] == [True, False] * 4


def test_ffmpeg_reads_them_without_a_word(written: Footage) -> None:
    for path in written.paths():
        frames, seconds, complaints = ffmpeg_says(path)
        assert (frames, seconds, complaints) == (40, pytest.approx(1.6), "")


def test_files_of_the_first_release_are_read() -> None:
    folder = Path(__file__).parents[2] / "releases" / "0.1.0" / "footage"
    (path,) = folder.rglob("*.mp4")

    found = read_segment(path)

    assert found.header.engine == "native"
    assert found.sound is None
    assert found.whole_size_bytes == path.stat().st_size
    assert not any(each.is_damaged or each.has_composition for each in found.index)
    assert all(each.picture_count for each in found.index)


def test_players_do_not_see_our_box(written: Footage) -> None:
    path = written.paths()[0]
    head = path.read_bytes()[: read_segment(path).head_size_bytes]

    assert HEADER_UUID.bytes in head
    assert HEADER_UUID.bytes not in strip_header(head)
    assert strip_header(head)[4:8] == b"ftyp"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_cut_anywhere_it_is_repaired_to_its_last_whole_fragment(
    written: Footage, tmp_path: Path, data: st.DataObject
) -> None:
    whole = written.paths()[0].read_bytes()
    contents = parse_segment(reader_of(whole), len(whole))
    size = data.draw(st.integers(contents.head_size_bytes, len(whole)))
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[:size])
    kept = [each for each in contents.index if each.end_bytes <= size]

    repaired = repair_segment(path)

    assert list(repaired.index) == kept
    assert path.stat().st_size == repaired.whole_size_bytes
    assert path.read_bytes() == whole[: repaired.whole_size_bytes]
    assert size - path.stat().st_size < max(each.size_bytes for each in contents.index)


@given(data=st.data())
def test_a_head_that_is_not_whole_is_garbled(written: Footage, data: st.DataObject) -> None:
    whole = written.paths()[0].read_bytes()
    head_size = parse_segment(reader_of(whole), len(whole)).head_size_bytes
    size = data.draw(st.integers(0, head_size - 1))
    with pytest.raises(Garbled):
        parse_segment(reader_of(whole[:size]), size)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_segment_or_garbled(written: Footage, data: st.DataObject) -> None:
    damaged = bytearray(written.paths()[0].read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, min(len(damaged) - 9, 2500)))
        damaged[at : at + 8] = data.draw(st.binary(min_size=1, max_size=8))
    try:
        found = parse_segment(reader_of(damaged), len(damaged))
    except Garbled:
        return
    assert found.whole_size_bytes <= len(damaged)


@given(st.binary() | st.text().map(str.encode))
def test_any_header_is_read_or_garbled(body: bytes) -> None:
    assert parse_header(body) is None or body.startswith(HEADER_UUID.bytes)
    with pytest.raises(Garbled):
        parse_header(HEADER_UUID.bytes + body)


@given(st.integers(0, 4_200_000_000_000_000))
def test_ntp_time_is_exact_to_the_microsecond_until_2103(wall_us: int) -> None:
    assert ntp_time(wall_us) < 1 << 64  # it begins anew in 2036
    assert wall_time_us(ntp_time(wall_us)) == wall_us


def test_full_disk_leaves_whole_fragments_and_a_sealed_file(
    video: Video, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    footage = Footage(tmp_path)
    footage.write_run(video, is_ended=False)
    good = footage.paths()[0].read_bytes()
    real_write = os.write

    def write_a_little(descriptor: int, data: bytes) -> int:
        if len(data) < 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_a_little)
        with pytest.raises(OSError, match="No space"):
            footage.write_fragments(video, START_US, 40 * FRAME_TICKS)
        count = len(footage.events("fragment"))
        footage.write_fragments(video, START_US, 45 * FRAME_TICKS)
        assert len(footage.events("fragment")) == count
    footage.write_run(video, START_US + 9_000_000)

    first, second = footage.paths()
    assert first.read_bytes() == good
    sealed = footage.events("segment_sealed")
    assert sealed[0]["sha256"] == hashlib.sha256(good).hexdigest()
    assert read_segment(second).header.previous_sha256 == sealed[0]["sha256"]


def test_a_folder_that_cannot_be_written_uses_up_no_number(video: Video, tmp_path: Path) -> None:
    (tmp_path / "footage").write_text("not a folder")
    footage = Footage(tmp_path / "footage")
    with pytest.raises(OSError, match="footage"):
        footage.write_run(video)
    (tmp_path / "footage").unlink()

    footage.write_run(video)

    assert footage.events("segment_opened")[0]["sequence"] == 7
