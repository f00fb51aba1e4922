"""`sereno node run` as a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ARGV = (sys.executable, "-m", "sereno.cli", "node", "run")


@asynccontextmanager
async def node_process(
    data: Path, port: int, code: str = "code-1"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Killed at the end, as its runners are by their leash. What it says goes to a file."""
    environment = os.environ | {
        "SERENO_DATA": str(data),
        "SERENO_HUB_URL": f"http://127.0.0.1:{port}",
        "SERENO_ENROLMENT_CODE": code,
        "SERENO_TIME_ZONE": "UTC",
    }
    with (data.parent / "said.txt").open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            *ARGV, env=environment, stdout=said, stderr=said
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
