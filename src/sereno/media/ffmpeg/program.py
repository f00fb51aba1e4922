"""Which ffmpeg is started."""

from __future__ import annotations

import os
import shutil
import ssl

import imageio_ffmpeg  # type: ignore[import-untyped]

from sereno.media.faults import fault
from sereno.media.rtsp.tls import CA_FILE_VARIABLE

PATH_VARIABLE = "SERENO_FFMPEG"
"""Path or name of the ffmpeg to use, version 5 or later, instead of the one that comes along."""


def ffmpeg_path() -> str:
    """The program to start. Raises StreamFault `ffmpeg_missing`."""
    wanted = os.environ.get(PATH_VARIABLE, "")
    if wanted:
        path = shutil.which(wanted)
        if path is None:
            raise fault("ffmpeg_missing", f"{PATH_VARIABLE}={wanted}")
        return path
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise fault("ffmpeg_missing", str(error)) from None


def ca_file() -> str:
    """The certificates that cameras are checked against: the site's own, or the system's."""
    return os.environ.get(CA_FILE_VARIABLE) or ssl.get_default_verify_paths().cafile or ""
