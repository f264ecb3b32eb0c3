"""The 95% Wilson score interval of a proportion.

Source: E. B. Wilson (1927), Probable inference; the form that NDTMS reports and Public Health England recommend for
proportions, since it behaves with few events.

Whoever checks a certificate imports this, and no database and no arrays: so it stands apart.
"""

from math import sqrt
from typing import Final

Z_95: Final = 1.959963984540054
"""The standard normal deviate of a two-sided 95% interval."""


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """Lower and upper limit in percent, unrounded; None for an empty denominator."""
    if denominator == 0:
        return None
    share, z2 = numerator / denominator, Z_95 * Z_95
    centre = share + z2 / (2 * denominator)
    margin = Z_95 * sqrt(share * (1 - share) / denominator + z2 / (4 * denominator * denominator))
    scale = 1 + z2 / denominator
    return max(0.0, 100 * (centre - margin) / scale), min(100.0, 100 * (centre + margin) / scale)
