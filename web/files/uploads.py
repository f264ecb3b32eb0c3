"""A file that came over the network: what it is called, and its bytes, which never lie on a disk under a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from domain.errors import Refused

MOST_LINES: Final = 500_000
"""Lines of a file that the service reads: five times those of a large agency's monthly file."""

REFUSALS: Final = {
    "too-many-rows": f"The file has more than {MOST_LINES:,} lines.",
}
"""Why the service refuses a file whole that a command on its own machine would read."""


class SentFile(Protocol):
    """A file by its name and its bytes: one on a disk (`pathlib.Path`), or an upload."""

    @property
    def name(self) -> str:
        """What the file is called, without a folder."""

    def read_bytes(self) -> bytes:
        """All of it; raises OSError if that cannot be had."""


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it. `name` is what they call it: it is parsed, and never used as a path."""

    name: str
    read: Callable[[], bytes]

    def __str__(self) -> str:
        return self.name

    def read_bytes(self) -> bytes:
        """All of it.

        Raises:
            Refused: it has too many lines; found before any of them is made a row.
        """
        data = self.read()
        # Either end of a line is counted, both together once: what stands in quotes only makes the limit stricter.
        lines = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
        if lines > MOST_LINES:
            raise Refused(
                "too-many-rows",
                f"{self.name} has {lines:,} lines; {MOST_LINES:,} are read at most. Send it in parts of fewer days.",
                self.name,
            )
        return data
