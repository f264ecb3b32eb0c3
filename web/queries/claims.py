"""Another party's figure beside ours, the fractions that a percentage could be, and what a table contradicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import Any

from domain.definition import Definition, definition_in_force
from domain.errors import WrongUse
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.claims import table_checks
from projections.claims.claim import Claim, ClaimSearch, Search, check_claim, measures_of, variants_of
from projections.claims.plausibility import Plausible, StatedPercentage
from projections.claims.plausibility import plausible as plausible_fractions
from projections.claims.reconciliation import Comparison, Listed, ListQuestion
from projections.privacy import redaction
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.presenters import text
from web.schemas import claims as documents
from web.snapshot import Snapshot

from .parameters import EVERYBODY, Document, KnownAt


@dataclass(frozen=True, slots=True)
class PlausibleQuery:
    """A printed percentage, and the cohorts to list: from so many people to so many, both included."""

    printed: StatedPercentage
    denominator_min: int = 1
    denominator_max: int = 500


@dataclass(frozen=True, slots=True)
class PlausibleResult:
    """The fractions that it could be."""

    plausible: Plausible

    def document(self) -> Document:
        """PLAUSIBLE of the JSON reference."""
        return documents.plausible(self.plausible)


def plausible(asked: PlausibleQuery) -> PlausibleResult:
    """Which fractions a printed percentage could be; no data are needed for it."""
    return PlausibleResult(plausible_fractions(asked.printed, asked.denominator_min, asked.denominator_max))


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """What another party says a figure is: numbers or a percentage (`stated`), the people behind it, or both."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    definition: Definition | None = None
    stated: Claim | None = None
    listed: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """Theirs and ours. `comparison` is of a list of people; `search` of numbers that differ, with the time it took."""

    stated: Claim
    figure: Figure
    search: Search | None = None
    seconds: float = 0.0
    comparison: Comparison | None = None

    def document(self) -> Document:
        """CLAIM of the JSON reference."""
        return documents.claim(self.stated, self.figure, self.search, self.seconds, self.comparison)


def stated_claim(
    numerator: int | None, denominator: int | None, percentage: str | None, decimals: int | None
) -> Claim | None:
    """What is stated in numbers; None where nothing is.

    Raises:
        WrongUse: numbers and a percentage at once, or decimals of no percentage.
        Refused: the percentage is none.
    """
    numbers = numerator is not None or denominator is not None
    if percentage is not None and numbers:
        raise WrongUse("Give numbers, or a percentage, and not both.")
    if decimals is not None and percentage is None:
        raise WrongUse("Decimals say how a percentage was printed: give the percentage too.")
    if percentage is not None:
        return Claim(percentage=StatedPercentage.parse(percentage, decimals))
    return Claim(numerator, denominator) if numbers else None


def claim(snapshot: Snapshot, viewer: Viewer, asked: ClaimQuery) -> ClaimResult:
    """Their figure beside ours: with a list, person by person; else, if they differ, where ours would be the same.

    What was found of numbers is kept with the snapshot, since a search may take seconds; of a list nothing is.

    Raises:
        WrongUse: nothing is claimed.
        Refused: no figure can be what is claimed.
    """
    stated = _stated(asked)
    if asked.listed:
        beside = _Beside(snapshot, asked)
        return viewer.redacted(
            ClaimResult(stated, beside.figure, comparison=beside.comparison(stated)), _redacted_claim
        )
    return viewer.redacted(snapshot.kept(asked, lambda: _of_numbers(snapshot, asked, stated)), _redacted_claim)


def _of_numbers(snapshot: Snapshot, asked: ClaimQuery, stated: Claim) -> ClaimResult:
    beside = _Beside(snapshot, asked)
    if stated.fits(beside.figure.numerator, beside.figure.denominator):
        return ClaimResult(stated, beside.figure)
    started = perf_counter()
    search = beside.search(stated)
    return ClaimResult(stated, beside.figure, search, perf_counter() - started)


def _stated(asked: ClaimQuery) -> Claim:
    """What is claimed: as said, else as the list has it."""
    if asked.stated is not None:
        check_claim(asked.stated, asked.measure)
        return asked.stated
    if not asked.listed:
        raise WrongUse("Give a numerator and a denominator, a percentage, or a list of the people.")
    return _of_list(asked.measure, asked.listed)


def _of_list(measure: Measure, listed: Sequence[Listed]) -> Claim:
    if measure.kind == "count":
        return Claim(len(listed))
    says = any(one.counted is not None for one in listed)
    return Claim(sum(bool(one.counted) for one in listed) if says else None, len(listed))


class _Beside:
    """Ours, from one snapshot, to set beside a claim."""

    def __init__(self, snapshot: Snapshot, asked: ClaimQuery) -> None:
        self.snapshot, self.asked, self.measure = snapshot, asked, asked.measure
        self.standpoint: Standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
        self.definition = asked.definition or definition_in_force(asked.as_of)
        self.engine: StandingsEngine = snapshot.engine(
            measures_of(variants_of(self.measure)), [asked.as_of], self.definition
        )
        self.figure: Figure = self.engine.figure(self.measure, self.standpoint, asked.where)

    def comparison(self, stated: Claim) -> Comparison:
        """A list of people beside the members of our figure; it need not be the list of the numbers that are stated."""
        snapshot, where, listed = self.snapshot, self.asked.where, self.asked.listed
        _, members = snapshot.members(self.measure, self.standpoint, where, self.definition)
        found = ListQuestion(
            snapshot.connection,
            snapshot.mapper,
            snapshot.generation,
            self.measure,
            self.standpoint,
            where,
            self.definition,
        ).compare(listed, members)
        of_list = _of_list(self.measure, listed)
        if stated.percentage or of_list in {stated, replace(stated, numerator=None)}:
            return found
        notice = f"The claim is {text.claimed(stated)}; the list has {text.claimed(of_list)}."
        return replace(found, notices=(notice, *found.notices))

    def search(self, stated: Claim) -> Search:
        """Where ours is what is claimed."""
        return ClaimSearch(
            self.snapshot.connection,
            self.snapshot.mapper,
            self.engine,
            self.definition,
            stated,
            self.measure,
            self.standpoint,
            self.asked.where,
        ).run()


@dataclass(frozen=True, slots=True)
class TableCheckResult:
    """What cannot stand beside the rest of a printed table of so many `rows`."""

    rows: int
    findings: Sequence[table_checks.Finding]

    def document(self) -> Document:
        """FINDINGS of the JSON reference."""
        return documents.findings(self.rows, self.findings)


def check_table(rows: Sequence[table_checks.TableRow]) -> TableCheckResult:
    """What cannot stand beside the rest of a printed table; no data are needed for it."""
    return TableCheckResult(len(rows), table_checks.check_table(rows))


def _redacted_claim(answer: ClaimResult, own: Own) -> ClaimResult:
    comparison: Any = redaction.redacted_comparison(answer.comparison, own) if answer.comparison else None
    search = redaction.redacted_search(answer.search, own) if answer.search else None
    figure = redaction.redacted_figure(answer.figure, own)
    return replace(answer, figure=figure, search=search, comparison=comparison)
