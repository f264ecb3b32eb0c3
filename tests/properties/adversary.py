"""An adversary who has all that the public was shown, and solves it.

Unknown is how many persons there are of each kind: of a substance group, in an area, at a set of agencies, counted or
not. Every number that was shown is an equation over these unknowns, which are whole and not negative. The least and
the greatest that a group can be are then two integer programs (scipy's HiGHS). That is the audit of the literature on
cell suppression, and it knows nothing of the code that it attacks: it reads the documents that the public reads.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from domain.measures.registry import MEASURE_OF, MEASURES
from projections.standings.engine import Standing

UNDER = 5
ELSEWHERE = "elsewhere"
IN_TREATMENT = ("successful completions", "in treatment")
"""Two families of the same persons: those in treatment in twelve months."""


class Kind(NamedTuple):
    """Whom the adversary cannot tell apart any further."""

    part: str
    area: str
    agencies: frozenset[str]
    adult: bool
    criminal_justice: bool
    counted: bool
    mature: bool


Group = Callable[[Kind], bool]
Standpoint = tuple[str, Any, Any, Any]
"""Table, as_of, position, definition."""


@dataclass(frozen=True)
class Number:
    """A number that was shown, and of whom it is."""

    name: tuple[Any, ...]
    group: Group
    count: int


@dataclass
class Finding:
    """A group of 1 to 4 persons, or of 0 counted among some, whose size was narrowed too far."""

    words: str
    true: int
    least: int
    greatest: int


@dataclass
class Adversary:
    """Reads what the public reads; `agencies` are those it knows of, and everybody is at one of them at least."""

    agencies: Sequence[str]
    areas: Sequence[str] = ()
    numbers: dict[Standpoint, dict[tuple[Any, ...], Number]] = field(default_factory=dict)

    def read(self, document: Mapping[str, Any]) -> None:
        """A figure as the public has it."""
        table = table_of(document["measure"])
        at = (table, document["as_of"], document["position"], document["definition"])
        self.numbers.setdefault(at, {}).update({one.name: one for one in _numbers(document)})

    def findings(self, at: Standpoint, persons: Iterable[Standing], taken: Iterable[Number] = ()) -> Iterator[Finding]:
        """What it finds out from one standpoint; it knows who the persons are only to say whether it found any.

        `taken` are numbers of other standpoints that it rightly takes for ones of this.
        """
        numbers = [*self.numbers[at].values(), *taken]
        clients = clients_of(persons)
        solver = Solver(self._kinds(numbers, parts_of(at[0]), [*clients]), numbers)
        for words, base, counted in self._groups([*clients]):
            group = (lambda kind, b=base, c=counted: b(kind) and c(kind)) if counted else base
            size = len(inside(group, clients))
            if size < UNDER and inside(base, clients):
                least, greatest = solver.bounds(group)
                if least > 0 or greatest < UNDER:
                    yield Finding(words, size, least, greatest)

    def changes(
        self, one: Standpoint, here: Iterable[Standing], other: Standpoint, there: Iterable[Standing]
    ) -> Iterator[Finding]:
        """Groups of which two standpoints tell that somebody came or left, if they were a few."""
        clients, later = clients_of(here), clients_of(there)
        solvers = [
            Solver(self._kinds([*self.numbers[at].values()], parts_of(at[0]), [*some]), [*self.numbers[at].values()])
            for at, some in ((one, clients), (other, later))
        ]
        for words, base, counted in self._groups([*clients, *later]):
            group = (lambda kind, b=base, c=counted: b(kind) and c(kind)) if counted else base
            changed = len(inside(group, clients) ^ inside(group, later))
            if 0 < changed < UNDER:
                if _overlap(*(solver.seen(group) for solver in solvers)):
                    continue
                before, after = (solver.exact(group) for solver in solvers)
                if not _overlap(before, after):
                    yield Finding(f"{words}: {before} and {after}", changed, before[0], after[1])

    def _kinds(self, numbers: Sequence[Number], parts: Sequence[str], true: Sequence[Kind]) -> list[Kind]:
        """Every kind there may be; of those between which neither a number nor a group makes a difference, one."""
        sets = [frozenset(some) for some in _subsets(self.agencies)]
        areas = [*self.areas, *({ELSEWHERE} if any(kind.area not in self.areas for kind in true) else ())]
        kinds = [Kind(*one) for one in product(parts, areas, sets, *[(False, True)] * 4)]
        different = {
            (kind.part, kind.area, kind.agencies, kind.counted, *(number.group(kind) for number in numbers)): kind
            for kind in kinds
        }
        return [*different.values()]

    def _groups(self, true: Sequence[Kind]) -> Iterator[tuple[str, Group, Group | None]]:
        """Groups whose size is nobody's business, if it is small: in words, whom, and which of them."""
        parts = sorted({kind.part for kind in true})
        for (who, at), part, (status, counted) in product(
            self._agency_groups(), [*parts, None], (("all", None), ("counted", _counted), ("not counted", _not_counted))
        ):
            yield f"{who}, {part or 'any group'}, {status}", _both(at, part), counted

    def _agency_groups(self) -> Iterator[tuple[str, Group]]:
        yield "all", _anybody
        for some in map(frozenset, _subsets(self.agencies)):
            names = "+".join(sorted(some))
            yield f"only at {names}", lambda kind, s=some: kind.agencies == s
            yield f"at {names}", lambda kind, s=some: s <= kind.agencies
            yield f"not at {names}", lambda kind, s=some: not s & kind.agencies
        yield "at two or more", lambda kind: len(kind.agencies) > 1
        for one, other in product(self.agencies, repeat=2):
            if one != other:
                yield f"at {one} and not {other}", lambda kind, o=one, n=other: o in kind.agencies - {n}
        for area in self.areas:
            yield f"in {area}", lambda kind, a=area: kind.area == a
            for agency in self.agencies:
                yield f"in {area} at {agency}", lambda kind, a=area, g=agency: kind.area == a and g in kind.agencies


