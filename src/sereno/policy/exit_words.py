"""How a process ended, in words: the one parameter of reasons that differs by language."""

from __future__ import annotations

import re

from sereno.base.errors import Words

_TERMS = {
    "SIGKILL": Words(
        "a person or the system killed it, SIGKILL",
        "una persona o el sistema lo mató, SIGKILL",
    ),
    "SIGTERM": Words(
        "a person or a program asked it to end, SIGTERM",
        "una persona o un programa le pidió terminar, SIGTERM",
    ),
    "asked": Words(
        "a person or a program asked it to end", "una persona o un programa le pidió terminar"
    ),
    "SIGINT": Words("a person interrupted it, SIGINT", "una persona lo interrumpió, SIGINT"),
    "SIGHUP": Words("its terminal was closed, SIGHUP", "se cerró su terminal, SIGHUP"),
    "SIGABRT": Words("it gave up by itself, SIGABRT", "se rindió por sí mismo, SIGABRT"),
    **dict.fromkeys(
        ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE"),
        Words("a fault in the program, {name}", "un error del programa, {name}"),
    ),
}
_EXIT = re.compile(r"exit (\d+)$")


def exit_words(value: str) -> Words:
    """`value` in both languages: the name of a signal or `exit` and a status; else as it is."""
    if (ended := _EXIT.match(value)) is not None:
        return Words(f"with status {ended[1]}", f"con el código {ended[1]}")
    if value not in _TERMS:
        return Words(value, value)
    return _TERMS[value].fill(name=value)
