"""Whole numbers shared out so that the parts add up to the whole: by hub, and of each hub by month.

Always by largest remainders, and of equal remainders the first goes first: hubs in the order of their codes, months in
the order of time.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from domain.periods import ONE_DAY, Period, last_day_of_month
from projections.performance.breakdown import in_whole_people


def months_of(period: Period) -> tuple[Period, ...]:
    """The calendar months of a period, the first and the last as far as they lie in it."""
    months, first = [], period.first_day
    while first <= period.last_day:
        last = min(last_day_of_month(first), period.last_day)
        months.append(Period(first, last))
        first = last + ONE_DAY
    return tuple(months)


def days_in(period: Period) -> int:
    """How many days a period has."""
    return (period.last_day - period.first_day).days + 1


def share_out(total: int, weights: Sequence[Fraction], most: Sequence[int]) -> list[int]:
    """Whole numbers that add up to a total: by weight, none more than its `most`, by largest remainders.

    What a hub cannot take goes to the others, by their weight as long as they have one, then by what they can still
    take. What nobody can take is shared out all the same, by weight: the parts add up always.
    """
    parts = [0] * len(weights)
    left = total
    while left:
        room = [limit - part for limit, part in zip(most, parts, strict=True)]
        by_weight = [weight if free > 0 else Fraction(0) for weight, free in zip(weights, room, strict=True)]
        by_room = [Fraction(max(0, free)) for free in room]
        shares = next((one for one in (by_weight, by_room) if any(one)), None)
        if shares is None:
            rest = in_whole_people(scaled(left, weights), left)
            return [part + more for part, more in zip(parts, rest, strict=True)]
        by_share = in_whole_people(scaled(left, shares), left)
        more = [min(part, max(0, free)) for part, free in zip(by_share, room, strict=True)]
        parts = [part + one for part, one in zip(parts, more, strict=True)]
        left -= sum(more)
    return parts


def scaled(total: int, weights: Sequence[Fraction]) -> list[Fraction]:
    """A total by weight, exact; evenly, if nothing weighs."""
    together = sum(weights)
    if not together:
        return [Fraction(total, len(weights))] * len(weights)
    each = total / together
    return [weight * each for weight in weights]


def by_month(totals: Iterable[int], days: Sequence[int]) -> list[tuple[int, ...]]:
    """Each hub's number spread over months of so many days, so that the rows add up to the hubs' numbers and the
    columns are as even as the days are: by largest remainders, the earlier month first.

    A hub's completions are placed evenly through the time, and the months are filled in that order; of two at one time
    the first hub's comes first.
    """
    if not days:
        return [() for _ in totals]
    parts = np.array(list(totals), np.int64)
    whole = int(parts.sum())
    columns = in_whole_people([Fraction(whole * its, sum(days)) for its in days], whole)
    hub = np.repeat(np.arange(len(parts)), parts)
    nth = np.arange(whole) - np.repeat(np.cumsum(parts) - parts, parts)
    # As floats these are equal, or less, where the fractions are: hubs have far fewer people than floats have digits.
    in_time = np.argsort((2 * nth + 1) / (2 * parts[hub]), kind="stable")
    cells = hub[in_time] * len(days) + np.repeat(np.arange(len(days)), columns)
    rows = np.bincount(cells, minlength=len(parts) * len(days)).reshape(len(parts), len(days))
    return [tuple(row) for row in rows.tolist()]
