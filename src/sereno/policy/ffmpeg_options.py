"""Which of ffmpeg's options people may add, and why not others.

What is not listed as allowed is refused; of those that people are likely to try, the reason is
said. Names and meanings: ffmpeg's own documentation (ffmpeg, ffmpeg-formats, ffmpeg-protocols,
ffmpeg-codecs), versions 5 to 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sereno.base.errors import Words

Place = Literal["source", "before", "after"]


@dataclass(frozen=True, slots=True)
class FfmpegOption:
    """One that may be given: where it stands, and the form (regular expression) of its value."""

    place: Place
    form: str
    example: str


_NUMBER = r"-?[0-9]{1,10}"
_SECONDS_US = r"[0-9]{6,9}"  # from a tenth of a second to a quarter of an hour
_YES_NO = r"[01]"
_RATE = r"[0-9]{1,9}[kKM]?"


def _flags(*names: str) -> str:
    one = "|".join(names)
    return rf"[+-]?(?:{one})(?:[+-](?:{one}))*"


ALLOWED: dict[str, FfmpegOption] = {
    # How long to wait, and how much to look at before beginning.
    "timeout": FfmpegOption("source", _SECONDS_US, "10000000"),
    "rw_timeout": FfmpegOption("source", _SECONDS_US, "10000000"),
    "analyzeduration": FfmpegOption("source", _NUMBER, "2000000"),
    "probesize": FfmpegOption("source", _NUMBER, "500000"),
    "fpsprobesize": FfmpegOption("source", _NUMBER, "0"),
    "max_delay": FfmpegOption("source", _NUMBER, "500000"),
    # What comes over the network.
    "reorder_queue_size": FfmpegOption("source", _NUMBER, "2000"),
    "buffer_size": FfmpegOption("source", _NUMBER, "2000000"),
    "fifo_size": FfmpegOption("source", _NUMBER, "100000"),
    "overrun_nonfatal": FfmpegOption("source", _YES_NO, "1"),
    "pkt_size": FfmpegOption("source", _NUMBER, "1316"),
    "min_port": FfmpegOption("source", r"[0-9]{4,5}", "20000"),
    "max_port": FfmpegOption("source", r"[0-9]{4,5}", "30000"),
    "rtsp_flags": FfmpegOption("source", _flags("prefer_tcp", "filter_src"), "prefer_tcp"),
    "user_agent": FfmpegOption("source", r"[A-Za-z0-9 ._/()+;-]{1,100}", "LibVLC/3.0"),
    "multiple_requests": FfmpegOption("source", _YES_NO, "1"),
    "reconnect": FfmpegOption("source", _YES_NO, "1"),
    "reconnect_streamed": FfmpegOption("source", _YES_NO, "1"),
    "reconnect_on_network_error": FfmpegOption("source", _YES_NO, "1"),
    "reconnect_delay_max": FfmpegOption("source", r"[0-9]{1,3}", "5"),
    "live_start_index": FfmpegOption("source", _NUMBER, "-1"),
    # What to make of times and of damage.
    "fflags": FfmpegOption(
        "source",
        _flags("genpts", "igndts", "ignidx", "discardcorrupt", "nofillin", "sortdts"),
        "+genpts+discardcorrupt",
    ),
    "use_wallclock_as_timestamps": FfmpegOption("source", _YES_NO, "1"),
    "err_detect": FfmpegOption(
        "source", _flags("crccheck", "bitstream", "buffer", "careful", "ignore_err"), "ignore_err"
    ),
    "avioflags": FfmpegOption("source", "direct", "direct"),
    # Cameras on this machine.
    "input_format": FfmpegOption("source", r"[a-z0-9]{2,12}", "mjpeg"),
    "video_size": FfmpegOption("source", r"[0-9]{2,5}x[0-9]{2,5}", "1280x720"),
    "framerate": FfmpegOption("source", r"[0-9]{1,3}(?:/[0-9]{1,4})?", "25"),
    # ffmpeg itself, before the input.
    "thread_queue_size": FfmpegOption("before", r"[0-9]{1,5}", "512"),
    "flags": FfmpegOption("before", _flags("low_delay", "output_corrupt"), "low_delay"),
    # The output. What encodes counts only where video must be converted.
    "max_muxing_queue_size": FfmpegOption("after", r"[0-9]{1,6}", "1024"),
    "max_interleave_delta": FfmpegOption("after", r"[0-9]{1,9}", "500000"),
    "threads": FfmpegOption("after", r"[0-9]{1,2}", "2"),
    "preset": FfmpegOption(
        "after",
        "ultrafast|superfast|veryfast|faster|fast|medium|slow|slower|veryslow",
        "ultrafast",
    ),
    "tune": FfmpegOption("after", "zerolatency|film|stillimage", "zerolatency"),
    "crf": FfmpegOption("after", r"[0-9]{1,2}", "23"),
    "b:v": FfmpegOption("after", _RATE, "2M"),
    "maxrate": FfmpegOption("after", _RATE, "4M"),
    "bufsize": FfmpegOption("after", _RATE, "8M"),
    "b:a": FfmpegOption("after", _RATE, "64k"),
}

_OWN = Words(
    "Sereno sets it itself, and footage depends on it.",
    "Sereno la pone por sí mismo y la grabación depende de ella.",
)
_FILES = Words(
    "It reads or writes files or addresses of its own.",
    "Lee o escribe archivos o direcciones por su cuenta.",
)
_LOGIN = Words(
    "It could carry a password. Use the camera's own fields for user and password.",
    "Podría llevar una contraseña. Use los campos de usuario y contraseña de la cámara.",
)
_FILTERS = Words(
    "Filters can read other files and addresses, and recordings are copied, not changed.",
    "Los filtros pueden leer otros archivos y direcciones, y lo grabado se copia sin cambios.",
)
LOSES_START = Words(
    "It loses the beginning of the video.",
    "Hace perder el comienzo del vídeo.",
)


def _knob(name: str) -> Words:
    return Words(f"Use the knob {name} instead.", f"Use en su lugar el ajuste {name}.")


WHY_NOT: dict[str, Words] = {
    **dict.fromkeys(
        ("i", "y", "n", "f", "c", "codec", "vcodec", "acodec", "scodec", "map", "vn", "dn", "t",
         "to", "ss", "sseof", "re", "readrate", "stream_loop", "copyts", "start_at_zero",
         "itsoffset", "itsscale", "vsync", "fps_mode", "enc_time_base", "video_track_timescale",
         "movflags", "frag_duration", "flush_packets", "avoid_negative_ts", "use_editlist", "bsf",
         "tag", "vtag", "shortest", "fs", "hide_banner", "loglevel", "v", "nostdin", "stdin",
         "xerror", "abort_on", "allowed_media_types", "ignore_unknown", "disposition", "metadata"),
        _OWN,
    ),
    **dict.fromkeys(
        ("protocol_whitelist", "protocol_blacklist", "format_whitelist", "codec_whitelist",
         "progress", "report", "dump", "hex", "dump_attachment", "attach", "vstats", "vstats_file",
         "sdp_file", "pass", "passlogfile", "init_hw_device", "filter_hw_device", "pre", "vpre",
         "fpre", "safe", "listen", "listen_timeout", "stats_enc_pre", "stats_mux_pre", "ca_file",
         "cafile", "cert", "cert_file", "key", "key_file", "tls_verify", "verify", "http_proxy"),
        _FILES,
    ),
    **dict.fromkeys(
        ("headers", "cookies", "auth_type", "rtmp_playpath", "rtmp_conn", "decryption_key",
         "decryption_keys", "cryptokey", "passphrase", "username", "password", "user", "referer"),
        _LOGIN,
    ),
    **dict.fromkeys(
        ("filter", "vf", "af", "filter_complex", "lavfi", "filter_script", "filter_complex_script",
         "s", "aspect", "pix_fmt", "vframes", "frames"),
        _FILTERS,
    ),
    "rtsp_transport": _knob("rtsp_transport"),
    **dict.fromkeys(("hwaccel", "hwaccel_output_format"), _knob("hwaccel")),
    "hwaccel_device": _knob("gpu_index / device"),
    "r": _knob("fps"),
    **dict.fromkeys(("an", "ac", "ar"), _knob("records_sound")),
}  # fmt: skip
