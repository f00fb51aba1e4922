"""Footage of recorders becomes MP4 that everything plays."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault
from sereno.media.foreign import remux as module
from sereno.media.foreign.inspection import tracks_of
from sereno.media.foreign.movie_facts import read_movie_facts
from sereno.media.foreign.remux import Remuxing, remux
from sereno.media.foreign.sniff import Form

from .encoded import ffmpeg
from .foreign_footage import (
    DAHUA_HEADER,
    IMKH_40,
    IMKH_64,
    PREAMBLE,
    dhav,
    program_stream,
    with_private_data,
)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("head", [b"", DAHUA_HEADER, PREAMBLE])
async def test_dahua_footage_becomes_a_movie(head: bytes, tmp_path: Path) -> None:
    source, target = tmp_path / "footage.dav", tmp_path / "footage.mp4"
    source.write_bytes(head + dhav())
    facts = await remux(source, target)
    assert (facts.entry, facts.codec, facts.sound) == ("avc1", "h264", "")
    assert facts.seconds == pytest.approx(2, abs=0.2)
    assert facts.size_bytes == target.stat().st_size
    assert names(tmp_path) == ["footage.dav", "footage.mp4"]


@pytest.mark.parametrize("head", [b"", IMKH_40, IMKH_64])
async def test_row_20_hikvision_footage_becomes_a_movie(head: bytes, tmp_path: Path) -> None:
    source, target = tmp_path / "footage.mp4.original", tmp_path / "footage.mp4"
    source.write_bytes(head + program_stream(is_hevc=True))
    facts = await remux(source, target)
    assert (facts.entry, facts.codec, facts.sound) == ("hvc1", "h265", "mp4a")
    assert facts.seconds == pytest.approx(2, abs=0.2)


async def test_rows_20_45_hevc_and_g711_become_hvc1_and_aac(tmp_path: Path) -> None:
    source, target = tmp_path / "footage.dav", tmp_path / "footage.mp4"
    source.write_bytes(dhav(is_hevc=True, has_sound=True))
    facts = await remux(source, target)
    assert (facts.entry, facts.sound) == ("hvc1", "mp4a")


async def test_the_movie_begins_with_its_head_and_its_pictures_are_the_same(tmp_path: Path) -> None:
    source, target = tmp_path / "footage.dav", tmp_path / "footage.mp4"
    source.write_bytes(dhav())
    await remux(source, target)
    movie = target.read_bytes()
    assert movie.index(b"moov") < movie.index(b"mdat")

    def pictures(path: Path) -> list[bytes]:
        lines = ffmpeg("-i", str(path), "-map", "0:v", "-f", "framemd5", "-").splitlines()
        return [line.split(b",")[-1] for line in lines if not line.startswith(b"#")]

    assert len(pictures(target)) == 50
    assert pictures(target) == pictures(source)


async def test_private_data_beside_the_pictures_is_no_sound(tmp_path: Path) -> None:
    source, target = tmp_path / "footage.ps", tmp_path / "footage.mp4"
    source.write_bytes(IMKH_64 + with_private_data(program_stream()))
    facts = await remux(source, target)
    assert facts.seconds == pytest.approx(2, abs=0.2)
    assert target.read_bytes().count(b"trak") == 2  # video and its MP2 sound


def test_sound_is_told_from_private_data_by_its_id() -> None:
    lines = [
        "  Stream #0:0[0x80]: Audio: ac3, 0 channels",
        "  Stream #0:1[0x1e0]: Video: hevc (Main), yuv420p(tv), 2560x1440",
        "  Stream #0:2[0x1c0]: Audio: pcm_alaw, 8000 Hz, 1 channels, s16, 64 kb/s",
        "  Stream #0:3[0x1c1]: Audio: none",
    ]
    tracks = tracks_of(lines, Form.MPEG_PS)
    assert (tracks.video, tracks.video_codec) == (1, "hevc")
    assert (tracks.sound, tracks.sound_codec) == (2, "pcm_alaw")
    silent = tracks_of([*lines[:2], lines[3]], Form.MPEG_PS)
    assert silent.sound is None


def recordings() -> list[Path]:
    """Files that were made elsewhere, where there are any."""
    folder = os.environ.get("SERENO_TEST_RECORDINGS", "")
    found = sorted(Path(folder, "_synthetic_media").glob("*.*")) if folder else []
    if not found:
        pytest.skip("SERENO_TEST_RECORDINGS names no folder with recordings of devices")
    return found


async def test_recordings_of_others_become_movies(tmp_path: Path) -> None:
    for source in recordings():
        facts = await remux(source, tmp_path / "footage.mp4")
        assert (facts.entry, facts.seconds > 3) == ("avc1", True), source.name


async def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    source, told = tmp_path / "footage.dav", list[Remuxing]()
    source.write_bytes(dhav())
    facts = await remux(source, tmp_path / "footage.mp4", told.append)
    assert told[-1].seconds == pytest.approx(facts.seconds, abs=0.1)
    assert told[-1].size_bytes == facts.size_bytes


@pytest.mark.parametrize(
    "data", [b"", b"<ResponseStatus/>", PREAMBLE, IMKH_64 + b"\x00\x00\x01\xba" + bytes(5000)]
)
async def test_what_shows_nothing_is_refused_and_leaves_nothing(
    data: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "footage.dav"
    source.write_bytes(data)
    with pytest.raises(StreamFault) as refused:
        await remux(source, tmp_path / "footage.mp4")
    assert refused.value.reason.key == "footage_unreadable"
    assert names(tmp_path) == ["footage.dav"]


async def test_sound_that_cannot_be_decoded_stops_no_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module._output

    def encoded_by_nobody(tracks: module.Tracks, part: Path) -> tuple[str, ...]:
        return tuple("no_such_encoder" if each == "aac" else each for each in real(tracks, part))

    monkeypatch.setattr(module, "_output", encoded_by_nobody)
    source = tmp_path / "footage.dav"
    source.write_bytes(dhav(has_sound=True))
    facts = await remux(source, tmp_path / "footage.mp4")
    assert (facts.codec, facts.sound) == ("h264", "")


def name_of(process: psutil.Process) -> str:
    """Empty for one that ended just now: there are others than ours."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


async def test_cancelled_it_ends_its_process_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "footage.dav"
    source.write_bytes(dhav())
    pids: list[int] = []
    done = asyncio.Event()

    def cancel(_: Remuxing) -> None:
        pids.extend(each.pid for each in psutil.Process().children() if "ffmpeg" in name_of(each))
        task.cancel()
        done.set()

    task = asyncio.create_task(remux(source, tmp_path / "footage.mp4", cancel))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert names(tmp_path) == ["footage.dav"]


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x00\x10ftypisom" + bytes(4), bytes(64)])
def test_what_is_no_movie_has_no_facts(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "movie.mp4"
    path.write_bytes(data)
    with pytest.raises(Garbled):
        read_movie_facts(path)


def test_any_bytes_have_facts_or_are_garbled(tmp_path: Path) -> None:
    path = tmp_path / "movie.mp4"
    movie = bytearray(ffmpeg("-f", "lavfi", "-i", "color=red:s=64x48:r=5:d=1", "-c:v", "libx264",
                             "-movflags", "empty_moov", "-f", "mp4", "pipe:1"))  # fmt: skip
    for at in range(0, 600, 7):
        path.write_bytes(movie[:at] + b"\xff" + movie[at + 1 :])
        try:
            read_movie_facts(path)
        except Garbled:
            continue
