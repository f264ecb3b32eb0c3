"""A random sample that anybody can draw again: files in the order of a hash of the seed and the file's references.

Each file's place is SHA-256 of `seed|AGNCY|CLIENT|EPISODID`, in UTF-8; the least are drawn. Nobody can foresee the
order without the seed, and everybody who has the seed and a list of the files gets it again, with any program. A file
that goes (it was erased) leaves the order of the others as it was: the next one takes its place, and no other moves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID


class CaseFile(NamedTuple):
    """A file that can be drawn: its episode, the agency's references, and the stratum that it is in."""

    episode: UUID
    agency: str
    client_reference: str
    episode_reference: str
    stratum: str = ""

    def ticket(self, seed: str) -> str:
        """Its place in the order of a seed, as hexadecimal digits."""
        text = "|".join((seed, self.agency, self.client_reference, self.episode_reference))
        return sha256(text.encode()).hexdigest()


def shares(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many to draw of each stratum: by its size, the largest remainders rounded up; of equal ones by name.

    A stratum is never empty-handed where as many as there are strata are wanted. With too few files it is all of them.
    """
    total = sum(sizes.values())
    if wanted >= total:
        return dict(sizes)
    drawn = {name: size * wanted // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(sizes[name] * wanted % total), name))
    for name in by_remainder[: wanted - sum(drawn.values())]:
        drawn[name] += 1
    if wanted >= len(sizes):
        for name in sorted(name for name, number in drawn.items() if not number):
            largest = max(drawn, key=lambda other: (drawn[other], other))
            drawn[largest] -= 1
            drawn[name] += 1
    return drawn


def drawn_sample(files: Iterable[CaseFile], seed: str, quotas: Mapping[str, int]) -> list[CaseFile]:
    """The files with the least tickets of each stratum, as many as its quota says, in the order of their tickets."""
    by_stratum: defaultdict[str, list[tuple[str, CaseFile]]] = defaultdict(list)
    for one in files:
        by_stratum[one.stratum].append((one.ticket(seed), one))
    chosen = [pair for name, its in by_stratum.items() for pair in sorted(its)[: quotas.get(name, 0)]]
    return [one for _, one in sorted(chosen)]


def sizes_of(files: Sequence[CaseFile]) -> dict[str, int]:
    """How many files each stratum has, by name."""
    sizes: defaultdict[str, int] = defaultdict(int)
    for one in files:
        sizes[one.stratum] += 1
    return dict(sorted(sizes.items()))
