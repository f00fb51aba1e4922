"""Starts a command that cannot outlive its parent, by the kernel's promise (prctl(2)).

Run as a program, by its path, with the interpreter's `-I -S`: it must start quickly.

    python -I -S leash.py PARENT SIGNAL [--as-nobody] -- COMMAND ...

PARENT is the pid that must live on, SIGNAL the number of the signal that COMMAND gets when the
thread that started it ends. `--as-nobody` makes COMMAND believe to be an ordinary user, in a user
namespace of its own (user_namespaces(7)), for programs such as PostgreSQL that refuse root.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534
# Exit status when the user namespace is refused: none that PostgreSQL's programs use.
NO_NAMESPACE_STATUS = 77


def command(argv: list[str], *, at_death: signal.Signals, as_nobody: bool = False) -> list[str]:
    """`argv` on a leash to the process that calls this."""
    flag = ["--as-nobody"] if as_nobody else []
    me = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return [*me, str(os.getpid()), str(int(at_death)), *flag, "--", *argv]


def _become_nobody(libc: ctypes.CDLL) -> None:
    owner = os.geteuid()
    try:
        if libc.unshare(CLONE_NEWUSER) != 0:
            sys.exit(NO_NAMESPACE_STATUS)
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {owner} 1", encoding="ascii")
    except OSError:
        sys.exit(NO_NAMESPACE_STATUS)


def main(arguments: list[str]) -> None:
    """Ask the kernel for the signal, then become the command."""
    split = arguments.index("--")
    parent, at_death, *flags = arguments[:split]
    libc = ctypes.CDLL(None, use_errno=True)
    if "--as-nobody" in flags:
        _become_nobody(libc)
    libc.prctl(PR_SET_PDEATHSIG, int(at_death), 0, 0, 0)
    if os.getppid() != int(parent):  # it ended before the promise was made
        sys.exit(1)
    argv = arguments[split + 1 :]
    os.execvp(argv[0], argv)  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
