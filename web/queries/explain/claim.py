"""A claim as an answer: another party's figure beside ours, and what the difference comes from."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import msgspec

from domain.client import client_text
from domain.rounding import STORED_DECIMALS, half_up
from domain.standpoint import Standpoint
from projections.claims import wording
from projections.claims.claim import Claim, Difference, Fit, Search
from projections.claims.plausibility import StatedPercentage
from projections.claims.reconciliation import AccountStep, Comparison, Listed
from projections.privacy.redaction import RedactedComparison
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web.queries.performance.figure import FigureResult, figure_result
from web.queries.result import Result

from .people import JourneyResult, MemberResult, journey_result, member_result


class StatedFigure(Result, frozen=True):
    """What the other party says; of a percentage, the fractions that it could be."""

    numerator: int | None
    denominator: int | None
    percentage: str | None
    decimals: int | None
    smallest_denominator: int | None
    of_our_denominator: Sequence[int] | None

    @property
    def claim(self) -> Claim:
        """What is claimed."""
        printed = None if self.percentage is None else StatedPercentage.parse(self.percentage, self.decimals)
        return Claim(self.numerator, self.denominator, printed)


class ClaimDifference(Result, frozen=True):
    """Theirs less ours; null where one side does not say."""

    numerator: int | None
    denominator: int | None
    points: float | None


class FitResult(Result, frozen=True):
    """A place where ours is what is claimed."""

    sentence: str
    differences: tuple[Difference, ...]
    measure: str
    numerator: int
    denominator: int | None
    as_of: date
    known_at: date | None
    position: int
    known_from: date | None
    known_until: date | None
    slice: Slice
    definition: str
    wording: str
    window: str

    @property
    def standpoint(self) -> Standpoint:
        """From where ours is seen."""
        return Standpoint(self.as_of, self.known_at, self.position)

    @property
    def place(self) -> str:
        """What is other there than in the question, in words."""
        return self.sentence.removeprefix(wording.EQUALS).removesuffix(".")

    @property
    def numbers(self) -> str:
        """Ours, in words."""
        return wording.claimed(Claim(self.numerator, self.denominator))


class SearchResult(Result, frozen=True):
    """Where ours was looked for, and the places that fit."""

    fits: list[FitResult]
    more: int
    pairs: int
    definitions: tuple[str, ...]
    windows: tuple[str, ...]
    seconds: float
    microseconds_a_pair: float | None

    @property
    def likeliest(self) -> list[FitResult]:
        """The places with the fewest differences."""
        return [fit for fit in self.fits if len(fit.differences) == len(self.fits[0].differences)]


class OnlyTheirsResult(Result, frozen=True):
    """Somebody on their list who is not in our figure."""

    client: str | None
    references: tuple[Listed, ...]
    rule: str
    journey: JourneyResult | None


class CountedDifferently(Result, frozen=True):
    """Somebody on both sides who is counted on one."""

    references: tuple[Listed, ...]
    ours: MemberResult


class ListedTwice(Result, frozen=True):
    """Somebody who is on their list more than once."""

    client: str
    references: tuple[Listed, ...]


class ComparisonResult(Result, frozen=True):
    """Their list beside our members."""

    agreed: int
    only_theirs: list[OnlyTheirsResult]
    only_ours: list[MemberResult]
    counted_differently: list[CountedDifferently]
    twice: list[ListedTwice]
    account: tuple[AccountStep, ...]
    notices: tuple[str, ...]

    @property
    def says_who_counts(self) -> bool:
        """Whether their list says whom they count."""
        return any(step.numerator is not None for step in self.account)


class ClaimResult(Result, frozen=True):
    """Another party's figure beside ours: `members` of a list of people, `search` of numbers that differ."""

    stated: StatedFigure = msgspec.field(name="claim")
    ours: FigureResult
    agrees: bool
    difference: ClaimDifference
    search: SearchResult | None
    comparison: ComparisonResult | None = msgspec.field(name="members")


def claim_result(
    stated: Claim,
    figure: Figure,
    search: Search | None,
    seconds: float,
    comparison: Comparison | RedactedComparison | None,
) -> ClaimResult:
    """CLAIM of the JSON reference; `seconds` is how long the search took."""
    return ClaimResult(
        _stated_figure(stated, figure),
        figure_result(figure),
        stated.fits(figure.numerator, figure.denominator),
        _difference(stated, figure),
        _search_result(search, seconds) if search else None,
        _comparison_result(comparison) if comparison else None,
    )


def _stated_figure(stated: Claim, ours: Figure) -> StatedFigure:
    printed = stated.percentage
    if printed is None:
        return StatedFigure(stated.numerator, stated.denominator, None, None, None, None)
    return StatedFigure(
        stated.numerator,
        stated.denominator,
        printed.text,
        printed.decimals,
        printed.smallest[1],
        list(printed.numerators(ours.denominator)) if ours.denominator else None,
    )


def _difference(stated: Claim, ours: Figure) -> ClaimDifference:
    denominator = None
    if stated.denominator is not None and ours.denominator is not None:
        denominator = stated.denominator - ours.denominator
    numerator = None if stated.numerator is None else stated.numerator - ours.numerator
    return ClaimDifference(numerator, denominator, _points(stated, ours))


def _points(stated: Claim, ours: Figure) -> float | None:
    if ours.percentage is None or not ours.denominator:
        return None
    exact = Fraction(100 * ours.numerator, ours.denominator)
    if stated.percentage:
        return half_up(Fraction(stated.percentage.value) - exact, STORED_DECIMALS)
    if stated.numerator is None or not stated.denominator:
        return None
    return half_up(Fraction(100 * stated.numerator, stated.denominator) - exact, STORED_DECIMALS)


def _search_result(search: Search, seconds: float) -> SearchResult:
    return SearchResult(
        list(map(_fit_result, search.fits)),
        search.more,
        search.pairs,
        search.definitions,
        search.windows,
        round(seconds, 4),
        round(1e6 * seconds / search.pairs, 1) if search.pairs else None,
    )


def _fit_result(fit: Fit) -> FitResult:
    return FitResult(
        wording.fit_sentence(fit),
        fit.differences,
        fit.measure.code,
        fit.numerator,
        fit.denominator,
        fit.standpoint.as_of,
        fit.standpoint.known_at,
        fit.standpoint.position,
        fit.known_from,
        fit.known_until,
        fit.slice,
        fit.definition,
        fit.wording,
        fit.window,
    )


def _comparison_result(comparison: Comparison | RedactedComparison) -> ComparisonResult:
    return ComparisonResult(
        comparison.agreed,
        [
            OnlyTheirsResult(
                None if person.client is None else client_text(person.client),
                person.lines,
                person.rule,
                journey_result(person.journey),
            )
            for person in comparison.only_theirs
        ],
        list(map(member_result, comparison.only_ours)),
        [CountedDifferently(person.lines, member_result(person.member)) for person in comparison.differently],
        [ListedTwice(client_text(person.client), person.lines) for person in comparison.twice],
        comparison.account,
        comparison.notices,
    )
