"""Settings come from three places, and a wrong one is named before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sereno.base.errors import Invalid
from sereno.box.example import example
from sereno.box.settings import load_settings
from sereno.box.volumes import VolumeSetting

ROOT = Path(__file__).resolve().parents[3]


def test_the_example_says_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example()


def test_the_example_as_it_is_sets_nothing(tmp_path: Path) -> None:
    env_file = tmp_path / "example"
    env_file.write_text(example(), encoding="utf-8")
    assert load_settings(env_file) == load_settings(tmp_path / "none")


def test_who_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / ".env").write_text("SERENO_PORT=1001\nSERENO_LOG_LEVEL=debug\n")
    Path(".env").write_text(f"SERENO_PORT=1002\nSERENO_DATA={data}\n")
    assert (load_settings().port, load_settings().log_level) == (1002, "debug")
    monkeypatch.setenv("SERENO_PORT", "1003")
    assert load_settings().port == 1003
    assert load_settings(port=1004).port == 1004


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SERENO_PORT", "many", "a whole number from 1 to 65535"),
        ("SERENO_PORT", "70000", "a whole number from 1 to 65535"),
        ("SERENO_TIME_ZONE", "Mars/Olympus", "a time zone such as"),
        ("SERENO_TIME_ZONE", "../etc/passwd", "a time zone such as"),
        ("SERENO_LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("SERENO_TLS_CERT", "/nowhere", "a file that can be read"),
        ("SERENO_HUB_URL", "ftp://x", "a web address"),
        ("SERENO_WHEP_SESSIONS", "-1", "a whole number from 0 to 200"),
        ("SERENO_ICE_SERVERS", "stun:ok:3478,http://x", "addresses such as stun:host:3478"),
        ("SERENO_ICE_SERVERS", "turn:name:word@host", "addresses such as stun:host:3478"),
        ("SERENO_ICE_SERVERS", "turns:host?transport=udp", "addresses such as stun:host:3478"),
        ("SERENO_ICE_PORTS", "40000", "a range within 1024-65535"),
        ("SERENO_ICE_PORTS", "40010-40000", "a range within 1024-65535"),
        ("SERENO_ICE_PORTS", "80-90", "a range within 1024-65535"),
        ("SERENO_ICE_PUBLIC_ADDRESS", "example.org", "an IP address"),
    ],
)
def test_a_wrong_one_is_named(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Invalid) as caught:
        load_settings()
    assert f"{name} is “{value}”, but it must be {told}" in caught.value.words.en
    assert f"{name} es «{value}», pero debe ser" in caught.value.words.es


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERENO_FERNET_KEY", "hunter2"),
        ("SERENO_DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("SERENO_ICE_CREDENTIAL", "hunter2ñ"),
    ],
)
def test_a_wrong_secret_is_not_repeated(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Invalid, match=name) as caught:
        load_settings()
    assert "hunter2" not in "".join(caught.value.words)


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cert").touch()
    with pytest.raises(Invalid, match="belong together"):
        load_settings(tls_cert=tmp_path / "cert")


def test_the_old_name_of_the_key_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = f"{Fernet.generate_key().decode()}, {Fernet.generate_key().decode()}"
    monkeypatch.setenv("FERNET_KEY", keys)
    found = load_settings().fernet_key
    assert found is not None
    assert found.get_secret_value() == keys.replace(" ", "")


@pytest.mark.parametrize(
    ("listen", "is_tls", "local_url"),
    [
        ("127.0.0.1", False, "http://127.0.0.1:8080"),
        ("localhost", False, "http://localhost:8080"),
        ("::1", False, "http://[::1]:8080"),
        ("[::1]", False, "http://[::1]:8080"),
        ("0.0.0.0", True, "https://127.0.0.1:8080"),  # noqa: S104
        ("::", True, "https://[::1]:8080"),
        ("192.0.2.7", True, "https://192.0.2.7:8080"),
    ],
)
def test_only_loopback_goes_without_tls(listen: str, is_tls: bool, local_url: str) -> None:
    settings = load_settings(listen=listen)
    assert (settings.is_tls, settings.local_url) == (is_tls, local_url)


def test_names_that_browsers_may_use() -> None:
    assert "*" not in load_settings().host_names
    assert load_settings(listen="::").host_names == ("*",)
    named = load_settings(listen="::", allowed_hosts="a.example, b.example")
    assert named.host_names[-2:] == ("a.example", "b.example")
    assert named.public_url == "https://a.example:8080"


def test_volumes_are_folders_in_order_each_perhaps_with_a_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SERENO_VOLUMES", "/mnt/a, /mnt/b=4TB,/mnt/c=d=1GiB")
    assert load_settings().footage_volumes == (
        VolumeSetting(Path("/mnt/a")),
        VolumeSetting(Path("/mnt/b"), 4 * 10**12),
        VolumeSetting(Path("/mnt/c=d"), 2**30),
    )
    monkeypatch.delenv("SERENO_VOLUMES")
    settings = load_settings(data=tmp_path)
    assert settings.footage_volumes == (VolumeSetting(tmp_path / "footage"),)


@pytest.mark.parametrize("value", ["mnt/a", "/mnt/a=lots", "/mnt/a,/mnt/a"])
def test_volumes_that_make_no_sense_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SERENO_VOLUMES", value)
    with pytest.raises(Invalid, match="SERENO_VOLUMES"):
        load_settings()


def test_a_turn_server_needs_a_name_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERENO_ICE_SERVERS", "stun:a.example, turn:b.example:3478?transport=tcp")
    for name in ("ICE_USERNAME", "ICE_CREDENTIAL"):
        with pytest.raises(Invalid, match="SERENO_ICE_USERNAME and SERENO_ICE_CREDENTIAL"):
            load_settings()
        monkeypatch.setenv(f"SERENO_{name}", "hunter2")
    settings = load_settings()
    assert settings.ice_servers == ("stun:a.example", "turn:b.example:3478?transport=tcp")
    assert settings.ice_credential is not None
    assert settings.ice_credential.get_secret_value() == "hunter2"
    assert "SecretStr('hunter2')" not in repr(settings)


def test_ports_for_webrtc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERENO_ICE_PORTS", "40000 - 40100")
    assert load_settings().ice_ports == (40000, 40100)


@pytest.mark.parametrize(
    ("given", "addresses"),
    [
        ({}, ("127.0.0.1",)),
        ({"listen": "::1"}, ("::1",)),
        ({"listen": "0.0.0.0"}, ()),  # noqa: S104
        ({"listen": "::"}, ()),
        ({"hub_url": "https://hub.example"}, ()),
    ],
)
def test_webrtc_is_sent_from_where_the_port_listens(
    given: dict[str, str], addresses: tuple[str, ...]
) -> None:
    assert load_settings(**given).ice_addresses == addresses
