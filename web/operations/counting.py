"""Where the processes of one service count together: a folder that goes with the last of them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from web.telemetry import FOLDER

from .remains import held_folder

_COUNTS: Final = "recount-counts-"
"""With what the folder's name begins, in the one for temporary files."""


@contextmanager
def counting_together() -> Iterator[None]:
    """Let the processes that this one starts count together, until it ends; what those that were killed left goes."""
    with held_folder(Path(tempfile.gettempdir()), _COUNTS) as folder:
        os.environ[FOLDER] = str(folder)
        try:
            yield
        finally:
            del os.environ[FOLDER]
