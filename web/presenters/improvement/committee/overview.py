"""The overview: what a committee has to know first, worked out from the other sections and written by nobody."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.improvement.committee_report import as_given
from domain.measures.registry import measure_named
from projections.performance.scorecard import State
from web.presenters import text as words
from web.presenters.contract_life.committee_report import Plan
from web.presenters.sentences import sentence
from web.queries.performance.figure import FigureResult
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.performance.scorecards import ScorecardLineResult

from .between.notices import InQuestion, in_question
from .between.plans import plans_of
from .figures import figure_lines, is_whole, none_published
from .view import ReportView, SectionWords

_IN_TREATMENT, _OPEN = measure_named("N.treatment"), measure_named("N.open")
_JUDGED = ((State.MET, "on target"), (State.NEAR, "near target"), (State.MISSED, "off target"))


@dataclass(frozen=True, slots=True)
class WholeService:
    """What the overview is worked out from."""

    groups: Sequence[tuple[Plan, Sequence[ScorecardLineResult]]]
    people: Sequence[FigureResult]
    open_plans: int
    overdue: int
    questions: InQuestion

    @property
    def lines(self) -> list[ScorecardLineResult]:
        """Every line, without its group."""
        return [line for _, lines in self.groups for line in lines]


def whole_of(view: ReportView) -> WholeService:
    """The figures, how many people there are, and what is open between the parties."""
    seen = view.seen
    query = FiguresQuery(seen.as_of, seen.known_at, (_IN_TREATMENT, _OPEN), seen.slice_)
    running = [one for one in plans_of(view) if one.is_running]
    return WholeService(
        figure_lines(view),
        figures(seen.snapshot, seen.who, query).figures,
        len(running),
        sum(len(one.overdue(view.day)) for one in running),
        in_question(view),
    )


def overview_words(view: ReportView, whole: WholeService) -> SectionWords:
    """How many figures reach their targets and which do not, which way they went, and what is being done about it."""
    first = whole.lines[0].figure
    status = words.status(first, view.seen.named)
    if not first.is_covered:
        return SectionWords([status, *_newest(first)], [_being_done(whole), *_since(view)])
    points = [*_against_targets(whole), *_directions(whole.lines), _being_done(whole), *_since(view)]
    return SectionWords([status, *_people(whole.people), words.LOCAL_ESTIMATE], points)


def _newest(first: FigureResult) -> Iterator[str]:
    """From where there is a report with figures, where this one is of a day that the files do not reach yet."""
    files = first.days_covered
    if files is not None and files.last_day < first.as_of:
        yield f"A report as of {words.day(files.last_day)} has the newest figures."


def _people(people: Sequence[FigureResult]) -> Iterator[str]:
    in_treatment, still_open = people
    if not (in_treatment.withheld or still_open.withheld):
        yield (
            f"{in_treatment.numerator:,} people were in treatment in the last 12 months; {still_open.numerator:,} were "
            "on the last day."
        )


def _against_targets(whole: WholeService) -> Iterator[str]:
    """How many are on, near and off target, and which; how far they are off is left to the figures."""
    judged = Counter(line.state for line in whole.lines if not line.measure.immature)
    total = sum(judged[state] for state, _ in _JUDGED)
    if not total:
        yield "No target is in force for any of the figures, or none can be judged yet."
        return
    counted = [_are(judged[state], said) for state, said in _JUDGED if judged[state]]
    yield f"Of {words.plural(total, 'figure')} with a target, {words.listed(counted)}."
    if judged[State.MISSED]:
        yield f"Off target: {_which(whole, State.MISSED)}."
    if judged[State.EXPIRED]:
        yield f"Targets that have expired, so that new ones have to be agreed: {_which(whole, State.EXPIRED)}."


def _which(whole: WholeService, state: State) -> str:
    """The figures in a state; those that are one measure of several groups stand together."""
    told = []
    for plan, lines in whole.groups:
        its = [plan.name(line.measure) for line in lines if line.state is state and not line.measure.immature]
        if its and plan.by_group:
            told.append(f"{plan.heading[:1].lower()}{plan.heading[1:]} ({words.listed(its)})")
        else:
            told += its
    return "; ".join(told)


def _directions(lines: Sequence[ScorecardLineResult]) -> Iterator[str]:
    ways = Counter(str(line.movement.judged) for line in lines if line.movement.judged and not line.measure.immature)
    sure = [
        line for line in lines if line.movement.judged in {"better", "worse"} and line.movement.within_chance is False
    ]
    told = [_are(ways[way], way) for way in ("better", "worse") if ways[way]]
    if told:
        beyond = words.listed([f"{line.measure.code} {line.measure.name} ({line.movement.judged})" for line in sure])
        than_chance = (
            f"Chance alone does not explain the change of {beyond}."
            if sure
            else "No difference is more than chance alone may give."
        )
        yield f"Compared with the period before, {words.listed(told)}. {than_chance}"


def _are(count: int, said: str) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'} {said}"


def _being_done(whole: WholeService) -> str:
    notices, disputes = whole.questions
    open_notices, open_disputes = sum(one.is_open for one in notices), sum(one.closed is None for one in disputes)
    plans = _so_many(whole.open_plans, "action plan is", "action plans are")
    late = f", with {words.plural(whole.overdue, 'overdue action')}" if whole.overdue else ""
    return (
        f"{plans[:1].upper()}{plans[1:]} in force{late}. Open between the parties: "
        f"{_so_many(open_notices, 'performance notice', 'performance notices')} and "
        f"{_so_many(open_disputes, 'dispute', 'disputes')}."
    )


def _so_many(count: int, one: str, many: str) -> str:
    return words.plural(count, one, many) if count else f"no {one}"


def _since(view: ReportView) -> Iterator[str]:
    if view.last is not None:
        given = as_given(view.last.event)
        yield f"The committee last had a report of {words.day(given.as_of)}."


# ---- for the public


def public_overview_words(view: ReportView, published: list[FigureResult]) -> SectionWords:
    """How many figures were published, and the first that is shown whole in a sentence."""
    if not published:
        return SectionWords([none_published(view)])
    shown = [one for one in published if is_whole(one)]
    said = [
        f"{words.plural(len(published), 'figure was', 'figures were')} published, of which {len(shown):,} can be shown."
    ]
    if shown:
        said.append(sentence(shown[0]))
    return SectionWords([*said, words.LOCAL_ESTIMATE])
