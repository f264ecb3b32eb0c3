"""The committee report: the tables of a council's performance paper from any standpoint, with room for commentaries.

The page shows what the files will have. A commentary is sent with the form and is not kept anywhere: the file is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from domain.measures.registry import Measure, measure_named
from domain.periods import quarter_ends, quarter_of
from projections.figures import Figure
from projections.scorecard import Line
from projections.travel import Direction, months_before
from web.answers import asking, scorecards
from web.api import parameters, showing
from web.auth import guard
from web.auth.access import Deed
from web.auth.roles import Right
from web.charts import Drawing
from web.exports import docx, pdf
from web.exports.pictures import picture, png
from web.exports.report import LONGEST_COMMENTARY, LONGEST_TITLE, Report, Section, written
from web.exports.tables import AUDIENCES
from web.problems import Problem
from web.terminal import words

from .figures import trend_of
from .layout import Column
from .navigation import Place
from .sentences import sentence, window
from .shell import Asked, Pages, SeenFrom

MONTHS, QUARTERS = 4, 3
"""Columns of a table: the last month ends, and the last ends of the council's quarters."""
DRAWN_MONTHS, DRAWN_QUARTERS = 12, 8
TITLE: Final = "Performance update: substance misuse treatment"

blueprint = Pages("report", __name__, Place("Report", "report.report", Right.FIGURES, seen_from=True, aside=True))


@dataclass(frozen=True, slots=True)
class Plan:
    """A section of the paper: its measures, and whether it goes by quarters. `drawn`: its measures have charts."""

    key: str
    heading: str
    about: str
    codes: str
    quarterly: bool = False
    drawn: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(map(measure_named, self.codes.split()))


PLANS: Final = (
    Plan(
        "completions",
        "Successful completions",
        "Of all in treatment in twelve months, the share who left having completed it.",
        "4.0 4.1 4.2 4.3",
        drawn=True,
    ),
    Plan(
        "returns-so-far",
        "Re-presentations, told each month",
        "Of those who completed in the last six months, how many have come back so far. More may still come back, so "
        "this is an early sign: it has no percentage, no target and no direction. Matured are those who have had their "
        "six months.",
        "5.0u 5.1u 5.2u 5.3u",
    ),
    Plan(
        "returns",
        "Re-presentations, when six months have passed",
        "Of those who completed in twelve months and have all had their six months since, the share who came back. A "
        "large percentage is a problem.",
        "5.0 5.1 5.2 5.3",
        quarterly=True,
        drawn=True,
    ),
    Plan(
        "outcome",
        "Completed and not back within six months (PHOF 2.15)",
        "The national outcome, told when six months have passed.",
        "1.0 2.0 3.0",
        quarterly=True,
    ),
    Plan(
        "records",
        "Recovery plans, risk assessments and Treatment Outcomes Profiles",
        "Whether what was due was looked at and filled in.",
        "R.plan R.risk T.start T.review T.exit",
    ),
    Plan("waiting", "Waiting", "How soon treatment was offered, and began.", "W.offered W.started"),
)


@blueprint.seen_from("/report", Right.FIGURES)
def report(asked: Asked) -> str:
    """What the report will hold, with a form for what is written beside it."""
    found = report_of(asked)
    return render_template(
        "report.html",
        asked=asked,
        report=found,
        heads=[[Column(heading) for heading in section.columns] for section in found.sections],
        action=asked.to("report.made"),
        longest_title=LONGEST_TITLE,
        longest=LONGEST_COMMENTARY,
    )


@blueprint.page("/report", Right.FIGURES, SeenFrom, method="POST")
def made(given: Mapping[str, Any]) -> Response:
    """The report as a file, with what was written."""
    form = _FORMS.get(request.form.get("as", ""))
    if form is None:
        raise Problem(400, "not-understood", "Choose PDF or DOCX.")
    question, where = guard.question(), parameters.where_of(given)
    who = showing.not_public(showing.audience(Right.FIGURES, where))
    asked = Asked(question, who, given, *parameters.standpoint_of(question, given), where)
    found = _with_words(report_of(asked), request.form)
    noted = showing.noted(where, form=form.ending, as_of=asked.as_of, position=asked.standpoint.position)
    guard.note(Deed.DOWNLOADED, question=noted)
    response = make_response(form.make(found, _pictures(found)))
    response.content_type = form.media
    response.headers["Content-Disposition"] = (
        f'attachment; filename="recount-report-{asked.as_of.isoformat()}.{form.ending}"'
    )
    return response


# ---- what it says


def report_of(asked: Asked, title: str = TITLE) -> Report:
    """The report from a standpoint, as far as its reader sees; nothing is written beside the tables yet."""
    sections = [_kept_section(asked, plan) for plan in PLANS]
    card = _lines(asked, PLANS[0].measures, asked.as_of)[0].figure
    return Report(
        title,
        AUDIENCES[asked.who.word],
        words.standpoint(asked.standpoint),
        words.slice_of(asked.where),
        words.status(card.coverage, asked.standpoint),
        words.LOCAL_ESTIMATE,
        sections,
    )


def _kept_section(asked: Asked, plan: Plan) -> Section:
    """A section as this reader sees it; the page shows it first, and the file has the same again."""
    key = ("report", plan.key, asked.as_of, asked.known_at, asked.where, asked.who.key)
    return asked.question.kept(key, lambda: _section(asked, plan))


