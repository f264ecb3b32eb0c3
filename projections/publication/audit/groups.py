"""The groups of a table whose size is nobody's business: those that are small, of all that can be told of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from ..suppression import UNDER
from .cells import People, Status, TableCell
from .kinds import Flags, Kinds, Names, Whole


@dataclass(frozen=True, slots=True)
class SmallGroups:
    """Small groups: which kinds are in each, whether 0 must stay possible, and how many must.

    Where persons are unseen, `wholes` are the groups of which they are parts, and of `plenty` or more nobody is told
    by; else both are empty.
    """

    kinds: Flags
    nobody: Flags
    enough: Whole
    wholes: Flags
    plenty: Whole


def small_groups(kinds: Kinds, people: People, cells: Sequence[TableCell], unseen: int) -> SmallGroups:
    sizes = _Sizes.of(kinds, people)
    dimensions = [_agency_groups(kinds, people), _part_groups(kinds, cells), _area_groups(kinds), _age_groups(kinds)]
    bases = _crossed([*dimensions, _justice_groups(kinds)])
    bases = bases[sizes.persons(bases) + unseen > 0]
    inside = np.concatenate([bases & kinds.of_status(status) for status in _statuses(kinds.names)])
    small = (sizes.persons(inside) < UNDER) & inside.any(axis=1)
    _, first = np.unique(np.packbits(inside[small], axis=1), axis=0, return_index=True)
    chosen = np.flatnonzero(small)[first]
    some, units = inside[chosen], sizes.units(inside[chosen])
    groups = SmallGroups(some, (units > 0) | (unseen > 0), np.maximum(UNDER, units + 1), bases[:0], units[:0])
    if not unseen:
        return groups
    return replace(groups, wholes=bases[chosen % len(bases)], plenty=UNDER + units - sizes.persons(some))


def _statuses(names: Names) -> list[Status]:
    statuses = [Status.ALL]
    if "counted" in names.flags:
        statuses += [Status.COUNTED, Status.NOT_COUNTED]
    if "matured" in names.flags:
        statuses += [Status.MATURED, Status.NOT_MATURED]
    return statuses


def _crossed(dimensions: Sequence[Sequence[Flags]]) -> Flags:
    """Every choice of one group from each, as the kinds that are in all of these; none that is empty."""
    crossed = np.ones((1, len(dimensions[0][0])), bool)
    for dimension in dimensions:
        crossed = (crossed[:, None, :] & np.stack(dimension)[None, :, :]).reshape(-1, crossed.shape[1])
        crossed = crossed[crossed.any(axis=1)]
    return crossed


@dataclass(frozen=True, slots=True)
class _Sizes:
    """How many are of each kind, and which persons, where somebody has several journeys or episodes."""

    of_kind: Whole
    presence: NDArray[np.float32] | None

    @classmethod
    def of(cls, kinds: Kinds, people: People) -> "_Sizes":
        placed = kinds.placed(people)
        of_kind = np.zeros(len(kinds), np.int64)
        for kind, some in placed:
            of_kind[kind] += len(some)
        clients = {client: i for i, client in enumerate({client for _, some in placed for client in some})}
        if len(clients) == of_kind.sum():
            return cls(of_kind, None)
        presence = np.zeros((len(kinds), len(clients)), np.float32)
        for kind, some in placed:
            presence[kind, [clients[client] for client in some]] = 1
        return cls(of_kind, presence)

    def units(self, groups: Flags) -> Whole:
        """How many are in each group."""
        units: Whole = groups @ self.of_kind
        return units

    def persons(self, groups: Flags) -> Whole:
        """How many persons are in each group."""
        if self.presence is None:
            return self.units(groups)
        persons: Whole = (groups.astype(np.float32) @ self.presence > 0).sum(axis=1)
        return persons


def _agency_groups(kinds: Kinds, people: People) -> list[Flags]:
    """Exactly at these agencies; at all of these, at none of these; at one and not at another; at two or more."""
    everybody = [np.ones(len(kinds), bool)]
    if not kinds.names.agencies:
        return everybody
    agencies, bits = kinds.column("agencies"), [1 << i for i in range(len(kinds.names.agencies) + 1)]
    sets = {kinds.names.kind(person)[2] for person in people}
    sets |= {sum(some) for size in (1, 2, 3) for some in combinations(bits, size)}
    exactly = [agencies == some for some in sets]
    at_all = [agencies & some == some for some in sets]
    at_none = [agencies & some == 0 for some in sets]
    one_not_other = [(agencies & one > 0) & (agencies & other == 0) for one, other in permutations(bits, 2)]
    several = agencies & (agencies - 1) > 0
    return [*everybody, *exactly, *at_all, *at_none, *one_not_other, several, ~several]


def _part_groups(kinds: Kinds, cells: Sequence[TableCell]) -> list[Flags]:
    names = kinds.names.parts
    sets = {frozenset(names), *(frozenset({name}) for name in names), *(cell.parts for cell in cells)}
    return [np.array([name in some for name in names])[kinds.column("part")] for some in sets]


def _area_groups(kinds: Kinds) -> list[Flags]:
    areas = range(len(kinds.names.areas))
    return [np.ones(len(kinds), bool), *(kinds.column("area") == area for area in areas if len(areas) > 1)]


def _age_groups(kinds: Kinds) -> list[Flags]:
    return _of_flag(kinds, kinds.flag("adult"))


def _justice_groups(kinds: Kinds) -> list[Flags]:
    return _of_flag(kinds, kinds.flag("criminal_justice"))


def _of_flag(kinds: Kinds, flag: Flags) -> list[Flags]:
    """Everybody, and where it tells them apart, those who are it and those who are not."""
    everybody = [np.ones(len(kinds), bool)]
    return [*everybody, flag, ~flag] if flag.any() and not flag.all() else everybody
