"""The folder of a national read, as one council's database writes into it: on command, and after each commit."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from projections.national.export import ExportedSnapshot, export_standings, take_away, writers_turn
from projections.national.folder import CouncilManifest

from .clock import now
from .snapshot import Snapshot

_LOG: Final = logging.getLogger(__name__)
OpenSnapshot = Callable[[], AbstractContextManager[Snapshot]]


@dataclass(frozen=True, slots=True)
class NationalPlace:
    """A council's place in a folder; `key` names the key that its database signs with."""

    folder: Path
    council: str
    key: str

    def write(self, open_snapshot: OpenSnapshot) -> CouncilManifest:
        """Write the standings there; raises as `export_standings`."""
        # The snapshot is opened in turn: so nobody puts an older one in the place of a newer.
        with writers_turn(self.folder, self.council), open_snapshot() as snapshot:
            rows = snapshot.loaded.engine.rows if snapshot.loaded else None
            return export_standings(
                ExportedSnapshot(snapshot.connection, snapshot.generation, snapshot.submissions, rows),
                self.folder,
                self.council,
                self.key,
                now(),
                demonstration=snapshot.is_demonstration,
            )


class NationalWriter:
    """Writes a council's place after each commit; in the background of a service, so that nobody waits for it."""

    def __init__(self, place: NationalPlace, open_snapshot: OpenSnapshot, *, in_background: bool) -> None:
        self._place, self._open_snapshot = place, open_snapshot
        self._sender = ThreadPoolExecutor(1, "national") if in_background else None

    def write(self) -> None:
        """Write what is known now. Where that fails, the council is taken out of the folder, and a warning says so."""
        if self._sender is None:
            self._write()
        else:
            self._sender.submit(self._write)

    def _write(self) -> None:
        try:
            self._place.write(self._open_snapshot)
        except Exception as error:  # the commit is through: nothing that happens here may look like its failure
            _LOG.warning("The standings could not be written for the national read: %s", error)
            self._take_away()

    def _take_away(self) -> None:
        try:
            take_away(self._place.folder, self._place.council, self._place.key)
        except Exception as error:
            _LOG.warning("What was there before may still be read, and is older than the log: %s", error)

    def close(self) -> None:
        """Let what was begun come to its end."""
        if self._sender is not None:
            self._sender.shutdown()
