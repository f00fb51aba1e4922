"""The last orders, encrypted on disk: a node that starts without its hub records all the same."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import InvalidToken, MultiFernet
from pydantic import ValidationError

from sereno.box.files import write_atomic
from sereno.node.hub_client import Fetched
from sereno.wire.orders import Orders
from sereno.wire.secret import REVEAL

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OrderStore:
    """One file, mode 0600; it holds the cameras' passwords, therefore encrypted."""

    path: Path
    key: MultiFernet

    def save(self, fetched: Fetched) -> None:
        content = {
            "etag": fetched.etag,
            "orders": fetched.orders.model_dump(mode="json", context=REVEAL),
        }
        write_atomic(self.path, self.key.encrypt(json.dumps(content).encode()))

    def load(self) -> Fetched | None:
        """The orders of last time; None when there are none or they cannot be read."""
        try:
            content = json.loads(self.key.decrypt(self.path.read_bytes()))
            return Fetched(Orders.model_validate(content["orders"]), str(content["etag"]))
        except FileNotFoundError:
            return None
        except (OSError, InvalidToken, ValidationError, KeyError, ValueError) as error:
            # Only the kind of error: its text could quote the orders.
            log.warning(
                "The stored orders cannot be read (%s). The hub will send them again.",
                type(error).__name__,
            )
            return None
