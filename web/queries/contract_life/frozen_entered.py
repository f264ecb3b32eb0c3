"""What frozen scorecards say of KPIs that are entered by hand, as far as its viewer sees it, and what is so by now."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from domain.measures.entered import as_measure
from domain.measures.registry import Measure
from domain.periods import Period
from domain.rounding import percentage_of
from domain.standpoint import Standpoint
from projections.performance.entered import EnteredFigure
from projections.performance.entered_frozen import Document, FrozenFigure, frozen_documents
from projections.privacy.entered_public import PublicEntered, public_entered
from projections.publication import published as on_record
from projections.publication.entered_entries import FrozenValue
from projections.publication.published import Publication
from projections.publication.suppression import SUPPRESSED
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries.agreement.entered import all_entered, visible_kpis
from web.queries.agreement.entered_figures import redacted_figure
from web.queries.performance.figure import FigureCoverage, IntervalResult
from web.queries.result import SUPPRESSIBLE, Result
from web.snapshot import Snapshot, snapshot_cache


class PublishedEntered(Result, frozen=True):
    """A published figure that was entered by hand, in short: its numbers are null where it was not entered.

    `kpi` is the number of its KPI.
    """

    code: str = msgspec.field(name="measure")
    kpi: int
    name: str
    kind: str
    frequency: str
    cohort: Period
    numerator: Annotated[int | None, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: Annotated[float | None, SUPPRESSIBLE]
    withheld: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return as_measure(self.code, self.name, self.kind, None, self.frequency)


class FrozenEntered(Result, frozen=True):
    """The same, whole as it was signed; the public sees nothing of who enters it and in how many values."""

    code: str = msgspec.field(name="measure")
    kpi: int
    name: str
    wording: str
    kind: str
    polarity: str | None
    frequency: str
    definition: str
    slice: Slice
    numerator: Annotated[int | None, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: Annotated[float | None, SUPPRESSIBLE]
    interval: Annotated[IntervalResult | None, SUPPRESSIBLE]
    cohort: Period
    as_of: date
    known_at: date | None
    status: None
    source: str
    position: int | msgspec.UnsetType = msgspec.UNSET
    coverage: FigureCoverage | msgspec.UnsetType = msgspec.UNSET
    values: list[FrozenValue] | msgspec.UnsetType = msgspec.UNSET
    withheld: str | msgspec.UnsetType = msgspec.UNSET


class RestatedEntered(Result, frozen=True):
    """A published figure that was entered by hand, and is another by now: `after` is the same period."""

    number: int
    title: str
    as_of: date
    published: PublishedEntered
    after: PublishedEntered


def would_be_frozen(snapshot: Snapshot, standpoint: Standpoint) -> bool:
    """Whether a scorecard that is frozen now from a standpoint would have any."""
    return bool(frozen_documents(all_entered(snapshot), standpoint))


def in_short(documents: Sequence[Document]) -> list[PublishedEntered]:
    """The entered figures of a frozen scorecard, as they were signed."""
    return [_in_short(document) for document in documents]


def public_in_short(snapshot: Snapshot, number: int) -> list[PublishedEntered]:
    """The entered figures of a publication, as far as the public may see them."""
    return [_in_short(_suppressed(one), one.withheld) for one in _public(snapshot).get(number, [])]


def public_in_full(snapshot: Snapshot, number: int) -> list[FrozenEntered]:
    """The same with what else the public may read of them."""
    return [_in_full(_suppressed(one), one.withheld) for one in _public(snapshot).get(number, [])]


def published_and_now(
    snapshot: Snapshot, viewer: Viewer, publication: Publication
) -> list[tuple[PublishedEntered, PublishedEntered]]:
    """The entered figures of a publication beside the same periods by all that was entered since.

    A provider sees those of the KPIs that are its own or of all together, and of sums with others' values those that
    do not tell of few people of others.
    """
    entered = all_entered(snapshot)
    visible = {kpi.terms.code for kpi in visible_kpis(entered, viewer)}
    pairs = []
    for document in publication.entered:
        now = FrozenFigure(document).now(entered)
        if now is not None and document["measure"] in visible:
            pairs.append((_in_short(document), _as_known_now(redacted_figure(now, viewer))))
    return pairs


def restated_entered(snapshot: Snapshot, viewer: Viewer, publications: Sequence[Publication]) -> list[RestatedEntered]:
    """Which published figures that were entered by hand are others by now."""
    return [
        RestatedEntered(one.event.number, one.title, one.event.as_of, published, after)
        for one in publications
        for published, after in published_and_now(snapshot, viewer, one)
        if differs(published, after)
    ]


def differs(published: PublishedEntered, after: PublishedEntered) -> bool:
    """Whether a figure has other numbers by now, as far as they are shown."""
    if after.withheld:
        return False
    return (published.numerator, published.denominator) != (after.numerator, after.denominator)


def _as_known_now(figure: EnteredFigure) -> PublishedEntered:
    terms, numerator, denominator = figure.kpi.terms, figure.numerator, figure.denominator
    percentage = None if numerator is None else percentage_of(numerator, denominator)
    return PublishedEntered(
        terms.code,
        terms.number,
        terms.name,
        terms.kind,
        terms.frequency,
        figure.period,
        numerator,
        denominator,
        percentage,
        figure.withheld or msgspec.UNSET,
    )


@snapshot_cache()
def _public(snapshot: Snapshot) -> Mapping[int, list[PublicEntered]]:
    return public_entered(_scorecards(snapshot), all_entered(snapshot))


def _scorecards(snapshot: Snapshot) -> list[tuple[int, Sequence[Document]]]:
    everything = on_record.publications(snapshot.connection, snapshot.mapper)
    return [(one.event.number, one.entered) for one in everything]


_NUMBERS = ("numerator", "denominator", "percentage", "interval")


def _suppressed(public: PublicEntered) -> dict[str, Any]:
    document = dict(public.frozen.document)
    if public.withheld:
        document |= {name: SUPPRESSED for name in _NUMBERS if document[name] is not None}
    return document


def _in_short(document: Document, withheld: str = "") -> PublishedEntered:
    return PublishedEntered(
        document["measure"],
        document["kpi"],
        document["name"],
        document["kind"],
        document["frequency"],
        msgspec.convert(document["cohort"], Period),
        document["numerator"],
        document["denominator"],
        document["percentage"],
        withheld or msgspec.UNSET,
    )


def _in_full(document: Document, withheld: str = "") -> FrozenEntered:
    interval = document["interval"]
    return FrozenEntered(
        document["measure"],
        document["kpi"],
        document["name"],
        document["wording"],
        document["kind"],
        document["polarity"],
        document["frequency"],
        document["definition"],
        Slice(**document["slice"]),
        document["numerator"],
        document["denominator"],
        document["percentage"],
        IntervalResult(**interval) if interval and interval != SUPPRESSED else interval,
        msgspec.convert(document["cohort"], Period),
        date.fromisoformat(document["as_of"]),
        date.fromisoformat(document["known_at"]) if document["known_at"] else None,
        None,
        document["source"],
        withheld=withheld or msgspec.UNSET,
    )
