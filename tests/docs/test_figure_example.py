"""The figure in the JSON reference is one that could be printed."""

import json
from math import sqrt

import pytest

from .test_links_and_targets import ROOT, blocks

EXAMPLE = json.loads(blocks(ROOT / "docs/reference/json.md", "json")[0])
Z_95 = 1.959963984540054


def wilson(counted: int, cohort: int) -> tuple[float, float]:
    share, spread = counted / cohort, Z_95**2 / cohort
    centre = share + spread / 2
    half = Z_95 * sqrt(share * (1 - share) / cohort + spread / (4 * cohort))
    return 100 * (centre - half) / (1 + spread), 100 * (centre + half) / (1 + spread)


def test_its_percentage_and_interval_belong_to_its_numbers() -> None:
    numerator, denominator = EXAMPLE["numerator"], EXAMPLE["denominator"]
    assert EXAMPLE["percentage"] == round(100 * numerator / denominator, 3)
    low, high = wilson(numerator, denominator)
    assert (EXAMPLE["interval"]["low"], EXAMPLE["interval"]["high"]) == pytest.approx((low, high), abs=0.0006)
