"""What was measured, judged; pure."""

from __future__ import annotations

from sereno.media.contract import Sibling
from sereno.media.diagnosis.findings import Judged
from sereno.media.diagnosis.gauge import Gauge
from sereno.media.formats import VideoFormat
from sereno.media.timing import clock_fault, duration_in_words
from sereno.policy.reasons import Reason

LONG_SECONDS = 4.0
"""Between key frames; more makes live view slow to start, and a break expensive."""

VARIED_RATIO = 1.5
_CODECS = {b"avc1": "H.264", b"hvc1": "H.265"}


def judge_key_interval(intervals: list[float], watched_seconds: float) -> Judged:
    """`intervals` are seconds between key frames; none: there was one key frame only."""
    if not intervals:
        seconds = f"{watched_seconds:.0f}"
        return _warning(f"> {seconds} s", Reason("key_interval_unknown", {"seconds": seconds}))
    shortest, longest = min(intervals), max(intervals)
    is_varied = longest > shortest * VARIED_RATIO
    saw = f"{shortest:.1f}–{longest:.1f} s" if is_varied else f"{_middle(intervals):.1f} s"
    if longest <= LONG_SECONDS:
        return Judged(saw=saw)
    key = "key_interval_varies" if is_varied else "key_interval_long"
    return _warning(saw, Reason(key, {"seconds": f"{longest:.0f}"}))


def judge_picture(gauge: Gauge, stream: str, sibling: Sibling | None) -> Judged:
    """The format of the pictures, and whether main and sub were exchanged."""
    video = gauge.video
    if video is None:
        return Judged()
    advice = [reason for reason in gauge.notices if reason.key == "video_converted"]
    if gauge.has_b_frames:
        advice.append(Reason("b_frames"))
    if sibling is not None and _is_exchanged(video, stream, sibling):
        advice.append(Reason("sub_exceeds_main"))
    seen = [_CODECS.get(video.entry, video.codec), f"{video.width}×{video.height}"]
    if fps := gauge.fps or video.fps:
        seen.append(f"{fps:.1f}".removesuffix(".0") + " fps")
    return _judged(" ".join(seen), advice)


def _is_exchanged(video: VideoFormat, stream: str, sibling: Sibling) -> bool:
    own, other = video.width * video.height, sibling.width * sibling.height
    return own > other > 0 if stream == "sub" else other > own > 0


def judge_delivery(gauge: Gauge, watched_seconds: float) -> Judged:
    """How much came, and what was lost."""
    seen = [f"{gauge.bitrate_bps / 1e6:.2f} Mbit/s"] if gauge.bitrate_bps else []
    if not gauge.lost_count:
        return Judged(saw=", ".join(seen))
    seconds = f"{max(watched_seconds, 1):.0f}"
    lost = Reason("losses_seen", {"count": str(gauge.lost_count), "seconds": seconds})
    return _warning(", ".join([*seen, f"−{gauge.lost_count}"]), lost)


def judge_sound(gauge: Gauge, *, is_wanted: bool) -> Judged:
    """Which sound there is, and whether it can be kept."""
    if not is_wanted:
        return Judged("skipped")
    dropped = [reason for reason in gauge.notices if reason.key == "sound_dropped"]
    if dropped:
        return _judged(dropped[0].params.get("codec", ""), dropped)
    if gauge.sound_converted:
        return Judged(saw=f"{gauge.sound_converted} → AAC")
    if (sound := gauge.sound_kept) is not None:
        channels = f" ×{sound.channels}" if sound.channels > 1 else ""
        return Judged(saw=f"AAC {sound.rate / 1000:g} kHz{channels}")
    return Judged(saw="–")


def judge_clock(offsets: list[float]) -> Judged:
    """`offsets`: how far the camera's clock was ahead of ours with each of its reports."""
    if not offsets:
        return _warning("–", Reason("no_rtcp"))
    offset = _middle(offsets)
    sign = "" if abs(offset) < 0.05 else "−" if offset < 0 else "+"
    saw = f"{sign}{duration_in_words(abs(offset))}"
    wrong = clock_fault(offset)
    return Judged(saw=saw) if wrong is None else _warning(saw, wrong)


def _middle(values: list[float]) -> float:
    """The one in the middle, of at least one."""
    return sorted(values)[len(values) // 2]


def _judged(saw: str, advice: list[Reason]) -> Judged:
    return Judged("warning" if advice else "ok", saw, tuple(advice))


def _warning(saw: str, advice: Reason) -> Judged:
    return Judged("warning", saw, (advice,))
