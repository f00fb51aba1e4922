"""Against the simulated cameras, whose every picture says its own number and time."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from sereno.media.contract import FragmentWritten, RunStarted, SegmentOpened, StreamTask
from sereno.media.fmp4.reader import read_segment
from sereno.sim import Picture, SeiStamp, SimConfig, SimServer, demo_cameras, read_sei

from .camera import PASSWORD, USER, Told, ffmpeg_says
from .recording import recording, samples_of

SMALL = Picture(160, 90, 100_000)


def stamp_of(sample: bytes) -> SeiStamp:
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        if (stamp := read_sei(sample[at + 4 : at + 4 + size])) is not None:
            return stamp
        at += 4 + size
    raise AssertionError("a picture without a stamp")


async def test_every_picture_is_there_once_and_at_its_time(tmp_path: Path, told: Told) -> None:
    config = SimConfig(
        cache_dir=tmp_path / "cache",
        cameras=demo_cameras(1),
        user=USER,
        password=PASSWORD,
        main=SMALL,
        sub=SMALL,
        loop_seconds=2,
        key_seconds=0.4,
    )
    footage = tmp_path / "footage"
    async with SimServer(config) as server:
        task = StreamTask.model_validate(
            {
                "camera_id": uuid4(),
                "stream": "main",
                "address": server.address(1),
                "username": USER,
                "password": PASSWORD,
                "footage_dir": str(footage),
                "segment_seconds": 1,
            }
        )
        async with recording(task, told):
            await told.wait(FragmentWritten, 12)

    paths = [footage / event.path for event in told.all(SegmentOpened)]
    assert len(paths) > 1
    stamps = [stamp_of(sample) for path in paths for sample in samples_of(path)]
    numbers = [stamp.frame_number for stamp in stamps]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    # The first report of the camera's clock may come after the first picture.
    assert abs(told.all(RunStarted)[0].at_us - stamps[0].utc_us) < 100_000
    for path in paths:
        contents = read_segment(path)
        frames, seconds, complaints = ffmpeg_says(path)
        assert complaints == ""
        assert frames == round(seconds * 25) == len(samples_of(path))
        assert abs(contents.start_us - stamp_of(samples_of(path)[0]).utc_us) < 100_000
