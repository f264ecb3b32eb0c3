"""Two standpoints together: whether they tell of a few who came to a group, or left it.

Of a group by itself a number may be known that is large enough, and known again a month later. If it cannot be the
same number, somebody came or left; and if they were 1 to 4, that is as much as a small count. So of every group in
which the two standpoints differ by 1 to 4 persons, one number must be possible at both.
"""

from itertools import combinations, permutations, product
from typing import Final

from .audit import Audit, Range
from .cells import Ages, Status
from .kinds import Kinds
from .overlap import Group

_NO_AGENCY: Final = frozenset[str]()
_STATUSES: Final = (Status.ALL, Status.COUNTED, Status.NOT_COUNTED)


def groups_told_by(one: Kinds, other: Kinds) -> list[Group]:
    """The groups that the numbers of both standpoints tell apart."""
    names, others = one.names, other.names
    flags = names.flags & others.flags
    agencies = sorted({*names.agencies} & {*others.agencies})
    pairs = [(frozenset({here}), frozenset({there})) for here, there in permutations(agencies, 2)]
    alone = [(frozenset({agency}), _NO_AGENCY) for agency in agencies]
    elsewhere = [(_NO_AGENCY, frozenset({agency})) for agency in agencies]
    both = [(frozenset(pair), _NO_AGENCY) for pair in combinations(agencies, 2)]
    parts = sorted({*names.parts} & {*others.parts})
    some_parts = [frozenset(parts), *(frozenset({part}) for part in parts if len(parts) > 1)]
    areas = [None, *sorted({*names.areas[:-1]} & {*others.areas[:-1]})]
    statuses = _STATUSES if "counted" in flags else _STATUSES[:1]
    at = [(_NO_AGENCY, _NO_AGENCY), *alone, *elsewhere, *pairs, *both]
    return [
        Group(some, area, at_all, at_none, age, status)
        for (at_all, at_none), some, area, age, status in product(at, some_parts, areas, Ages, statuses)
    ]


def may_be_the_same(one: Audit, other: Audit, group: Group) -> bool:
    """Whether a group may have as many persons at both standpoints, as far as the numbers say."""
    if not one.tells_of(group) or not other.tells_of(group) or _overlap(one.seen_of(group), other.seen_of(group)):
        return True
    return _overlap(one.range_of(group), other.range_of(group))


def _overlap(one: Range, other: Range) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])
