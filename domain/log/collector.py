"""The garbage collector, kept from going through many objects that are about to be dropped anyhow."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection while very many events are read and folded: none of them lies in a circle, and to go through them
    again and again takes as long as to read them.

    It is the whole process's. Of several threads that pause it, the one that found it running lets it run again: it may
    do so while another is still at work, and never stays away for good. Stands before a function too.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