def clients_of(persons: Iterable[Standing]) -> dict[Kind, set[int]]:
    """Who is of which kind."""
    clients: dict[Kind, set[int]] = {}
    for one in persons:
        clients.setdefault(kind_of(one), set()).add(one.client)
    return clients


def inside(group: Group, clients: Mapping[Kind, set[int]]) -> frozenset[int]:
    """Who is in a group."""
    return frozenset[int]().union(*(some for kind, some in clients.items() if group(kind)))


def _anybody(_kind: Kind) -> bool:
    return True


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (some for size in range(1, len(names) + 1) for some in combinations(names, size))


def _both(at: Group, part: str | None) -> Group:
    return lambda kind: at(kind) and part in {None, kind.part}


def _counted(kind: Kind) -> bool:
    return kind.counted


def _not_counted(kind: Kind) -> bool:
    return not kind.counted


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


class Solver:
    """The least and the greatest that a group can be, given the numbers.

    Every table that was found is kept: where one has nobody in a group and another has enough, nothing is solved.
    """

    def __init__(self, kinds: Sequence[Kind], numbers: Sequence[Number]) -> None:
        self.kinds = kinds
        rows = np.array([[number.group(kind) for kind in kinds] for number in numbers], float)
        counts = np.array([number.count for number in numbers], float)
        self.most = float(counts.max(initial=0) + 10 * UNDER)
        self.constraint = LinearConstraint(rows.reshape(len(numbers), len(kinds)), counts, counts)
        self.tables: list[Any] = []

    def bounds(self, group: Group) -> tuple[int, int]:
        """Both exactly, unless 0 and 5 were seen to be possible."""
        least, greatest = self.seen(group)
        return (least, greatest) if least <= 0 and greatest >= UNDER else self.exact(group)

    def seen(self, group: Group) -> tuple[int, int]:
        """The least and the greatest in the tables that were found; none at first."""
        members = [place for place, kind in enumerate(self.kinds) if group(kind)]
        sizes = [round(table[members].sum()) for table in self.tables]
        return (min(sizes), max(sizes)) if sizes else (1, 0)

    def exact(self, group: Group) -> tuple[int, int]:
        """Both exactly."""
        cost = np.array([group(kind) for kind in self.kinds], float)
        return self._optimum(cost), -self._optimum(-cost)

    def _optimum(self, cost: Any) -> int:
        solved = milp(
            cost,
            constraints=self.constraint,
            bounds=Bounds(0, self.most),
            integrality=np.ones(len(cost)),
        )
        assert solved.success, solved.message
        self.tables.append(solved.x)
        return round(solved.fun)


# ---- reading documents


def table_of(code: str) -> str:
    """The table that a measure is of: what two measures say of the same persons is one table."""
    name = MEASURE_OF[code].family.name
    return IN_TREATMENT[0] if name in IN_TREATMENT else name


def parts_of(table: str) -> tuple[str, ...]:
    """The substance groups or kinds of exit of a table, whether anybody is in them or not."""
    return max((m.family.parts for m in MEASURES if table_of(m.code) == table), key=len)


def kind_of(standing: Standing) -> Kind:
    """What a person is, in the words that figures use."""
    from domain.measures.families import part_stored_as

    area, agencies, _owner, adult, criminal_justice = standing.slice
    part = part_stored_as(standing.part)[1]
    mature = not standing.immature
    return Kind(part, area, frozenset(agencies.split(" ")), adult, criminal_justice, standing.counted, mature)


def _numbers(document: Mapping[str, Any]) -> Iterator[Number]:
    measure = MEASURE_OF[document["measure"]]
    family, slice_ = measure.family, document["slice"]
    parts = frozenset(family.parts[part] for part in measure.parts)
    inside = _inside(slice_, parts, adults=measure.adults)
    name = (parts, *slice_.values(), measure.adults)

    def number(status: str, value: Any, group: Group) -> Iterator[Number]:
        if isinstance(value, int):
            yield Number((*name, status), group, value)

    if measure.kind == "count":
        yield from number("all", document["numerator"], inside)
        for part, value in (document["parts"] or {}).items():
            only = _inside(slice_, frozenset({part}), adults=measure.adults)
            if isinstance(value, int):
                yield Number((frozenset({part}), *name[1:], "all"), only, value)
        return
    yield from number("all", document["denominator"], inside)
    yield from number("counted", document["numerator"], lambda kind: inside(kind) and kind.counted)
    yield from number("mature", document["matured"], lambda kind: inside(kind) and kind.mature)


def _inside(slice_: Mapping[str, Any], parts: frozenset[str], *, adults: bool) -> Group:
    def inside(kind: Kind) -> bool:
        return (
            kind.part in parts
            and slice_["area"] in {None, kind.area}
            and (slice_["agency"] is None or slice_["agency"] in kind.agencies)
            and (kind.criminal_justice or not slice_["criminal_justice"])
            and (not kind.adult if slice_["young_people"] else kind.adult or not adults)
        )

    return inside
