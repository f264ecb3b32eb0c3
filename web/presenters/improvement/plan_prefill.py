"""What a figure says already of a plan that is opened from it: the fields of its form that need not be typed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from domain.improvement.plan_forms import PlanForm
from domain.improvement.plan_terms import PlanTerms, Strand
from projections.performance.needed.completions_needed import Course
from projections.standings.hidden import Hidden
from web.presenters import text
from web.presenters.sentences import window
from web.queries.improvement.plan_prefill import PlanPrefill
from web.queries.performance.contribution import AGENCY
from web.queries.performance.scorecards import ScorecardLineResult

Named = Callable[[str], str]

PARTS: Final = {
    "six-years": "have been in treatment for at least 6 years",
    "career": "have a drug using career of 21 years or more",
    "first": "are in their first treatment episode",
}
"""What of the caseload is set beside others, as papers say it."""


class PrefilledPlan(NamedTuple):
    """A plan as far as a figure says it: its title, values of its fields and of its first strand, linked KPIs."""

    title: str
    values: dict[str, str]
    strand_values: dict[str, str]
    kpis: tuple[str, ...]


def prefilled(form: PlanForm, known: PlanPrefill, named: Named) -> PrefilledPlan:
    """A figure as the fields of a form have it; a field that the form does not have is left out."""
    line = known.line
    figure, reached = line.figure, line.against.reached
    target = f"{float(reached):g}%" if reached is not None else ""
    percentage = f"{text.percentage(figure)}, " if figure.percentage is not None else ""
    its_values = {
        "indicator": f"{line.measure.name} ({line.measure.code})",
        "target": target,
        "performance": f"{percentage}{text.result(figure)} ({window(figure)})",
        "variance": _variance(line),
        "reason": "\n".join(_caseload(known)),
    }
    of_strand = {
        "who": _who(known, named),
        "when": _need(known),
        "background": "\n".join([*_caseload(known), *filter(None, [_who(known, named)])]),
        "output": _need(known),
        "objectives": line.measure.code,
        "outcome": f"{line.measure.name}: {target} is reached." if target else "",
    }
    return PrefilledPlan(
        line.measure.name,
        {key: words for key, words in its_values.items() if key in form.field_keys() and words},
        {key: words for key, words in of_strand.items() if key in form.strand_keys() and words},
        (line.measure.code,),
    )


def filled_in(terms: PlanTerms, known: PrefilledPlan) -> PlanTerms:
    """What somebody wrote, with the words of a figure where they left something empty; of strands the first."""
    first, *others = terms.strands or (Strand(1, ""),)
    strand = msgspec.structs.replace(
        first,
        title=first.title or known.title,
        values=known.strand_values | _written(first.values),
        kpis=first.kpis or known.kpis,
    )
    return msgspec.structs.replace(
        terms,
        title=terms.title or known.title,
        values=known.values | _written(terms.values),
        strands=(strand, *others),
    )


def _written(values: Mapping[str, str]) -> dict[str, str]:
    return {key: words for key, words in values.items() if words.strip()}


def _variance(line: ScorecardLineResult) -> str:
    """The distance from the target both ways, and in people."""
    against = line.against
    if against.points is None:
        return ""
    relative = "" if against.relative is None else f", {text.points(against.relative, '%')} of the target"
    side = "short of it" if line.measure.polarity == "higher" else "too many"
    people = f"; {text.plural(against.missing, 'person', 'people')} {side}" if against.missing else ""
    return f"{text.points(against.points, ' points')}{relative}{people}"


def _caseload(known: PlanPrefill) -> Iterator[str]:
    for one in known.caseload:
        share = text.share(one.numerator, one.denominator)
        yield f"{share} of those in treatment ({one.group}) {PARTS[one.part]} ({one.name} {one.percentage:g}%)."


def _who(known: PlanPrefill, named: Named) -> str:
    by_agency = known.miss.partition(AGENCY) if known.miss else None
    if by_agency is None or not by_agency.biggest:
        return ""
    first, *rest = [named(part.name) if part.name else "other agencies" for part in by_agency.biggest]
    return f"{first} as the biggest contributor{f', followed by {text.listed(rest)}' if rest else ''}."


def _need(known: PlanPrefill) -> str:
    need = known.need.need if known.need else None
    if known.need is None or need is None:
        return ""
    is_over = need.last_useful_day < known.need.figure.as_of and need.to_go > 0 and not need.of_returns
    if is_over or need.state == Course.NOT_ANY_MORE:
        last = text.day(need.last_useful_day)
        return f"The target of {text.day(need.deadline)} cannot now be met; the last day that could count was {last}."
    by = f"by {text.day(need.last_useful_day)}"
    if need.of_returns:
        return f"At most {text.plural(need.to_go, 'more return', 'more returns')} {by}."
    could = need.could_count
    people = "" if isinstance(could, Hidden) else f"; {text.plural(could, 'person', 'people')} could still count"
    return f"{text.plural(need.to_go, 'more completion', 'more completions')} needed {by}{people}."
