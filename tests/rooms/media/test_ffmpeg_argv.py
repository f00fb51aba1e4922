"""What ffmpeg is told, without ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from sereno.media.contract import StreamTask
from sereno.media.faults import StreamFault
from sereno.media.ffmpeg.argv import Invocation, Plan, invocation, shown, transport_name


def told(address: str, transport: str = "auto", plan: Plan | None = None) -> Invocation:
    task = StreamTask.model_validate(
        {
            "camera_id": UUID(int=1), "stream": "main", "address": address, "username": "an'na",
            "password": "p@ss\nw'ord", "footage_dir": "/",
        }
    )  # fmt: skip
    return invocation(task, transport, plan or Plan(), 10, "/etc/a b.pem")


def script(address: str, transport: str = "auto") -> list[str]:
    return told(address, transport).script.decode().splitlines()


def test_credentials_are_in_the_script_alone() -> None:
    made = told("rtsp://camera/1?a=b")
    assert b"'rtsp://an%27na:p%40ss%0Aw%27ord@camera/1?a=b'" in made.script
    command = shown("ffmpeg", made, "p@ss\nw'ord")
    for text in (repr(made), command):
        assert "p%40ss" not in text
        assert "p@ss" not in text
        assert "anna" not in text.replace("%27", "")
    assert "file 'rtsp://***@camera/1?a=b'\n" in command


def test_the_command_can_be_pasted(tmp_path: Path) -> None:
    """A program in ffmpeg's place tells what it is given."""
    program = tmp_path / "a program"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"; cat\n')
    program.chmod(0o755)
    for address in ("rtsp://camera/1", "v4l2:///dev/video0"):
        made = told(address)
        script = made.script.replace(b"an%27na:p%40ss%0Aw%27ord@", b"***@")
        given = subprocess.run(
            ["sh", "-c", shown(str(program), made)], stdin=subprocess.DEVNULL,
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert given == "\n".join(made.arguments).encode() + b"\n" + script


@pytest.mark.parametrize(
    ("address", "transport", "options", "name"),
    [
        ("rtsp://c/1", "auto", {"timeout": "10000000", "rtsp_transport": "tcp"}, "tcp"),
        ("rtsp://c/1", "udp", {"timeout": "10000000", "rtsp_transport": "udp"}, "udp"),
        ("rtsp://c/1", "multicast", {"rtsp_transport": "udp_multicast"}, "multicast"),
        ("rtsps://c/1", "udp", {"tls_verify": "1", "verifyhost": "c"}, "tls"),
        ("https://c/1", "auto", {"tls_verify": "1", "ca_file": "/etc/a b.pem"}, "http"),
        ("http://c/1", "auto", {"timeout": "10000000"}, "http"),
        ("rtmp://c/1", "auto", {"rw_timeout": "10000000"}, "rtmp"),
    ],
)
def test_options_of_each_kind_of_address(
    address: str, transport: str, options: dict[str, str], name: str
) -> None:
    lines = script(address, transport)
    for key, value in options.items():
        assert f"option {key} '{value}'" in lines
    assert transport_name(address, transport) == name
    assert ("option timeout" in "".join(lines)) is (name != "rtmp")


def test_a_usb_camera_needs_no_script() -> None:
    made = told("v4l2:///dev/video0")
    assert made.script == b""
    assert made.arguments[made.arguments.index("-i") + 1] == "/dev/video0"
    assert transport_name("v4l2:///dev/video0", "auto") == "device"


def test_nothing_in_an_address_ends_its_line() -> None:
    lines = script("rtsp://camera/a'b\x00c d\u00e9")
    assert lines[1] == r"file 'rtsp://an%27na:p%40ss%0Aw%27ord@camera/a'\''b%00c%20d%C3%A9'"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "concat:a", "rtsp://", "x", "http://["])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(StreamFault, match="garbled"):
        told(address)


def test_plans() -> None:
    assert "aac" in told("rtsp://c/1", plan=Plan(sound="encode")).arguments
    assert "0:a:0?" not in told("rtsp://c/1", plan=Plan(sound="none")).arguments
    assert "libx264" in told("rtsp://c/1", plan=Plan(encodes_video=True)).arguments
    assert "libx264" not in told("rtsp://c/1").arguments
