"""Another party's figure beside ours, the fractions that a percentage could be, and what a table contradicts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from domain.definition import Definition, definition_in_force
from domain.errors import WrongUse
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.claims import table_checks, wording
from projections.claims.claim import Claim, ClaimSearch, Search, check_claim, measures_of, variants_of
from projections.claims.plausibility import ROUNDING, StatedPercentage
from projections.claims.plausibility import plausible as plausible_fractions
from projections.claims.reconciliation import Comparison, Listed, ListQuestion
from projections.privacy import redaction
from projections.privacy.redaction import RedactedComparison
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

from .claim import ClaimResult, claim_result

# ---- which fractions a percentage could be


@dataclass(frozen=True, slots=True)
class PlausibleQuery:
    """A printed percentage, and the cohorts to list: from so many people to so many, both included."""

    percentage: StatedPercentage
    denominator_min: int = 1
    denominator_max: int = 500


class PlausibleResult(Result, frozen=True):
    """The fractions that a printed percentage could be."""

    percentage: str
    decimals: int
    rounding: str
    denominator_min: int
    denominator_max: int
    fractions: Sequence[Sequence[int]]
    smallest_denominator: int
    smallest: Sequence[int]


def plausible(query: PlausibleQuery) -> PlausibleResult:
    """Which fractions a printed percentage could be; no data are needed for it."""
    fractions = plausible_fractions(query.percentage, query.denominator_min, query.denominator_max)
    return PlausibleResult(
        query.percentage.text,
        query.percentage.decimals,
        ROUNDING,
        fractions.denominator_min,
        fractions.denominator_max,
        fractions.fractions,
        fractions.smallest[1],
        fractions.smallest,
    )


# ---- another party's figure


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """What another party says a figure is: numbers or a percentage (`stated`), the people behind it, or both."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    definition: Definition | None = None
    stated: Claim | None = None
    listed: tuple[Listed, ...] = ()


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


def check_list(viewer: Viewer, listed: Iterable[Listed]) -> None:
    """Whether the viewer may hold these people against a figure: a provider its own clients, and nobody else's.

    Raises:
        Refused: a line names another agency.
    """
    if viewer.is_provider:
        redaction.check_own_list(listed, viewer.own)


def claim(snapshot: Snapshot, viewer: Viewer, query: ClaimQuery) -> ClaimResult:
    """Their figure beside ours: with a list, person by person; else, if they differ, where ours would be the same.

    The answer to numbers is kept with the snapshot, since a search may take seconds; that to a list never is.

    Raises:
        WrongUse: nothing is claimed.
        Refused: no figure can be what is claimed, or a list is not the viewer's own; to a provider also, of all
            agencies together where that tells of few others, or at no month end.
    """
    stated = _stated(query)
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    others.check_standpoint(snapshot, viewer, query.slice_, standpoint, query.definition)
    if query.listed:
        check_list(viewer, query.listed)
        ours = _Ours(snapshot, query)
        beside = _Beside(ours.figure, comparison=ours.comparison(stated))
    else:
        beside = _searched(snapshot, query, stated)
    others.check_enough(snapshot, viewer, beside.figure)
    visible = viewer.redacted(beside, _redacted)
    return claim_result(stated, visible.figure, visible.search, visible.seconds, visible.comparison)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside a claim. `seconds` is how long the search took."""

    figure: Figure
    search: Search | None = None
    seconds: float = 0.0
    comparison: Comparison | RedactedComparison | None = None


def _redacted(beside: _Beside, own: Own) -> _Beside:
    comparison, search = beside.comparison, beside.search
    return replace(
        beside,
        figure=redaction.redacted_figure(beside.figure, own),
        search=redaction.redacted_search(search, own) if search else None,
        comparison=redaction.redacted_comparison(comparison, own) if isinstance(comparison, Comparison) else None,
    )


@snapshot_cache(of_knowledge=True)
def _searched(snapshot: Snapshot, query: ClaimQuery, stated: Claim) -> _Beside:
    ours = _Ours(snapshot, query)
    if stated.fits(ours.figure.numerator, ours.figure.denominator):
        return _Beside(ours.figure)
    started = perf_counter()
    search = ours.search(stated)
    return _Beside(ours.figure, search, perf_counter() - started)


def _stated(query: ClaimQuery) -> Claim:
    """What is claimed: as stated, else as the list has it."""
    if query.stated is not None:
        check_claim(query.stated, query.measure)
        return query.stated
    if not query.listed:
        raise WrongUse("Give a numerator and a denominator, a percentage, or a list of the people.")
    return _claim_of_list(query.measure, query.listed)


def _claim_of_list(measure: Measure, listed: Sequence[Listed]) -> Claim:
    if measure.kind == "count":
        return Claim(len(listed))
    says = any(line.counted is not None for line in listed)
    return Claim(sum(bool(line.counted) for line in listed) if says else None, len(listed))


class _Ours:
    """Our figure of one snapshot, and what is held against it."""

    def __init__(self, snapshot: Snapshot, query: ClaimQuery) -> None:
        self.snapshot, self.query, self.measure = snapshot, query, query.measure
        self.standpoint: Standpoint = snapshot.standpoint(query.as_of, query.known_at)
        self.definition = query.definition or definition_in_force(query.as_of)
        variants = measures_of(variants_of(self.measure))
        self.engine: StandingsEngine = snapshot.engine(variants, [query.as_of], self.definition)
        self.figure: Figure = self.engine.figure(self.measure, self.standpoint, query.slice_)

    def comparison(self, stated: Claim) -> Comparison:
        """A list of people beside the members of our figure; it need not be the list of the numbers that are stated."""
        snapshot, slice_, listed = self.snapshot, self.query.slice_, self.query.listed
        _, members = snapshot.members(self.measure, self.standpoint, slice_, self.definition)
        comparison = ListQuestion(
            snapshot.connection,
            snapshot.mapper,
            snapshot.generation,
            self.measure,
            self.standpoint,
            slice_,
            self.definition,
        ).compare(listed, members)
        of_list = _claim_of_list(self.measure, listed)
        if stated.percentage or of_list in {stated, replace(stated, numerator=None)}:
            return comparison
        notice = f"The claim is {wording.claimed(stated)}; the list has {wording.claimed(of_list)}."
        return replace(comparison, notices=(notice, *comparison.notices))

    def search(self, stated: Claim) -> Search:
        """Where ours is what is claimed."""
        return ClaimSearch(
            self.snapshot.connection,
            self.engine,
            self.definition,
            stated,
            self.measure,
            self.standpoint,
            self.query.slice_,
            bring_up=self.snapshot.brought_up,
        ).run()


# ---- a printed table


class TableCheckResult(Result, frozen=True):
    """What cannot stand beside the rest of a printed table of so many `rows`."""

    rows: int
    findings: Sequence[table_checks.Finding]


def check_table(rows: Sequence[table_checks.TableRow]) -> TableCheckResult:
    """What cannot stand beside the rest of a printed table; no data are needed for it."""
    return TableCheckResult(len(rows), table_checks.check_table(rows))
