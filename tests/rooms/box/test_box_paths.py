"""A data folder that cannot be used is refused in words, before anything is in it."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sereno.base.errors import Conflict, Forbidden, Garbled, Invalid, Unavailable
from sereno.box import paths
from sereno.box.folder import hold, open_folder
from sereno.box.paths import LONGEST_SOCKET_PATH_BYTES, DataDir, default_root
from sereno.box.version import FORMATS, check_version, read_version, write_version


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_in_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "deep" / "data")
    open_folder(data)
    assert mode_of(data.root) == 0o700
    assert {mode_of(path) for path in data.folders} == {0o700}
    assert {mode_of(path) for path in data.secrets.iterdir()} == {0o600}


def test_where_it_lies_when_nobody_says() -> None:
    assert default_root({"SERENO_DATA": "/srv/x"}, is_root=True) == Path("/srv/x")
    assert default_root({}, is_root=True) == Path("/var/lib/sereno")
    assert default_root({}, is_root=False).name == "sereno"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Invalid, match="not a folder"):
        DataDir(file).prepare()


def test_a_folder_in_other_use_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(Invalid, match="not a Sereno data folder"):
        DataDir(tmp_path).prepare()
    assert mode_of(tmp_path) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_settings_may_lie_there_beforehand(tmp_path: Path) -> None:
    (tmp_path / ".env").touch()
    DataDir(tmp_path).prepare()
    DataDir(tmp_path).prepare()


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    root = Path("/")
    if os.geteuid() == 0:
        root = tmp_path / "theirs"
        root.mkdir()
        os.chown(root, 12345, -1)
    with pytest.raises(Forbidden, match="belongs to another user"):
        DataDir(root).prepare()


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder of ours that we may not write; root, who may always, becomes somebody else."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o500)
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        folder.rmdir()


def test_an_unwritable_folder_is_refused(read_only: Path) -> None:
    with pytest.raises(Forbidden, match=r"cannot be written \(permission denied\)"):
        DataDir(read_only).prepare()
    with pytest.raises(Forbidden, match=r"cannot be written \(permission denied\)"):
        DataDir(read_only / "new").prepare()


def test_a_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "NEEDED_FREE_BYTES", 10**18)
    with pytest.raises(Unavailable, match=r"disk of .* is full"):
        DataDir(tmp_path / "data").prepare()


def test_long_paths_get_a_short_private_folder_for_sockets(tmp_path: Path) -> None:
    data = DataDir(tmp_path / ("x" * 100))
    data.prepare()
    try:
        assert len(os.fsencode(data.hub_socket)) <= LONGEST_SOCKET_PATH_BYTES
        assert mode_of(data.sockets) == 0o700
        data.sockets.chmod(0o755)
        with pytest.raises(Conflict, match="not private"):
            data.prepare()
    finally:
        data.sockets.rmdir()


def test_only_one_holds_it(data: DataDir) -> None:
    with (
        hold(data),
        pytest.raises(Conflict, match="already runs with the data folder"),
        hold(data),
    ):
        pass
    with hold(data):
        pass


def test_a_new_folder_says_what_is_in_it(data: DataDir) -> None:
    found = read_version(data)
    assert found is not None
    assert found.formats == FORMATS


def test_a_folder_of_a_newer_sereno_is_refused(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("sereno.box.version.FORMATS", {**FORMATS, "segment": 2})
        write_version(data)
        check_version(data)
    with pytest.raises(Conflict, match="newer Sereno"):
        open_folder(data)


def test_a_garbled_version_is_not_guessed_at(data: DataDir) -> None:
    data.version_file.write_text("{")
    with pytest.raises(Garbled, match="cannot be understood"):
        open_folder(data)
