"""What a figure says already of a plan that is opened from it: the fields of its form that need not be typed."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.improvement.plan_forms import PlanForm
from web.presenters import text
from web.presenters.sentences import window
from web.queries.performance.scorecards import ScorecardLineResult


class PrefilledPlan(NamedTuple):
    """A plan as far as a figure says it: its title, values of its fields and of its first strand, linked KPIs."""

    title: str
    values: Mapping[str, str]
    strand_values: Mapping[str, str]
    kpis: tuple[str, ...]


def prefilled(line: ScorecardLineResult, form: PlanForm) -> PrefilledPlan:
    """A figure as the fields of a form have it; a field that the form does not have is left out."""
    figure, reached = line.figure, line.against.reached
    target = f"{float(reached):g}%" if reached is not None else ""
    percentage = f"{text.percentage(figure)}, " if figure.percentage is not None else ""
    its_values = {
        "indicator": f"{line.measure.name} ({line.measure.code})",
        "target": target,
        "performance": f"{percentage}{text.result(figure)} ({window(figure)})",
        "variance": text.points(line.against.points, " points") if line.against.points is not None else "",
    }
    of_strand = {
        "objectives": line.measure.code,
        "outcome": f"{line.measure.name}: {target} is reached." if target else "",
    }
    return PrefilledPlan(
        line.measure.name,
        {key: words for key, words in its_values.items() if key in form.field_keys() and words},
        {key: words for key, words in of_strand.items() if key in form.strand_keys() and words},
        (line.measure.code,),
    )
