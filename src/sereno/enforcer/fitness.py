"""Whether what holds for cameras makes sense, with their addresses and on their nodes."""

from __future__ import annotations

from collections.abc import Iterable

from sereno.base.errors import Invalid
from sereno.enforcer.queries import Desired
from sereno.policy.extra_cli import parse_extra_cli
from sereno.policy.knobs import Manner
from sereno.sites.rules import check_cpus, check_engine


def check_manners(desires: Iterable[Desired]) -> None:
    """Raises Invalid, its field that of a knob, for the first manner that does not fit."""
    fitting: set[tuple[Manner, tuple[str, ...], tuple[int | None, ...]]] = set()
    for desired in desires:
        camera = desired.camera
        addresses = filter(None, (camera.address, camera.sub_address))
        schemes = tuple(address.partition(":")[0] for address in addresses)
        cpu_counts = tuple(
            node.cpu_count for node in (camera.node, camera.standby_node) if node is not None
        )
        for key in desired.keys:
            found = (desired.manner(key), schemes, cpu_counts)
            if found not in fitting:
                _check(*found)
                fitting.add(found)


def _check(manner: Manner, schemes: tuple[str, ...], cpu_counts: tuple[int | None, ...]) -> None:
    parse_extra_cli(manner.extra_cli, manner.engine)
    try:
        check_cpus(manner.cpu_affinity, cpu_counts)
        for scheme in schemes:
            check_engine(manner.engine, scheme)
    except Invalid as error:
        raise Invalid(error.key, error.words, field=f"knobs.{error.field}") from None
