"""How many histories a property is tried on: few while writing, many with `RECOUNT_EXAMPLES=10`."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from projections.explain import bridge
from projections.improvement import return_reviews
from projections.performance import caseload
from projections.worklists import day_lists

TIMES = float(os.environ.get("RECOUNT_EXAMPLES", "1"))


def examples(count: int) -> settings:
    """Settings of a property that is tried on so many histories; a history takes long to draw, which is no fault."""
    return settings(
        max_examples=max(1, int(count * TIMES)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


@pytest.fixture(autouse=True, scope="module")
def few_are_read_at_once() -> Iterator[None]:
    """A generated history has a dozen people; they are to be read in several goes, as those of an archive are."""
    with pytest.MonkeyPatch.context() as patched:
        for its in (bridge, caseload, day_lists, return_reviews):
            patched.setattr(its, "READ_AT_ONCE", 3)
        yield
