"""Who sees what of an answer: the one door through which everything passes that a client, an agency or a row shows in.

Each kind of answer has its entry in the table below. What has none is not shown to a provider at all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import sqlalchemy as sa
from flask import request

from domain.measures.registry import Measure
from projections.claims import disputes
from projections.privacy import redaction
from projections.publication.published import Publication
from projections.publication.restated import Restated
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.store import tables
from projections.timeliness.coverage import CoverageMonth, Reporting
from web.auth import guard
from web.auth.access import Deed
from web.auth.roles import Reach, Right
from web.problems import Problem, not_here
from web.queries import claims, explanations, figures, people, publications, revisions, scorecards, timelines
from web.schemas.figure import slice_document
from web.snapshot import Snapshot

Answer = TypeVar("Answer")
Own = frozenset[str]

REASON: Final = "Recount-Reason"
"""The header with which a commissioner says why single clients are looked at."""
LONGEST_REASON: Final = 500
_WORDS: Final = {Reach.ALL: "full", Reach.WITH_REASON: "full", Reach.OWN: "own", Reach.PUBLISHED: "published"}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an answer is for: how far they may see, and a provider's `own` agencies."""

    reach: Reach
    own: Own = frozenset()
    agencies: Own = frozenset()
    """Those whose figures a provider may ask for: its own, and those granted whose contract has ended."""

    @property
    def word(self) -> str:
        """What the answer says of it."""
        return _WORDS[self.reach]

    @property
    def key(self) -> tuple[str, ...]:
        """What of it an answer depends on."""
        return (self.word, *sorted(self.own))

    def shown_figure(self, figure: Figure) -> Figure:
        """A figure, as far as this audience sees it."""
        return redaction.redacted_figure(figure, self.own) if self.reach is Reach.OWN else figure

    def shown(self, answer: Answer) -> Answer:
        """The answer, as far as this audience sees it.

        Raises:
            LookupError: nobody has said what a provider sees of such an answer.
        """
        if self.reach in {Reach.ALL, Reach.WITH_REASON}:
            return answer
        if self.reach is not Reach.OWN:
            raise LookupError(f"{type(answer).__name__} is not for the public")
        found: Answer = _TO_PROVIDERS[type(answer)](answer, self.own)
        return found


EVERYBODY: Final = Audience(Reach.ALL)
"""Of what is the same for everybody."""


def not_public(who: Audience) -> Audience:
    """Who asks, where nothing of it is published.

    Raises:
        Problem: it is the public (404).
    """
    if who.reach is Reach.PUBLISHED:
        raise not_here()
    return who


def audience(right: Right, *slices: Slice) -> Audience:
    """Who asks, if they may ask for these slices.

    Raises:
        Problem: a slice is somebody else's (404), or the right is missing (403).
    """
    found = guard.reach(right)
    for where in slices:
        guard.sees(where, right)
    if found is not Reach.OWN:
        return Audience(found)
    who = guard.principal()
    own = guard.own_agencies(who)
    return Audience(found, own, own | who.agencies)


def looking(
    right: Right, asked: Mapping[str, Any], *slices: Slice, measure: Measure | None = None, reason: str = ""
) -> Audience:
    """Who looks at single clients, and why; noted in the trail before anything is shown.

    `asked` is the question as the trail keeps it; it holds nothing of a client. Of a commissioner an open dispute over
    the `measure` in all of the slices is reason enough.

    Raises:
        Problem: no dispute is open and no reason was given (403), or as `audience`.
    """
    who = audience(right, *slices)
    why = " ".join((reason or unquote(request.headers.get(REASON, ""))).split())
    if len(why) > LONGEST_REASON:
        raise Problem(422, "reason-too-long", f"A reason has at most {LONGEST_REASON} characters.")
    if who.reach is Reach.WITH_REASON and not why:
        why = _disputed(measure, slices)
    if who.reach is Reach.WITH_REASON and not why:
        guard.refuse(
            guard.principal(),
            "reason-needed",
            f"Single clients are shown while a dispute of the figure is open, or for a reason: say it in the header "
            f"{REASON}. It goes into the trail.",
        )
    guard.note(Deed.LOOKED, question=asked, reason=why)
    return who


def _disputed(measure: Measure | None, slices: Sequence[Slice]) -> str:
    """The open dispute that all of the slices belong to; empty if there is none."""
    if measure is None or not slices:
        return ""
    everything = guard.snapshot().disputes
    found = [disputes.opens_to_commissioner(everything, measure, where) for where in slices]
    return "; ".join(f"dispute {one.number}" for one in dict.fromkeys(filter(None, found))) if all(found) else ""


def may_see(publication: Publication, who: Audience) -> bool:
    """Whether a publication is one's own, or of a sum over all agencies."""
    return publication.is_cut or own_or_sums(publication.figures[0].slice, who)


def brought_by(snapshot: Snapshot, position: int, who: Audience) -> bool:
    """Whether the event at a position of the log came with a submission of one's own."""
    t = tables.submission.c
    query = sa.select(t.agency).where(t.generation == snapshot.generation, t.position >= position)
    return snapshot.connection.execute(query.order_by(t.position).limit(1)).scalar() in who.agencies


def noted(where: Slice, **asked: Any) -> dict[str, Any]:
    """A question as the trail keeps it."""
    return {name: str(value) for name, value in asked.items() if value is not None} | {"slice": slice_document(where)}


def _figures(answer: figures.FiguresResult, own: Own) -> figures.FiguresResult:
    return replace(answer, figures=[redaction.redacted_figure(figure, own) for figure in answer.figures])


