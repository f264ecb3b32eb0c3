"""A group that two standpoints are compared by, wherever their numbers tell it apart."""

from dataclasses import dataclass

import numpy as np

from .cells import Ages, Person, Status
from .kinds import Flags, Kinds


@dataclass(frozen=True, slots=True)
class Group:
    """Persons at all of some agencies and at none of others, of these parts, in an area, of these ages."""

    parts: frozenset[str]
    area: str | None
    at_all: frozenset[str]
    at_none: frozenset[str]
    ages: Ages
    status: Status

    def holds(self, person: Person) -> bool:
        """Whether somebody is in it."""
        return (
            person.part in self.parts
            and self.area in {None, person.area}
            and self.at_all <= person.agencies
            and not self.at_none & person.agencies
            and (self.ages is Ages.ALL or person.adult == (self.ages is Ages.ADULTS))
            and person.has(self.status)
        )

    def among(self, kinds: Kinds) -> Flags | None:
        """Which kinds are in it; None where the numbers do not tell it apart, or count nobody in it."""
        names = kinds.names
        known = self.parts <= {*names.parts} and self.area in {None, *names.areas[:-1]}
        known &= self.at_all | self.at_none <= {*names.agencies} and (
            self.status is Status.ALL or "counted" in names.flags
        )
        inside = self._flags(kinds) if known else np.zeros(0, bool)
        return inside if inside.any() else None

    def is_counted_whole(self, kinds: Kinds) -> bool:
        """Whether some number counts everybody in it; else nobody knows how many more there are."""
        return not self._flags(kinds.outside).any()

    def _flags(self, kinds: Kinds) -> Flags:
        names, agencies = kinds.names, kinds.column("agencies")
        wanted, unwanted = (sum(map(names.bit, some)) for some in (self.at_all, self.at_none))
        inside: Flags = np.array([part in self.parts for part in names.parts])[kinds.column("part")]
        inside &= (agencies & wanted == wanted) & (agencies & unwanted == 0) & kinds.of_status(self.status)
        if self.area is not None:
            inside &= kinds.column("area") == names.areas.index(self.area)
        if self.ages is not Ages.ALL:
            inside &= kinds.flag("adult") == (self.ages is Ages.ADULTS)
        return inside
