"""What a runner is told of a stream that is to be diagnosed: as this node would record it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sereno.media.contract import Diagnose, Sibling, StreamTask
from sereno.node.desired import Desired
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.tasks import task_of
from sereno.node.wishes import Place
from sereno.wire.errands import Errand
from sereno.wire.reports import StreamState

_NOWHERE = "nowhere"  # nothing is written


@dataclass(frozen=True, slots=True)
class Diagnosing:
    """`command_of` an errand; `doors` is the folder of the doors."""

    desired: Desired
    recording: Recording
    doors: Path

    def command_of(self, errand: Errand) -> Diagnose | None:
        """None: the orders hold no such stream."""
        if errand.camera_id is None:
            task = StreamTask(
                camera_id=errand.errand_id,
                stream=errand.stream,
                address=errand.address,
                username=errand.username,
                password=errand.password,
                footage_dir=_NOWHERE,
                doors_dir=str(self.doors),
            )
            return Diagnose(errand_id=errand.errand_id, task=task)
        key = StreamKey(errand.camera_id, errand.stream)
        wish = self.desired.configured(key)
        if wish is None:
            return None
        books = self.recording.books()
        book = books.get(key) or self.recording.book(key)
        task = task_of(book, wish, Place(Path(_NOWHERE)), None, self.doors)
        return Diagnose(
            errand_id=errand.errand_id,
            task=task,
            is_recorded=_is_recorded(books, errand.camera_id),
            sibling=_sibling(books, key),
        )


def _is_recorded(books: Mapping[StreamKey, StreamBook], camera_id: UUID) -> bool:
    return any(
        book.state is StreamState.RECORDING
        for key, book in books.items()
        if key.camera_id == camera_id
    )


def _sibling(books: Mapping[StreamKey, StreamBook], key: StreamKey) -> Sibling | None:
    """What the node knows of the camera's other stream."""
    other = books.get(StreamKey(key.camera_id, "main" if key.stream == "sub" else "sub"))
    started = other.started if other else None
    return Sibling(width=started.width, height=started.height) if started else None