def _series(answer: figures.SeriesResult, own: Own) -> figures.SeriesResult:
    return replace(answer, figures=[redaction.redacted_figure(figure, own) for figure in answer.figures])


def _members(answer: figures.MembersResult, own: Own) -> figures.MembersResult:
    shown: Any = redaction.redacted_members(answer.members, own)
    return replace(answer, figure=redaction.redacted_figure(answer.figure, own), members=shown)


def _waiting(answer: figures.WaitingResult, own: Own) -> figures.WaitingResult:
    figure = redaction.redacted_figure(answer.figure, own)
    return replace(answer, figure=figure, members=redaction.redacted_waiting(answer.members, own))


def _explanation(answer: explanations.ExplanationResult, own: Own) -> explanations.ExplanationResult:
    return replace(answer, bridge=redaction.redacted_bridge(answer.bridge, own))


def _claim(answer: claims.ClaimResult, own: Own) -> claims.ClaimResult:
    comparison: Any = redaction.redacted_comparison(answer.comparison, own) if answer.comparison else None
    search = redaction.redacted_search(answer.search, own) if answer.search else None
    figure = redaction.redacted_figure(answer.figure, own)
    return replace(answer, figure=figure, search=search, comparison=comparison)


def _revised(answer: revisions.RevisionsResult, own: Own) -> revisions.RevisionsResult:
    shown = [
        replace(one, rows=tuple(replace(row, missing=_own(row.missing, own)) for row in one.rows))
        for one in answer.revisions
        if one.slice.agency is None or one.slice.agency in own
    ]
    return replace(answer, revisions=shown)


def _forecast(answer: revisions.ForecastResult, own: Own) -> revisions.ForecastResult:
    forecast = answer.forecast
    return replace(answer, forecast=replace(forecast, figure=redaction.redacted_figure(forecast.figure, own)))


def _coverage(answer: revisions.CoverageResult, own: Own) -> revisions.CoverageResult:
    reporting = answer.reporting
    months = tuple(
        CoverageMonth(month.month_end, tuple(report for report in month.reports if report.agency in own))
        for month in reporting.months
    )
    agencies = _own(reporting.agencies, own)
    return replace(answer, reporting=Reporting(reporting.known_at, reporting.position, agencies, months))


def _restated(answer: publications.RestatedResult, own: Own) -> publications.RestatedResult:
    return publications.RestatedResult(_restatements(answer.figures, own))


def _changed(answer: publications.ChangedResult, own: Own) -> publications.ChangedResult:
    return publications.ChangedResult(replace(answer.changed, figures=_restatements(answer.changed.figures, own)))


def _restatements(found: Iterable[Restated], own: Own) -> list[Restated]:
    """The published figures of one's own agencies and of sums over all, whose coverage names nobody else."""
    return [_restatement(one, own) for one in found if one.after.slice.agency is None or one.after.slice.agency in own]


def _restatement(found: Restated, own: Own) -> Restated:
    document: dict[str, Any] = dict(found.on_record.document)
    document["coverage"] = {name: [one for one in said if one in own] for name, said in document["coverage"].items()}
    return Restated(
        replace(found.on_record, document=document),
        found.before and redaction.redacted_figure(found.before, own),
        redaction.redacted_figure(found.after, own),
    )


def _scorecard(answer: scorecards.ScorecardResult, own: Own) -> scorecards.ScorecardResult:
    card = answer.scorecard
    lines = tuple(replace(line, figure=redaction.redacted_figure(line.figure, own)) for line in card.lines)
    coverage = redaction.redacted_coverage(card.coverage, own)
    return replace(answer, scorecard=replace(card, coverage=coverage, lines=lines))


def _parts(answer: scorecards.BreakdownResult, own: Own) -> scorecards.BreakdownResult:
    return replace(answer, parts=redaction.redacted_breakdown(answer.parts, own))


def _people(answer: people.PeopleResult, own: Own) -> people.PeopleResult:
    members: Any = answer.members
    shown = redaction.redacted_members(members, own)
    return replace(answer, figure=redaction.redacted_figure(answer.figure, own), members=shown)


def _own(agencies: tuple[str, ...], own: Own) -> tuple[str, ...]:
    return tuple(agency for agency in agencies if agency in own)


def _timeline(answer: timelines.TimelineResult, own: Own) -> timelines.TimelineResult:
    return replace(answer, entries=redaction.redacted_trail(answer.entries, own))


def _unchanged(answer: Any, _own: Own) -> Any:
    return answer


_TO_PROVIDERS: Final[Mapping[type, Callable[[Any, Own], Any]]] = {
    figures.FiguresResult: _figures,
    figures.SeriesResult: _series,
    scorecards.ScorecardResult: _scorecard,
    scorecards.BreakdownResult: _parts,
    people.PeopleResult: _people,
    figures.TriangleResult: _unchanged,
    figures.ProfileResult: _unchanged,
    figures.MembersResult: _members,
    figures.WaitingResult: _waiting,
    explanations.ExplanationResult: _explanation,
    timelines.TimelineResult: _timeline,
    claims.ClaimResult: _claim,
    revisions.RevisionsResult: _revised,
    revisions.ForecastResult: _forecast,
    revisions.CoverageResult: _coverage,
    publications.RestatedResult: _restated,
    publications.ChangedResult: _changed,
}
"""What a provider sees of each kind of answer."""


def own_or_sums(where: Slice, who: Audience) -> bool:
    """Whether a slice is one's own, or a sum over all agencies."""
    return who.reach is not Reach.OWN or where.agency is None or where.agency in who.agencies
