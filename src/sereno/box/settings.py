"""Settings: from the environment, from `.env` here, and from `.env` in the data folder.

The environment wins over the working directory's `.env`, which wins over the data folder's.
What cannot be understood is refused at the start, by the variable's name.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import tzlocal
from cryptography.fernet import Fernet
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sereno.base.errors import Invalid, Words
from sereno.box import explain
from sereno.box.ice import PortRange, parse_ports, parse_servers
from sereno.box.paths import DataDir, default_root
from sereno.box.volumes import VolumeSetting, parse_volumes

PREFIX = "SERENO_"
ENV_FILE = Path(".env")
_ANY_ADDRESS = frozenset(("0.0.0.0", "::"))  # noqa: S104
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

_REFUSED = Words(
    "{variable} is “{value}”, but it must be {must_be}. Correct it in the environment or in .env.",
    "{variable} es «{value}», pero debe ser {must_be}. Corríjala en el entorno o en .env.",
)
_REFUSED_SECRET = Words(
    "{variable} is not valid: it must be {must_be}. Correct it in the environment or in .env.",
    "{variable} no es válida: debe ser {must_be}. Corríjala en el entorno o en .env.",
)
_HALF_TURN = Words(
    "A TURN server in SERENO_ICE_SERVERS needs SERENO_ICE_USERNAME and SERENO_ICE_CREDENTIAL.",
    "Un servidor TURN en SERENO_ICE_SERVERS necesita SERENO_ICE_USERNAME y SERENO_ICE_CREDENTIAL.",
)
_HALF_TLS = Words(
    "SERENO_TLS_CERT and SERENO_TLS_KEY belong together. Set both or none.",
    "SERENO_TLS_CERT y SERENO_TLS_KEY van juntas. Ponga las dos o ninguna.",
)


def machine_zone() -> str:
    """The IANA name of this machine's time zone, UTC where it has none."""
    return tzlocal.get_localzone_name() or "UTC"


def _listen(text: str) -> str:
    address = text.strip("[]")
    try:
        socket.getaddrinfo(address, None)
    except OSError as error:
        raise ValueError("no such address") from error
    return address


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, OSError) as error:
        raise ValueError("no such zone") from error
    return text


def _database(secret: SecretStr) -> SecretStr:
    parts = urlsplit(secret.get_secret_value())
    is_address = parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/")
    if not is_address or parts.port == 0:  # reading it refuses one that is no number
        raise ValueError("no PostgreSQL address")
    return secret


def _hub(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError("no web address")
    return text.rstrip("/")


def _keys(secret: SecretStr) -> SecretStr:
    keys = [key.strip() for key in secret.get_secret_value().split(",")]
    for key in keys:
        Fernet(key)
    return SecretStr(",".join(keys))


def _file(path: Path) -> Path:
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError("cannot be read") from error
    return path.absolute()


def _names(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(name for part in value.split(",") if (name := part.strip()))


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text.strip("[]")))


