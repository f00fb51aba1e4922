"""Pictures are found in whatever form they come."""

from __future__ import annotations

import pytest

from sereno.drivers.jpeg import jpeg_in

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
HEAD = b"--b\r\nContent-Type: image/jpeg\r\n\r\n"


@pytest.mark.parametrize("body", [JPEG, HEAD + JPEG + b"\r\n--b--", b"\r\n" + HEAD + JPEG])
def test_a_picture_is_found_alone_and_in_parts(body: bytes) -> None:
    assert jpeg_in(body) == JPEG


def test_a_picture_that_is_all_there_is_goes_out_as_it_came() -> None:
    assert jpeg_in(JPEG + b"\0\0") == JPEG + b"\0\0"


@pytest.mark.parametrize("body", [b"", b"<html>", b"<x>" + JPEG, HEAD, HEAD + JPEG[:9]])
def test_what_is_no_picture_is_none(body: bytes) -> None:
    assert jpeg_in(body) is None
