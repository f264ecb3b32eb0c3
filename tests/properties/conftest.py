"""How many histories a property is tried on: few while writing, many with `RECOUNT_EXAMPLES=10`."""

import os

from hypothesis import HealthCheck, settings

TIMES = float(os.environ.get("RECOUNT_EXAMPLES", "1"))


def examples(count: int) -> settings:
    """Settings of a property that is tried on so many histories; a history takes long to draw, which is no fault."""
    return settings(
        max_examples=max(1, int(count * TIMES)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )
