"""For schemathesis: of the requests that it makes up as good ones, every third has a value that nobody would send.

It is still a request that must be answered as described: by a refusal, or as if nothing were odd. See `test_hostile`
for what cannot be sent through it.
"""

from itertools import cycle
from typing import Any, Final

import schemathesis
from schemathesis import GenerationMode

VALUES: Final = cycle(("\0", "9" * 5000, "10000-01-01", "0000-00-00", "NaN", "\u202e", "-1", "<script>", "x" * 5000))
TURNS: Final = cycle((True, False, False))


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Put something else into a query or a body that was made to be good."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE or not next(TURNS):
        return
    for values in (case.query, case.body):
        if isinstance(values, dict) and (names := sorted(name for name in values if isinstance(values[name], str))):
            hostile = next(VALUES)
            values[names[len(hostile) % len(names)]] = hostile
