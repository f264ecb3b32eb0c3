"""The areas and agencies of a question: written as they are known, and said where nothing is known of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.errors import Refused
from projections.standings.slices import Slice, Slices
from projections.standings.stored import load_slices
from web.auth.viewer import Viewer
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class UnknownName:
    """An area or an agency (`what`) of which nothing was ever said, beside those of which something was."""

    what: str
    name: str
    known: Sequence[str]

    @property
    def sentence(self) -> str:
        """It is more likely a slip than an empty figure."""
        there_are = f"There is {', '.join(self.known)}." if self.known else "Nothing has been received yet."
        return f"nothing is known of the {self.what} {self.name}. {there_are}"

    def seen_by(self, who: Viewer) -> "UnknownName":
        """The same for this viewer: to a provider no agency is named but its own."""
        if self.what == "area" or not who.is_provider:
            return self
        return replace(self, known=[name for name in self.known if name in who.own])


def unknown(snapshot: Snapshot, *slices: Slice) -> list[UnknownName]:
    """The areas and agencies of these slices of which nothing is known; an agency with a contract is known."""
    known, under_contract = known_slices(snapshot), _under_contract(snapshot)
    named = (
        UnknownName(what, name, names)
        for where in dict.fromkeys(slices)
        for what, name, names in (
            ("area", where.area, known.areas),
            ("agency", where.agency, sorted({*known.agencies, *under_contract})),
        )
        if name and name not in names
    )
    return list(named)


def as_known(snapshot: Snapshot, slice_: Slice) -> Slice:
    """The slice with its area and agency in the case in which they are known."""
    if slice_.area is None and slice_.agency is None:
        return slice_
    return known_slices(snapshot).named(slice_, _under_contract(snapshot))


def agencies_named(snapshot: Snapshot, codes: Iterable[str]) -> tuple[str, ...]:
    """Agencies in the case in which they are known.

    Raises:
        Refused: nothing is known of one (code "agency-unknown"): what goes to it would be read by nobody.
    """
    slices = [as_known(snapshot, Slice(agency=code)) for code in codes]
    if missing := unknown(snapshot, *slices):
        sentence = missing[0].sentence
        raise Refused("agency-unknown", f"{sentence[:1].upper()}{sentence[1:]}")
    return tuple(one.agency for one in slices if one.agency)


def codes_known(snapshot: Snapshot) -> tuple[frozenset[str], frozenset[str]]:
    """The areas and the agencies of which anything is known; an agency with a contract is known."""
    known = known_slices(snapshot)
    return frozenset(known.areas), frozenset({*known.agencies, *_under_contract(snapshot)})


@snapshot_cache(of_knowledge=True)
def known_slices(snapshot: Snapshot) -> Slices:
    """Every area and agency of which anything is known."""
    return load_slices(snapshot.connection)


def _under_contract(snapshot: Snapshot) -> set[str]:
    return {contract.agency for contract in snapshot.submissions.contracts.known_at()}
