"""The knobs by name, and from what people give for them to values, or a refusal with its reason."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from sereno.base.errors import Invalid, Words
from sereno.policy.extra_cli import parse_extra_cli
from sereno.policy.knob_table import KNOBS, Concern, Knob, KnobKind
from sereno.policy.knobs import Knobs

__all__ = ["KNOBS", "KNOB_OF", "Concern", "Knob", "KnobKind", "parse_knobs"]

KNOB_OF = {knob.name: knob for knob in KNOBS}

MOST_TEXT = 1000
_YES, _NO = ("yes", "true", "on", "1", "sí", "si"), ("no", "false", "off", "0")
_SIZE = re.compile(r"(\d{1,5})(?:\s*[x×,]\s*(\d{1,5}))?", re.IGNORECASE)
_SMALLEST_SIDE, _LARGEST_SIDE = 32, 4096
_DEVICE = re.compile(r"/dev/[A-Za-z0-9_./:-]{1,200}")

_UNKNOWN = Words(
    "There is no knob {name}. There are: {names}.",
    "No existe el ajuste {name}. Existen: {names}.",
)
_REFUSED = Words("{label}: {given} does not fit. {fits}", "{label}: {given} no sirve. {fits}")
_RANGE = Words("Give a number from {least} to {most}.", "Escriba un número de {least} a {most}.")
_WHOLE = Words(
    "Give a whole number from {least} to {most}.", "Escriba un número entero de {least} a {most}."
)
_CHOICE = Words("Choose one of: {choices}.", "Elija entre: {choices}.")
_SOME = Words("Name at least one of: {choices}.", "Nombre al menos uno de: {choices}.")
_CPUS = Words(
    "Give CPU numbers from {least} to {most}, such as 0-1, 4.",
    "Escriba números de CPU de {least} a {most}, como 0-1, 4.",
)
_YES_NO = Words("Say yes or no.", "Diga sí o no.")
_TEXT = Words("Give a text of at most 1000 characters.", "Escriba un texto de 1000 caracteres.")
_SIDE = Words(
    "Give auto or WIDTHxHEIGHT, each from 32 to 4096.",
    "Escriba auto o ANCHOxALTO, cada uno de 32 a 4096.",
)
_DEVICE_FILE = Words(
    "Give a device file, such as /dev/dri/renderD128.",
    "Escriba un archivo de dispositivo, como /dev/dri/renderD128.",
)


def parse_knobs(given: Mapping[str, object]) -> Knobs:
    """What is said in `given`, by name, with values of JSON or as text; None: nothing is said.

    Raises Invalid with the field `knobs.<name>` for a knob that there is not, and for a value
    that does not fit.
    """
    said: dict[str, object] = {}
    for name, value in given.items():
        if (knob := KNOB_OF.get(name)) is None:
            names = ", ".join(each.name for each in KNOBS)
            words = _UNKNOWN.fill(name=_shortened(name), names=names)
            raise Invalid("knob_unknown", words, field=f"knobs.{name}")
        if value is not None:
            said[name] = _parsed(knob, value)
    if said.get("extra_cli"):
        parse_extra_cli(str(said["extra_cli"]), str(said.get("engine", "auto")))
    return Knobs(**said)  # type: ignore[arg-type]


def _parsed(knob: Knob, value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
    return _PARSERS[knob.kind](knob, value)


def _refuse(knob: Knob, value: object, fits: Words) -> Invalid:
    named = {
        "least": _plain(knob.least), "most": _plain(knob.most), "choices": ", ".join(knob.choices),
    }  # fmt: skip
    given = _shortened(value)
    en, es = (
        text.format(label=label, given=given, fits=fit.format(**named))
        for text, label, fit in zip(_REFUSED, knob.label, fits, strict=True)
    )
    return Invalid("knob_refused", Words(en, es), field=f"knobs.{knob.name}")


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _shortened(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _choice(knob: Knob, value: object) -> object:
    if value not in knob.choices:
        raise _refuse(knob, value, _CHOICE)
    return value


def _number(knob: Knob, value: object) -> float:
    number = _float(value)
    if number is None or not _fits(knob, number):
        raise _refuse(knob, value, _RANGE)
    return number


def _integer(knob: Knob, value: object) -> int:
    number = _float(value)
    if number is None or not number.is_integer() or not _fits(knob, number):
        raise _refuse(knob, value, _WHOLE)
    return int(number)


def _float(value: object) -> float | None:
    """None for what is no finite number; yes and no are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _fits(knob: Knob, number: float) -> bool:
    least = -math.inf if knob.least is None else knob.least
    return least <= number <= (math.inf if knob.most is None else knob.most)


def _yes_no(knob: Knob, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in (*_YES, *_NO):
        return value.lower() in _YES
    raise _refuse(knob, value, _YES_NO)


def _streams(knob: Knob, value: object) -> tuple[str, ...]:
    named = re.split(r"[\s,]+", value) if isinstance(value, str) else value
    if not isinstance(named, (list, tuple)) or not named:
        raise _refuse(knob, value, _SOME)
    if any(each not in knob.choices for each in named):
        raise _refuse(knob, value, _SOME)
    return tuple(each for each in knob.choices if each in named)


def _cpus(knob: Knob, value: object) -> tuple[int, ...]:
    parts = (
        [part for part in re.split(r"[\s,]+", value) if part] if isinstance(value, str) else value
    )
    if not isinstance(parts, (list, tuple)):
        raise _refuse(knob, value, _CPUS)
    found: set[int] = set()
    for part in parts:
        low, dash, high = part.partition("-") if isinstance(part, str) else (part, "", "")
        first = _float(low)
        last = _float(high) if dash else first
        if first is None or last is None or not first.is_integer() or not last.is_integer():
            raise _refuse(knob, value, _CPUS)
        if not (_fits(knob, first) and _fits(knob, last) and first <= last):
            raise _refuse(knob, value, _CPUS)
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


def _text(knob: Knob, value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT or not (value or " ").isprintable():
        raise _refuse(knob, value, _TEXT)
    if knob.name == "det_set":
        return _size(knob, value)
    if knob.name == "device" and value and (".." in value or not _DEVICE.fullmatch(value)):
        raise _refuse(knob, value, _DEVICE_FILE)
    return value


def _size(knob: Knob, value: str) -> str:
    """`auto`, or `WIDTHxHEIGHT`; one number stands for a square."""
    if value.lower() in ("", "auto"):
        return "auto"
    found = _SIZE.fullmatch(value)
    sides = [int(side) for side in (found[1], found[2] or found[1])] if found else []
    if not sides or any(not _SMALLEST_SIDE <= side <= _LARGEST_SIDE for side in sides):
        raise _refuse(knob, value, _SIDE)
    return f"{sides[0]}x{sides[1]}"


_PARSERS: dict[KnobKind, Callable[[Knob, object], object]] = {
    "choice": _choice,
    "integer": _integer,
    "number": _number,
    "seconds": _number,
    "text": _text,
    "cpus": _cpus,
    "streams": _streams,
    "yes_no": _yes_no,
}
