"""A standpoint: up to what day things may have happened, and up to what day we may know of them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where a figure is seen. Every pair of days is one, also with `as_of` after `known_at`.

    `as_of`: the last day whose happenings a figure may see. `known_at`: the last day whose knowledge it may use
    (answered by `received_on`; None when `position` was given outright, or before the first submission).
    `position`: the place in the log that `known_at` resolves to, the position of the last submission with
    `received_on <= known_at`; 0 before the first.
    """

    as_of: date
    known_at: date | None
    position: int
