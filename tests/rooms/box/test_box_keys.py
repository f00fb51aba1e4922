"""Keys are changed without a moment in which something could not be read."""

from __future__ import annotations

import os

import pytest
from cryptography.fernet import Fernet, InvalidToken

from sereno.base.errors import Conflict
from sereno.box.address import write_address
from sereno.box.keys import add_key, check_keys_are_in_use, keep_first_key, reseal_orders
from sereno.box.paths import DataDir
from sereno.box.secrets import fernet
from sereno.box.settings import Settings, load_settings


def test_a_new_key_comes_first_and_may_stay_alone(data: DataDir, settings: Settings) -> None:
    old = fernet(settings).encrypt(b"x")
    add_key(settings)
    both = fernet(settings)
    new = both.encrypt(b"y")
    assert (both.decrypt(old), data.fernet_key.stat().st_mode & 0o777) == (b"x", 0o600)
    data.orders.write_bytes(old)
    reseal_orders(settings)
    keep_first_key(settings)
    alone = fernet(settings)
    assert (alone.decrypt(new), alone.decrypt(data.orders.read_bytes())) == (b"y", b"x")
    with pytest.raises(InvalidToken):
        alone.decrypt(old)


def test_keys_of_a_setting_are_changed_there(data: DataDir) -> None:
    given = load_settings(data=data.root, fernet_key=Fernet.generate_key().decode())
    for change in (add_key, keep_first_key):
        with pytest.raises(Conflict, match="SERENO_FERNET_KEY"):
            change(given)


def test_a_box_that_runs_with_the_old_keys_is_restarted_first(
    data: DataDir, settings: Settings
) -> None:
    check_keys_are_in_use(settings)
    write_address(settings)
    add_key(settings)
    later = data.address_file.stat().st_mtime + 1
    os.utime(data.fernet_key, (later, later))
    with pytest.raises(Conflict, match="Restart"):
        check_keys_are_in_use(settings)
    os.utime(data.address_file, (later + 1, later + 1))
    check_keys_are_in_use(settings)
