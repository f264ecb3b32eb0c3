"""Slices of a figure: by area, by agency, criminal-justice referrals, young people."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from domain.definition import CURRENT

SliceKey = tuple[str, str, str, bool, bool]
"""What a slice asks of a standing: area, agencies (sorted, one space between), owner, adult, criminal justice."""

_SOURCES: Final = ", ".join(map(str, sorted(CURRENT.criminal_justice)))


@dataclass(frozen=True, slots=True)
class Slice:
    """Which standings a figure counts; the empty slice counts all.

    `area`: the deciding journey's area. `agency`: the deciding journey has an episode there; agencies add to more than
    the area. `criminal_justice`: referred from the criminal-justice system. `young_people`: under 18 in the window
    instead of adults.
    """

    area: str | None = None
    agency: str | None = None
    criminal_justice: bool = False
    young_people: bool = False

    def holds(self, key: SliceKey, *, adults: bool) -> bool:
        """Whether a standing of this key belongs to the slice; `adults`: the measure counts adults by itself."""
        area, agencies, _owner, adult, criminal_justice = key
        of_age = not adult if self.young_people else adult or not adults
        return (
            of_age
            and (self.area is None or self.area == area)
            and (self.agency is None or self.agency in agencies.split(" "))
            and (criminal_justice or not self.criminal_justice)
        )

    def words(self, named: Callable[[str], str] = str) -> str:
        """Whose figures they are, without a full stop; `named` writes an agency."""
        parts = [
            f"Area {self.area}" if self.area else "All areas",
            f"journeys with an episode at {named(self.agency)}" if self.agency else "all agencies",
            *([f"referred by criminal justice (RFLS {_SOURCES})"] if self.criminal_justice else []),
            *(["young people in place of adults"] if self.young_people else []),
        ]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Others(Slice):
    """What is left of a slice without the journeys in which one of the agencies `own` has an episode."""

    own: frozenset[str] = frozenset()

    def holds(self, key: SliceKey, *, adults: bool) -> bool:
        """Whether a standing of this key belongs to the slice, and to none of `own`."""
        return Slice.holds(self, key, adults=adults) and self.own.isdisjoint(key[1].split(" "))


def others_of(slice_: Slice, own: Collection[str]) -> Others:
    """The rest of a slice beside these agencies."""
    return Others(slice_.area, slice_.agency, slice_.criminal_justice, slice_.young_people, frozenset(own))


def _in_any_case(name: str, names: Collection[str]) -> str:
    """The name as it is among these, if there is just one that differs from it in upper and lower case alone."""
    alike = [one for one in names if one.casefold() == name.casefold()]
    return alike[0] if name not in names and len(alike) == 1 else name


@dataclass(slots=True)
class Slices:
    """Numbers for slice keys, given once and never changed."""

    numbers: dict[SliceKey, int] = field(default_factory=dict)

    def number(self, key: SliceKey) -> int:
        """The key's number, the next one where it is new."""
        return self.numbers.setdefault(key, len(self.numbers))

    @property
    def areas(self) -> list[str]:
        """Every area that anything is known of, in order."""
        return sorted({area for area, *_ in self.numbers})

    @property
    def agencies(self) -> list[str]:
        """Every agency that anything is known of, in order."""
        return sorted({agency for _, agencies, *_ in self.numbers for agency in agencies.split(" ")})

    def named(self, slice_: Slice, more_agencies: Collection[str] = ()) -> Slice:
        """The slice with its area and its agency as they are written here, whatever their case; else as it is.

        `more_agencies` are known too, though nothing stands in any figure of theirs.
        """
        area, agency = slice_.area, slice_.agency
        agencies = {*self.agencies, *more_agencies}
        return replace(
            slice_,
            area=area and _in_any_case(area, self.areas),
            agency=agency and _in_any_case(agency, agencies),
        )

    def __iter__(self) -> Iterator[SliceKey]:
        """The keys in the order of their numbers."""
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)
