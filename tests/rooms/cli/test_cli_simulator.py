"""`sereno sim` as a person uses it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from sereno.sim import QUIRKS
from sereno.sim.dahua import DAHUA_QUIRKS
from sereno.sim.hikvision import HIKVISION_QUIRKS
from sereno.sim.onvif import ONVIF_QUIRKS

SERENO = str(Path(sys.executable).with_name("sereno"))


async def sereno(*arguments: str, language: str = "C.UTF-8") -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        SERENO, *arguments,
        env={**os.environ, "LANG": language, "LC_ALL": language},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, complaints = await process.communicate()
    return process.returncode, out.decode(), complaints.decode()


async def test_all_quirks_are_listed_in_both_languages() -> None:
    for language, place in (("C.UTF-8", "en"), ("es_ES.UTF-8", "es")):
        status, out, _ = await sereno("sim", "quirks", language=language)
        assert status == 0
        recorders = (HIKVISION_QUIRKS, DAHUA_QUIRKS, ONVIF_QUIRKS)
        for quirk in (each for quirks in (QUIRKS, *recorders) for each in quirks.values()):
            assert re.search(rf"^{re.escape(quirk.name)}\b", out, re.MULTILINE)
            assert getattr(quirk.words, place) in out
    status, out, _ = await sereno("sim", "quirks", "--json")
    told = json.loads(out)["quirks"]
    lists = {
        "cameras": QUIRKS, "hikvision": HIKVISION_QUIRKS, "dahua": DAHUA_QUIRKS,
        "onvif": ONVIF_QUIRKS,
    }  # fmt: skip
    for device, quirks in lists.items():
        assert [each["name"] for each in told if each["of"] == device] == list(quirks)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--quirk", "moonlight"), "moonlight"),
        (("--answer", "DESCRIBE"), "METHOD=STATUS"),
        (("--answer", "DESCRIBE=9999"), "599"),
        (("--codec", "vp9"), "vp9"),
    ],
)
async def test_what_makes_no_sense_is_said(wrong: tuple[str, str], said: str) -> None:
    status, out, complaints = await sereno("sim", "cameras", *wrong)
    assert (status, out) == (2, "")
    assert said in complaints


async def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, complaints = await sereno("sim", "cameras", "--port", port)
    assert status == 1
    assert complaints.startswith(f"Port {port} is in use by another program.")


async def test_cameras_are_as_they_were_asked_for(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        SERENO, "sim", "cameras", "--count", "1", "--small", "--codec", "h265", "--sound", "aac",
        "--b-frames", "2", "--tls", "--quirk", "cached-gop", "--answer", "PAUSE=551", "--json",
        env={**os.environ, "SERENO_DATA": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(110):
            (camera,) = json.loads(await process.stdout.readline())["cameras"]
            player = await asyncio.create_subprocess_exec(
                imageio_ffmpeg.get_ffmpeg_exe(), "-ca_file", camera["certificate"],
                "-tls_verify", "1", "-i", camera["main"], "-t", "0.5", "-f", "null", "-",
                stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            _, said = await player.communicate()
    finally:
        process.terminate()
        _, told = await process.communicate()
    seen = said.decode()
    assert re.search(r"Video: hevc.*320x180", seen)
    assert re.search(r"Audio: aac.*16000 Hz, mono", seen)
    assert b"entrance, 320\xc3\x97180, h265" in told


@pytest.mark.parametrize(
    ("maker", "path", "said"),
    [
        ("hikvision", "/ISAPI/System/deviceInfo", "<serialNumber>S-1</serialNumber>"),
        ("dahua", "/cgi-bin/magicBox.cgi?action=getSerialNo", "sn=S-1"),
        ("onvif", "/", "Web client"),
    ],
)
async def test_a_recorder_serves_until_it_is_told_to_stop(
    tmp_path: Path, maker: str, path: str, said: str
) -> None:
    environment = {
        **os.environ,
        "SERENO_DATA": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "SERENO_SIM_PASSWORD": "s3cret word",
    }
    process = await asyncio.create_subprocess_exec(
        SERENO, "sim", maker, "--channels", "1", "--small", "--user", "operator",
        "--serial", "S-1", "--quirk", "serial-swap=9", "--json", env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(110):
            recorder = json.loads(await process.stdout.readline())["recorder"]
            assert recorder["serial"] == "S-1"
            url = f"http://{recorder['host']}:{recorder['port']}{path}"
            auth = httpx.DigestAuth("operator", "s3cret word")
            async with httpx.AsyncClient(auth=auth, timeout=60) as http:
                assert said in (await http.get(url)).text
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_recorder_without_a_password_is_refused() -> None:
    status, _, complaints = await sereno("sim", "hikvision")
    assert status == 2
    assert "SERENO_SIM_PASSWORD" in complaints


async def test_a_recorder_of_each_kind_is_served_together(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        SERENO, "sim", "recorders", "--json",
        env={
            **os.environ, "SERENO_DATA": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path),
            "SERENO_SIM_PASSWORD": "s3cret word",
        },
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            told = json.loads(await process.stdout.readline())["recorders"]
            async with httpx.AsyncClient(timeout=60) as http:
                for recorder in told:
                    url = f"http://{recorder['host']}:{recorder['port']}/"
                    assert (await http.get(url)).status_code in (200, 401)
    finally:
        process.terminate()
        await process.communicate()
    assert [each["vendor"] for each in told] == ["hikvision", "dahua", "onvif"]
    assert [each["name"] for each in told] == ["Recorder 1", "Recorder 2", "Recorder 3"]