def _plain(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("it travels in a header")
    return text


def _plain_secret(secret: SecretStr) -> SecretStr:
    return SecretStr(_plain(secret.get_secret_value()))


Plain = Annotated[str, AfterValidator(_plain)]
Port = Annotated[int, Field(ge=1, le=65535)]
Size = Annotated[ByteSize, Field(ge=0)]
ReadableFile = Annotated[Path, AfterValidator(_file)]


class Settings(BaseSettings):
    """Everything that can be set from outside. Make one with `load_settings`.

    The metadata of each field holds what people read about it (`sereno.box.explain`).
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_by_name=True,
        str_strip_whitespace=True,
    )

    data: Annotated[Path, AfterValidator(_absolute), explain.DATA] = Field(
        default_factory=lambda: default_root({}, is_root=os.geteuid() == 0)
    )
    port: Annotated[Port, explain.PORT] = 8080
    listen: Annotated[str, AfterValidator(_listen), explain.LISTEN] = "127.0.0.1"
    allowed_hosts: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_names), explain.ALLOWED_HOSTS
    ] = ()
    database_url: Annotated[
        Annotated[SecretStr, AfterValidator(_database)] | None, explain.DATABASE_URL
    ] = None
    time_zone: Annotated[str, AfterValidator(_zone), explain.TIME_ZONE] = Field(
        default_factory=machine_zone
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], explain.LOG_LEVEL] = "info"
    tls_cert: Annotated[ReadableFile | None, explain.TLS_CERT] = None
    tls_key: Annotated[ReadableFile | None, explain.TLS_KEY] = None
    fernet_key: Annotated[
        Annotated[SecretStr, AfterValidator(_keys)] | None, explain.FERNET_KEY
    ] = Field(default=None, validation_alias=AliasChoices("SERENO_FERNET_KEY", "FERNET_KEY"))
    hub_url: Annotated[Annotated[str, AfterValidator(_hub)] | None, explain.HUB_URL] = None
    hub_ca: Annotated[ReadableFile | None, explain.HUB_CA] = None
    volumes: Annotated[
        tuple[VolumeSetting, ...], NoDecode, BeforeValidator(parse_volumes), explain.VOLUMES
    ] = ()
    footage_limit: Annotated[Size | None, explain.FOOTAGE_LIMIT] = None
    volume_reserve: Annotated[Size | None, explain.VOLUME_RESERVE] = None
    camera_ca: Annotated[ReadableFile | None, explain.CAMERA_CA] = None
    ffmpeg: Annotated[ReadableFile | None, explain.FFMPEG] = None
    relays_per_node: Annotated[int, Field(ge=1, le=1000), explain.RELAYS_PER_NODE] = 64
    whep_sessions: Annotated[int, Field(ge=0, le=200), explain.WHEP_SESSIONS] = 16
    ice_servers: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(parse_servers), explain.ICE_SERVERS
    ] = ()
    ice_username: Annotated[Plain | None, explain.ICE_USERNAME] = None
    ice_credential: Annotated[
        Annotated[SecretStr, AfterValidator(_plain_secret)] | None, explain.ICE_CREDENTIAL
    ] = None
    ice_public_address: Annotated[
        Annotated[str, AfterValidator(_address)] | None, explain.ICE_PUBLIC_ADDRESS
    ] = None
    ice_ports: Annotated[
        PortRange | None, NoDecode, BeforeValidator(parse_ports), explain.ICE_PORTS
    ] = None
    alarm_after: Annotated[int, Field(ge=5, le=86400), explain.ALARM_AFTER] = 30
    enrolment_code: Annotated[SecretStr | None, explain.ENROLMENT_CODE] = None

    @property
    def data_dir(self) -> DataDir:
        return DataDir(self.data)

    @property
    def footage_volumes(self) -> tuple[VolumeSetting, ...]:
        """Where footage goes, in order of preference."""
        return self.volumes or (VolumeSetting(self.data_dir.footage),)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the port."""
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(self.listen, None)}
        return all(ipaddress.ip_address(address.split("%")[0]).is_loopback for address in found)

    @property
    def ice_addresses(self) -> tuple[str, ...]:
        """From which WebRTC is sent: where the port listens; empty: from all of the machine.

        A node that stands alone has no port, and viewers come from elsewhere.
        """
        if self.hub_url is not None or self.listen in _ANY_ADDRESS:
            return ()
        return (str(socket.getaddrinfo(self.listen, None)[0][4][0]).split("%")[0],)

    @property
    def is_tls(self) -> bool:
        """HTTPS wherever a network lies between, and wherever a certificate was given."""
        return not self.is_loopback or self.tls_cert is not None

    @property
    def ca_file(self) -> Path | None:
        """By what programs know the port's certificate; None: by the usual authorities."""
        if self.hub_ca or self.tls_cert or not self.is_tls:
            return self.hub_ca
        return self.data_dir.tls_certificate

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names that requests may be for; `*` is any."""
        if self.allowed_hosts:
            return (*_LOOPBACK_NAMES, *self.allowed_hosts)
        return _LOOPBACK_NAMES if self.is_loopback else ("*",)

    @property
    def local_url(self) -> str:
        """Where programs on this machine reach the port.

        With a certificate of one's own, that is the first of the allowed hosts, its name.
        """
        if self.tls_cert and self.allowed_hosts:
            return self._url(self.allowed_hosts[0])
        return self._url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.listen, self.listen))  # noqa: S104

    @property
    def public_url(self) -> str:
        """The address to show to people; a wildcard becomes this machine's name."""
        if self.allowed_hosts:
            return self._url(self.allowed_hosts[0])
        is_any = self.listen in {"0.0.0.0", "::"}  # noqa: S104
        return self._url(socket.gethostname() if is_any else self.listen)

    def _url(self, host: str) -> str:
        scheme = "https" if self.is_tls else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


def load_settings(env_file: Path = ENV_FILE, **given: Any) -> Settings:
    """The settings in force; `given` (from the command line) wins, None counts as not given.

    Raises Invalid naming the variable, what it is and what it must be.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        chosen["data"] = Settings(_env_file=env_file, **chosen).data
        settings = Settings(_env_file=(DataDir(chosen["data"]).env_file, env_file), **chosen)
    except ValidationError as error:
        raise _refusal(error) from None
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise Invalid("tls_half", _HALF_TLS, field="tls_key" if settings.tls_cert else "tls_cert")
    has_turn = any(uri.startswith("turn") for uri in settings.ice_servers)
    if has_turn and not (settings.ice_username and settings.ice_credential):
        missing = "ice_credential" if settings.ice_username else "ice_username"
        raise Invalid("turn_half", _HALF_TURN, field=missing)
    return settings


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def explained(field: str) -> explain.Explained:
    """What people read about a field."""
    found = Settings.model_fields[field].metadata
    return next(item for item in found if isinstance(item, explain.Explained))


def _refusal(error: ValidationError) -> Invalid:
    """The first mistake as one sentence. A secret's value is not repeated."""
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    field = name.removeprefix(PREFIX).lower()
    must_be = explained(field).must_be
    is_secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    refused = _REFUSED_SECRET if is_secret else _REFUSED
    said = {"variable": variable_of(field), "value": first["input"]}
    words = Words(
        refused.en.format(**said, must_be=must_be.en),
        refused.es.format(**said, must_be=must_be.es),
    )
    return Invalid("setting_refused", words, field=field)
