"""What is restored is what was backed up, or nothing."""

from __future__ import annotations

import io
import stat
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from sereno.base.errors import Conflict, Garbled, Invalid, Unavailable
from sereno.box import backup, sealing
from sereno.box.backup import (
    back_up,
    before_upgrade,
    is_encrypted,
    newest_backup_at,
    restore,
)
from sereno.box.database import served
from sereno.box.folder import hold
from sereno.box.settings import Settings, load_settings

PASSPHRASE = "doce y sereno"


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A box with something in it."""
    settings = load_settings(data=tmp_path_factory.mktemp("origin") / "data")
    with served(settings) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (name text PRIMARY KEY)")
        connection.execute("INSERT INTO kept VALUES ('niño')")
    settings.data_dir.node_token.write_text("node-token")
    settings.data_dir.env_file.write_text("SERENO_LOG_LEVEL=debug\n")
    return settings


@pytest.fixture(scope="module")
def packed(origin: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("packed") / "box.tar"
    back_up(origin, target)
    return target


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """A box that does not exist yet."""
    return load_settings(data=tmp_path / "fresh")


def is_untouched(settings: Settings) -> bool:
    return not settings.data.exists()


def test_a_round_trip(origin: Settings, fresh: Settings, tmp_path: Path) -> None:
    target = tmp_path / "box.sealed"
    began = datetime.now(UTC)
    back_up(origin, target, PASSPHRASE)
    made_at = newest_backup_at(origin.data_dir)
    assert made_at is not None
    assert abs(made_at - began) < timedelta(minutes=2)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert is_encrypted(target)
    assert [path.name for path in target.parent.iterdir()] == ["box.sealed"]
    restore(fresh, target, PASSPHRASE)
    old, new = origin.data_dir, fresh.data_dir
    for path in (old.fernet_key, old.database_password, old.node_token, old.env_file):
        copy = new.root / path.relative_to(old.root)
        assert copy.read_bytes() == path.read_bytes()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with served(fresh) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM kept").fetchall() == [("niño",)]


def test_a_box_that_is_there_is_never_overwritten(origin: Settings, packed: Path) -> None:
    with hold(origin.data_dir), pytest.raises(Conflict, match="not empty"):
        restore(origin, packed)
    assert origin.data_dir.node_token.read_text() == "node-token"


def test_a_wrong_passphrase_changes_nothing(fresh: Settings, packed: Path, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    with packed.open("rb") as plain, sealed.open("wb") as target:
        sealing.seal(plain, target, PASSPHRASE)
    with pytest.raises(Garbled, match="passphrase is wrong"):
        restore(fresh, sealed, "wrong")
    with pytest.raises(Invalid, match="SERENO_BACKUP_PASSPHRASE"):
        restore(fresh, sealed)
    assert is_untouched(fresh)


@pytest.mark.parametrize("member", ["manifest.json", "database.dump", "secrets/fernet.key"])
def test_a_damaged_backup_changes_nothing(
    member: str, fresh: Settings, packed: Path, tmp_path: Path
) -> None:
    content = bytearray(packed.read_bytes())
    with tarfile.open(packed) as tar:
        content[tar.getmember(member).offset_data] ^= 0xFF
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    with pytest.raises(Garbled, match="damaged"):
        restore(fresh, damaged)
    assert is_untouched(fresh)


def test_what_is_no_backup_changes_nothing(fresh: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("a letter")
    with pytest.raises(Garbled, match="damaged"):
        restore(fresh, other)
    with pytest.raises(Invalid, match="cannot be read"):
        restore(fresh, tmp_path / "nothing")
    assert is_untouched(fresh)


def test_nothing_is_written_outside_the_folder(fresh: Settings, tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    raw = b'{"format": 1, "members": {"../../x": {"size_bytes": 1, "sha256": ""}}}'
    with tarfile.open(evil, "w") as tar:
        for name, content in (("manifest.json", raw), ("../../x", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    with pytest.raises(Garbled, match="damaged"):
        restore(fresh, evil)


def test_a_restore_that_fails_half_way_leaves_nothing(
    fresh: Settings, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(program: str, arguments: list[str], url: str) -> None:
        raise Unavailable("database_not_copied", backup._TOOL_FAILED)

    monkeypatch.setattr(backup, "_run", fail)
    with pytest.raises(Unavailable):
        restore(fresh, packed)
    assert is_untouched(fresh)


@pytest.mark.parametrize(
    ("place", "why"), [("folder", "es una carpeta"), ("none/b.tar", "no existe")]
)
def test_an_unwritable_place_is_told(
    origin: Settings, tmp_path: Path, place: str, why: str
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unavailable) as refused:
        back_up(origin, tmp_path / place)
    assert why in refused.value.words.es
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_before_upgrades_only_the_newest_are_kept(
    origin: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "KEPT_BEFORE_UPGRADES", 2)
    folder = origin.data_dir.backups
    origin.data_dir.backup_mark.unlink(missing_ok=True)
    made = [before_upgrade(origin).rename(folder / f"before-{n}.tar") for n in range(3)]
    before_upgrade(origin)
    assert [path.exists() for path in made] == [False, False, True]
    assert newest_backup_at(origin.data_dir) is None, "a copy on the same disk is no backup"


@pytest.mark.parametrize("size", [0, 1, sealing.CHUNK_BYTES, sealing.CHUNK_BYTES * 2 + 1])
def test_sealed_streams_open_whole_or_not_at_all(size: int) -> None:
    sealed = io.BytesIO()
    sealing.seal(io.BytesIO(b"x" * size), sealed, PASSPHRASE)
    opened = io.BytesIO()
    sealing.unseal(io.BytesIO(sealed.getvalue()), opened, PASSPHRASE)
    assert opened.getvalue() == b"x" * size
    if size > sealing.CHUNK_BYTES:
        cut_off = sealed.getvalue()[: 39 + sealing.CHUNK_BYTES + 16]
        with pytest.raises(Garbled):
            sealing.unseal(io.BytesIO(cut_off), io.BytesIO(), PASSPHRASE)
