"""What a camera's fields may be, and when a node counts as online; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sereno.base.errors import Invalid, Words
from sereno.sites.addresses import RTSP_SCHEMES, ParsedAddress, parse_address

CODE_LIFETIME = timedelta(hours=1)
OFFLINE_AFTER = timedelta(seconds=20)
LONGEST_NAME = 80
MOST_CPUS = 1024  # as the kernel's own list of CPUs (CPU_SETSIZE in sched.h)


def one_place(
    parsed: ParsedAddress, username: str | None, password: str | None
) -> tuple[str, str] | None:
    """User name and password from the address or from the fields, None where neither has any.

    Raises Invalid when both have them: nobody could tell which ones count.
    """
    in_fields = bool(username) or bool(password)
    if parsed.username is None:
        return (username or "", password or "") if in_fields else None
    if in_fields:
        raise Invalid(
            "credentials_twice",
            Words(
                "User name and password are in the address and in their fields. "
                "Keep them in one place.",
                "El usuario y la contraseña están en la dirección y en sus campos. "
                "Déjelos en un solo lugar.",
            ),
            field="username" if username else "password",
        )
    return parsed.username, parsed.password or ""


def check_name(text: str) -> str:
    """The name without spaces around it. Raises Invalid."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "name_bad",
            Words(
                "A name has 1 to 80 characters, none of them a line break or invisible.",
                "Un nombre tiene de 1 a 80 caracteres, ninguno de ellos salto de línea "
                "ni invisible.",
            ),
            field="name",
        )
    return name


def check_credentials(username: str, password: str) -> None:
    """Raises Invalid for characters that no camera's login can hold."""
    for field, value in (("username", username), ("password", password)):
        if len(value) > 200 or any(not character.isprintable() for character in value):
            raise Invalid(
                f"{field}_bad",
                Words(
                    "At most 200 characters, none of them a line break or invisible.",
                    "200 caracteres como máximo, ninguno de ellos salto de línea ni invisible.",
                ),
                field=field,
            )


def check_sub_address(text: str) -> str:
    """The address of a camera's smaller stream; empty: it has none. Raises Invalid."""
    if not text.strip():
        return ""
    try:
        parsed = parse_address(text)
    except Invalid as error:
        raise Invalid(error.key, error.words, field="sub_address") from None
    if parsed.username is not None:
        raise Invalid(
            "sub_address_credentials",
            Words(
                "Both streams use the camera's own user and password. "
                "Leave them out of this address.",
                "Los dos flujos usan el usuario y la contraseña de la cámara. "
                "No los ponga en esta dirección.",
            ),
            field="sub_address",
        )
    return parsed.without_credentials


def check_engine(engine: str, scheme: str) -> None:
    """Raises Invalid for an engine that cannot read such addresses."""
    if engine == "native" and scheme not in RTSP_SCHEMES:
        raise Invalid(
            "engine_unfit",
            Words(
                "Sereno's own engine (native) reads only addresses that begin with rtsp:// or "
                "rtsps://. Choose automatic or ffmpeg.",
                "El motor propio de Sereno (native) solo lee direcciones que comienzan con "
                "rtsp:// o rtsps://. Elija automático o ffmpeg.",
            ),
            field="engine",
        )


def check_cpus(cpus: tuple[int, ...], cpu_counts: Iterable[int | None] = ()) -> tuple[int, ...]:
    """The CPUs in order, each once.

    `cpu_counts`: how many each node has that is to use them; None where it has not told. Raises
    Invalid.
    """
    if any(not 0 <= cpu < MOST_CPUS for cpu in cpus):
        raise Invalid(
            "cpu_bad",
            Words(
                "A CPU is a number from 0 on, as lscpu shows. Correct the list.",
                "Una CPU es un número desde 0, como muestra lscpu. Corrija la lista.",
            ),
            field="cpu_affinity",
        )
    fewest = min((count for count in cpu_counts if count), default=MOST_CPUS)
    if any(cpu >= fewest for cpu in cpus):
        raise Invalid(
            "cpu_missing",
            Words(
                "A node that is to use CPU {cpu} has CPUs 0 to {last} only. Correct the list.",
                "Un nodo que debe usar la CPU {cpu} solo tiene las CPU 0 a {last}. "
                "Corrija la lista.",
            ).fill(cpu=max(cpus), last=fewest - 1),
            field="cpu_affinity",
        )
    return tuple(sorted(set(cpus)))


def is_online(last_seen: datetime | None, now: datetime) -> bool:
    """Whether a node was heard lately."""
    return last_seen is not None and now - last_seen < OFFLINE_AFTER
