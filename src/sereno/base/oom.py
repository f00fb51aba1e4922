"""How often the kernel has ended processes for want of memory."""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path("/")
_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_OWN_GROUP = re.compile(r"^0::/(.*)$", re.MULTILINE)


def oom_kills(root: Path = _ROOT) -> int:
    """How many processes the kernel has killed for want of memory, of our control group
    (`memory.events` of cgroup v2, where its descendants count too) or, where there is none, of the
    machine (`oom_kill` in proc_vmstat(5)). 0 where neither is told."""
    found = _OWN_GROUP.search(_text(root / "proc/self/cgroup"))
    group = root / "sys/fs/cgroup" / found[1] if found else None
    told = (_text(group / "memory.events") if group else "") or _text(root / "proc/vmstat")
    count = _COUNT.search(told)
    return int(count[1]) if count else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""  # not every kernel and container tells
