"""The process that verifies: it is told what on its first line of input, and says how it ended on one of output.

It ends as soon as its input does: then nobody is left who started it. It gives way to those who ask for figures.
"""

import io
import os
import sys
from threading import Thread
from typing import Final

import msgspec

from domain.errors import RecountError
from web.commands.administration import verification
from web.services import Services

from .lock import alone
from .messages import VerifyEnded, VerifyTask

GIVES_WAY: Final = 10
"""How much less of the processor it takes than others, as `nice` counts."""
_LEFT_ALONE: Final = 3
"""The exit code of a process that nobody waits for any more."""


def main() -> None:
    """Verify, as the input says."""
    # Without a buffer, whose lock the thread would hold to the end.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as given:
        task = msgspec.json.decode(given.readline(), type=VerifyTask)
        Thread(target=_end_with, args=[given], daemon=True).start()
        os.nice(GIVES_WAY)
        sys.stdout.buffer.write(msgspec.json.encode(_ended(task)) + b"\n")


def _end_with(given: io.RawIOBase) -> None:
    given.read(1)
    os._exit(_LEFT_ALONE)


def _ended(task: VerifyTask) -> VerifyEnded:
    services = Services()
    try:
        with alone(services.engine) as is_alone:
            if is_alone:
                verification.verify(services, verification.VerifyQuery(task.standpoints), task.actor, task.role)
            return VerifyEnded(is_alone)
    except RecountError as error:
        return VerifyEnded(is_alone=True, error=type(error).__name__, message=str(error))
    finally:
        services.close()


if __name__ == "__main__":
    main()
