"""What the settings say of WebRTC's connections, for the helper and for players."""

from __future__ import annotations

from pydantic import SecretStr

from sereno.box.ice import PortRange
from sereno.box.settings import Settings
from sereno.media.whep.contract import TO_HELPER, IceSettings, packed
from sereno.node.whep import ice_links, ice_of

CREDENTIAL = 'a "quoted\\word'


def settings() -> Settings:
    return Settings(
        _env_file=None,
        hub_url="https://hub.example",
        ice_servers=("stun:a.example", "turn:b.example:3478?transport=tcp"),
        ice_username="sereno",
        ice_credential=SecretStr(CREDENTIAL),
        ice_ports=PortRange(40_000, 40_100),
        ice_public_address="203.0.113.9",
    )


def test_the_helper_is_told_all_and_nobody_else_the_credential() -> None:
    ice = ice_of(settings())
    assert ice.addresses == ()
    assert (ice.ports, ice.public_address) == ((40_000, 40_100), "203.0.113.9")
    assert CREDENTIAL not in repr(ice)
    assert CREDENTIAL not in ice.model_dump_json()
    sizes = 8
    assert TO_HELPER.validate_json(packed(ice)[sizes:]) == ice


def test_players_are_told_the_servers_as_the_draft_says() -> None:
    assert ice_links(ice_of(settings())) == (
        '<stun:a.example>; rel="ice-server", '
        '<turn:b.example:3478?transport=tcp>; rel="ice-server"; username="sereno"; '
        'credential="a \\"quoted\\\\word"; credential-type="password"'
    )
    assert ice_links(IceSettings()) == ""
