"""What colour rules would make of the newest scorecard: those that stand, and some before they are agreed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from domain.contract_life.colour_rules import RuleTerms
from projections.performance.colours.colouring import Rating
from projections.performance.colours.rag import Rated
from projections.performance.scorecard import Scorecard, recoloured
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries.performance.days import newest_day
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.performance.scorecards import card_of
from web.queries.result import Result
from web.snapshot import Snapshot

from .colour_rules import RuleTermsResult, all_rules, terms_result


@dataclass(frozen=True, slots=True)
class TrialQuery:
    """Which rules are tried, in place of the rule of a `number`, if one is named; `today` is the day of the trial.

    Without terms it is that rule as it stands.
    """

    terms: tuple[RuleTerms, ...]
    today: date
    number: int | None = None


class TrialLine(Result, frozen=True):
    """A KPI's colour as it is, and as the rules that are tried make it; `because` says why the latter."""

    measure: str
    name: str
    numerator: int
    denominator: int
    before: Rating
    after: Rating
    because: str


class ColourTrial(Result, frozen=True):
    """What rules would make of the newest scorecard, of the KPIs that they decide.

    `standpoint` is null where no file is in yet: then there is nothing to try them on.
    """

    standpoint: StandpointResult | None
    slice: Slice
    terms: list[RuleTermsResult]
    lines: list[TrialLine]
    changed: int

    @property
    def colours(self) -> Counter[Rating]:
        """How many KPIs would have each colour."""
        return Counter(line.after for line in self.lines)


def trial(snapshot: Snapshot, viewer: Viewer, query: TrialQuery) -> ColourTrial:
    """The newest scorecard as it is, and as these rules colour it, from their first day or, if that is later, from its.

    Nothing is stored. A provider's is that of an agency of its own.
    """
    rules = all_rules(snapshot)
    every = query.terms or tuple(rule.terms for rule in rules if rule.number == query.number)
    as_of, slice_ = newest_day(snapshot), _slice_of(every, viewer)
    terms = [terms_result(one) for one in every]
    if as_of is None or slice_ is None:
        return ColourTrial(None, slice_ or Slice(), terms, [], 0)
    card = card_of(snapshot, viewer, as_of, slice_)
    tried = [msgspec.structs.replace(one, first_day=min(one.first_day, as_of)) for one in every]
    before = recoloured(card, rules, query.today)
    after = recoloured(card, rules.trying(tried, query.today, query.number), query.today)
    lines = list(_lines(before, after, tried))
    standpoint = standpoint_result(card.standpoint)
    return ColourTrial(standpoint, slice_, terms, lines, sum(line.before is not line.after for line in lines))


def _slice_of(terms: tuple[RuleTerms, ...], viewer: Viewer) -> Slice | None:
    """Whose scorecard it is: that of a rule's agency, else everybody's; None of a provider without records."""
    agency = next((one.agency for one in terms if one.agency), None)
    if not viewer.is_provider:
        return Slice(agency=agency)
    agency = agency or min(viewer.own, default=None)
    return Slice(agency=agency) if agency in viewer.own else None


def _lines(before: Scorecard, after: Scorecard, tried: list[RuleTerms]) -> Iterable[TrialLine]:
    for old, new in zip(before.lines, after.lines, strict=True):
        if isinstance(old.against, Rated) and isinstance(new.against, Rated) and new.against.rule.terms in tried:
            figure = new.figure
            yield TrialLine(
                new.measure.code,
                new.measure.name,
                figure.numerator,
                figure.denominator or 0,
                old.against.rating,
                new.against.rating,
                new.against.because,
            )