def _section(asked: Asked, plan: Plan) -> Section:
    days = _days(asked.as_of, QUARTERS if plan.quarterly else MONTHS, quarterly=plan.quarterly)
    lines = _lines(asked, plan.measures, days[-1])
    series = [_series(asked, line.measure, days) for line in lines]
    immature = all(measure.immature for measure in plan.measures)
    return Section(
        plan.key,
        plan.heading,
        plan.about,
        [_finding(line) for line in lines],
        _columns(days, quarterly=plan.quarterly, immature=immature),
        [_row(line, its, immature=immature) for line, its in zip(lines, series, strict=True)],
        [_source(line.figure, its) for line, its in zip(lines, series, strict=True)],
        [_chart(asked, line, quarterly=plan.quarterly) for line in lines] if plan.drawn else (),
    )


def _days(as_of: date, count: int, *, quarterly: bool) -> tuple[date, ...]:
    """The last ends of quarters up to a day, or the day and those a month apart before it."""
    if quarterly:
        ends = tuple(quarter_ends(months_before(as_of, 3 * count + 3).replace(day=1), as_of))
        return ends[-count:]
    return tuple(months_before(as_of, back) for back in reversed(range(count)))


def _lines(asked: Asked, measures: Sequence[Measure], as_of: date) -> Sequence[Line]:
    card = scorecards.ScorecardAsked(as_of, asked.known_at, asked.where, measures=tuple(measures))
    lines: Sequence[Line] = asked.who.shown(scorecards.scorecard(asked.question, card)).scorecard.lines
    return lines


def _series(asked: Asked, measure: Measure, days: tuple[date, ...]) -> Sequence[Figure]:
    found = asking.series(asked.question, asking.SeriesAsked(measure, days, asked.known_at, asked.where))
    return asked.who.shown(found).figures


def _columns(days: Sequence[date], *, quarterly: bool, immature: bool) -> list[str]:
    ends = [quarter_of(day) if quarterly else words.short_day(day) for day in days]
    return ["Group", *ends] if immature else ["Group", "Target", *ends, "State and direction"]


def _row(line: Line, series: Sequence[Figure], *, immature: bool) -> list[str]:
    name = f"{line.measure.code} {line.measure.name}"
    cells = [_cell(figure) for figure in series]
    if immature:
        return [name, *cells]
    target = line.against.target
    said = f"{float(target.said.edge(line.measure.polarity or '')):g}%" if target is not None else "none"
    return [name, said, *cells, f"{str(line.state).capitalize()}. {_direction(line)}"]


def _cell(figure: Figure) -> str:
    if figure.matured is None and figure.percentage is not None:
        return f"{words.percent(figure.percentage)} ({words.result(figure)})"
    if figure.matured is not None:
        return f"{figure.numerator:,} of {figure.denominator:,}; {figure.matured:,} matured"
    return words.result(figure)


def _direction(line: Line) -> str:
    travel = line.travel
    if not isinstance(travel, Direction):
        return f"No direction: {travel.why}."
    judged = travel.judged or ""
    chance = ", may be chance" if travel.within_chance and judged not in {"", "no change"} else ""
    return f"{travel.glyph} {judged} than {words.short_day(travel.before.last_day)}{chance}.".replace(
        "no change than", "no change since"
    )


def _finding(line: Line) -> str:
    said = [f"{line.measure.code}: {sentence(line.figure)}"]
    if not line.measure.immature:
        said += [line.travel.sentence, *line.against.sentences]
    return " ".join(said)


def _source(figure: Figure, series: Sequence[Figure]) -> str:
    """Where the numbers of a line are from."""
    days = ", ".join(f"{words.short_day(one.standpoint.as_of)} ({one.coverage.status})" for one in series)
    known_at = figure.standpoint.known_at
    known = f"as known on {words.day(known_at)}" if known_at else "as known at the position"
    return (
        f"Source of {figure.measure.code}: definition {figure.definition}, {window(figure)}; as of {days}; {known}; "
        f"position {figure.standpoint.position:,} of the log."
    )


def _chart(asked: Asked, line: Line, *, quarterly: bool) -> Drawing:
    as_of = line.figure.standpoint.as_of
    days = _days(as_of, DRAWN_QUARTERS if quarterly else DRAWN_MONTHS, quarterly=quarterly)
    return trend_of(line.measure, line, _series(asked, line.measure, days))


# ---- what is written, and the files


def _with_words(report: Report, form: Mapping[str, str]) -> Report:
    title = " ".join(written(form.get("title", ""), LONGEST_TITLE).split()) or report.title
    sections = [
        replace(section, commentary=written(form.get(section.key, ""), LONGEST_COMMENTARY))
        for section in report.sections
    ]
    return replace(report, title=title, sections=sections)


def _pictures(report: Report) -> dict[str, list[str]]:
    template = current_app.jinja_env.get_template("components/chart.html")
    drawing: Callable[[Drawing, str], str] = template.module.drawing  # type: ignore[attr-defined]
    return {
        section.key: [
            picture(str(drawing(chart, f"{section.key}-{number}"))) for number, chart in enumerate(section.charts)
        ]
        for section in report.sections
    }


def _as_docx(report: Report, pictures: dict[str, list[str]]) -> bytes:
    return docx.docx(report, {key: [png(one) for one in its] for key, its in pictures.items()})


@dataclass(frozen=True, slots=True)
class _Form:
    ending: str
    media: str
    make: Callable[[Report, dict[str, list[str]]], bytes]


_FORMS: Final = {
    "pdf": _Form("pdf", pdf.MEDIA, pdf.pdf),
    "docx": _Form("docx", docx.MEDIA, _as_docx),
}
