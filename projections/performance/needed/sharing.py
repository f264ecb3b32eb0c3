"""Whole numbers shared out so that the parts add up to the whole: by hub, and of each hub by month.

Always by largest remainders, and of equal remainders the first goes first: hubs in the order of their codes, months in
the order of time.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from domain.periods import ONE_DAY, Period, last_day_of_month


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


def in_whole_parts(total: int, weights: Sequence[int], whole: int) -> list[int]:
    """Whole numbers that add up to a total, each next to its `weight` of the `whole`, times the total: the largest
    remainders are rounded up, of equal ones the first.

    The total is that of the exact numbers, rounded up or down.
    """
    parts, remainders = (
        zip(*(divmod(total * weight, whole) for weight in weights), strict=True) if weights else ((), ())
    )
    by_remainder = sorted(range(len(weights)), key=lambda place: -remainders[place])
    rounded_up = set(by_remainder[: total - sum(parts)])
    return [part + (place in rounded_up) for place, part in enumerate(parts)]


def share_out(total: int, weights: Sequence[int], most: Sequence[int]) -> list[int]:
    """Whole numbers that add up to a total: by weight, none more than its `most`, by largest remainders.

    What a hub cannot take goes to the others, by their weight as long as they have one, then by what they can still
    take. What nobody can take is shared out all the same, by weight, evenly if nothing weighs: the parts add up always.
    """
    parts = [0] * len(weights)
    left = total
    while left:
        room = [max(0, limit - part) for limit, part in zip(most, parts, strict=True)]
        by_weight = [weight if free else 0 for weight, free in zip(weights, room, strict=True)]
        shares = next((one for one in (by_weight, room) if any(one)), None)
        if shares is None:
            evenly = weights if any(weights) else [1] * len(weights)
            rest = in_whole_parts(left, evenly, sum(evenly))
            return [part + more for part, more in zip(parts, rest, strict=True)]
        by_share = in_whole_parts(left, shares, sum(shares))
        more = [min(part, free) for part, free in zip(by_share, room, strict=True)]
        parts = [part + one for part, one in zip(parts, more, strict=True)]
        left -= sum(more)
    return parts


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
    columns = in_whole_parts(whole, days, sum(days))
    hub = np.repeat(np.arange(len(parts)), parts)
    nth = np.arange(whole) - np.repeat(np.cumsum(parts) - parts, parts)
    # As floats these are equal, or less, where the fractions are: hubs have far fewer people than floats have digits.
    in_time = np.argsort((2 * nth + 1) / (2 * parts[hub]), kind="stable")
    cells = hub[in_time] * len(days) + np.repeat(np.arange(len(days)), columns)
    rows = np.bincount(cells, minlength=len(parts) * len(days)).reshape(len(parts), len(days))
    return [tuple(row) for row in rows.tolist()]
