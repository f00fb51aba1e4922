"""The options for ffmpeg that people add, checked: only what is known to be harmless passes.

Each option's place is known here, so people need not care whether it stands before the input or
after it.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from sereno.base.errors import Invalid, Words
from sereno.policy.ffmpeg_options import ALLOWED, LOSES_START, WHY_NOT, FfmpegOption, Place
from sereno.policy.reasons import Reason

FIELD = "knobs.extra_cli"


@dataclass(frozen=True, slots=True)
class Extra:
    """Checked options.

    `source` belongs to whatever opens the address, as pairs of name (without dash) and value; on a
    command line it stands before `-i`. `before` are arguments of ffmpeg itself that stand before
    `-i`, `after` those of the output.
    """

    source: tuple[tuple[str, str], ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    notices: tuple[Reason, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Of all options, without dash."""
        words = (*self.before[::2], *self.after[::2])
        return frozenset((*dict(self.source), *(word.removeprefix("-") for word in words)))

    @property
    def args_before(self) -> tuple[str, ...]:
        """All that stands before `-i` where ffmpeg opens the address itself."""
        named = (word for name, value in self.source for word in (f"-{name}", value))
        return (*named, *self.before)


_UNCLOSED = Words("a quotation mark is not closed.", "hay unas comillas sin cerrar.")
_STRAY = Words(
    "there is a word that is no option and no option's value. Input and output are Sereno's own.",
    "hay una palabra que no es opción ni valor de una. La entrada y la salida las pone Sereno.",
)
_NATIVE = Words(
    "the engine is native, which is not ffmpeg. Choose automatic or ffmpeg, or leave this empty.",
    "el motor es native, que no es ffmpeg. Elija automático o ffmpeg, o deje esto vacío.",
)
_NO = Words("-{name} may not be given. {why}", "-{name} no se puede dar. {why}")
_NOT_KNOWN = Words(
    "It is not among those known to be harmless: {names}.",
    "No está entre las que se saben inofensivas: {names}.",
)
_NO_VALUE = Words(
    "-{name} needs a value, such as {example}.", "-{name} necesita un valor, como {example}."
)
_BAD_VALUE = Words(
    "the value of -{name} is not allowed; one that is: {example}.",
    "el valor de -{name} no se admite; uno que sí: {example}.",
)
_REFUSED = Words("Extra ffmpeg options: {what}", "Opciones extra de ffmpeg: {what}")


def parse_extra_cli(text: str, engine: str = "auto") -> Extra:
    """The options in `text`, written as in a shell. Raises Invalid (`knobs.extra_cli`).

    Texts of errors name options, never values, which might be secrets.
    """
    words = _split(text)
    if not words:
        return Extra()
    if engine == "native":
        raise _refusal(_NATIVE)
    notices = [Reason("extra_cli_selects_ffmpeg")] if engine == "auto" else []
    found: dict[Place, list[tuple[str, str]]] = {"source": [], "before": [], "after": []}
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or len(word) < 2:
            raise _refusal(_STRAY)
        name = word[1:]
        if name == "stimeout":
            name = "timeout"
            notices.append(Reason("stimeout_translated"))
        option = _option(name)
        found[option.place].append((name, _value(name, option, next(rest, None))))
    return Extra(
        source=tuple(dict(found["source"]).items()),
        before=_flat(found["before"]),
        after=_flat(found["after"]),
        notices=tuple(notices),
    )


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise _refusal(_UNCLOSED) from None


def _option(name: str) -> FfmpegOption:
    if (option := ALLOWED.get(name)) is not None:
        return option
    why = WHY_NOT.get(name) or WHY_NOT.get(name.partition(":")[0])
    raise _not_given(name, why or _NOT_KNOWN.fill(names=" ".join(f"-{each}" for each in ALLOWED)))


def _value(name: str, option: FfmpegOption, value: str | None) -> str:
    if value is None:
        raise _refusal(_NO_VALUE.fill(name=name, example=option.example))
    if name == "fflags" and "nobuffer" in value:
        raise _not_given("fflags nobuffer", LOSES_START)
    if not re.fullmatch(option.form, value):
        raise _refusal(_BAD_VALUE.fill(name=name, example=option.example))
    return value


def _not_given(name: str, why: Words) -> Invalid:
    shown = name if re.fullmatch(r"[A-Za-z0-9_: ]{1,40}", name) else "…"
    en, es = (no.format(name=shown, why=text) for no, text in zip(_NO, why, strict=True))
    return _refusal(Words(en, es))


def _flat(options: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(word for name, value in dict(options).items() for word in (f"-{name}", value))


def _refusal(what: Words) -> Invalid:
    en, es = (text.format(what=told) for text, told in zip(_REFUSED, what, strict=True))
    return Invalid("extra_cli_refused", Words(en, es), field=FIELD)
