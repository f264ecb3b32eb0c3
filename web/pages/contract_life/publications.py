"""Certificates and frozen scorecards: what was published, and what of it is another figure since.

The public sees what may be shown of each publication (`projections.publication.disclosure`), and never the signed
document: that is over the whole numbers. Publishing is in `publishing`, checking one in `certificate_check`.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from marshmallow import fields, validate

from projections.publication.published import numbers
from projections.publication.restated import Restated
from web import parameters
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.pages.frame.layout import Page, attached
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.pages.frame.paging import Paging
from web.presenters import text as words
from web.presenters.agreement.entered import percent
from web.presenters.contract_life.publications import counts, entered_counts, entered_name, what
from web.presenters.tables import Column, Link, Table, numbered, result, rounded_of
from web.queries.contract_life import proofs
from web.queries.contract_life import publications as queries
from web.queries.contract_life.frozen_entered import PublishedEntered, RestatedEntered, differs
from web.queries.contract_life.publications import PublicationResult
from web.queries.performance.figure import FigureResult

LIST: Final = "certificates_pages.certificates"
ONE: Final = "certificates_pages.certificate"
_NUMBER: Final = "/certificates/<int(min=1, max=2147483647):number>"

blueprint = Pages(
    "certificates_pages",
    __name__,
    Place(
        "Certificates",
        LIST,
        Right.PUBLISHED,
        PlaceGroup.DISPUTES_AND_REPORTS,
        "Signed figures that anybody can check, and frozen scorecards.",
        public=True,
    ),
)


@blueprint.teardown_request
def _let_go(_error: BaseException | None) -> None:
    """Nothing of what was sent stays in this process's temporary files, however the request ended."""
    request.close()


class PublicationsAddress(parameters.Asks):
    """Which page of the list."""

    page = parameters.number_field("Which page of the list.", 1, load_default=1)


COLUMNS: Final = (
    Column("No.", number=True),
    Column("Published", whole=True, aside=True),
    Column("What"),
    Column("As of", whole=True),
    Column("As known on", whole=True, aside=True),
    Column("Result"),
)


@blueprint.page("/certificates", Right.PUBLISHED, PublicationsAddress)
def certificates(args: parameters.Given) -> Page:
    """Everything that was published, the newest first."""
    who = guard.viewer(Right.PUBLISHED)
    everything = queries.publications(guard.snapshot(), who).published
    paging = Paging(args["page"], len(everything))
    publish = guard.principal().reach(Right.PUBLISH)
    rows = [_row(publication, who) for publication in everything[::-1][paging.rows]]
    return Page(
        "certificates.html",
        "Published figures" if who.is_public else "Certificates and frozen scorecards",
        {"published": Table(COLUMNS, rows, "Newest first") if rows else None},
        paging=paging,
        may_publish=publish is not None,
        may_freeze=publish is Reach.ALL,
        public=who.is_public,
    )


def _row(publication: PublicationResult, who: Viewer) -> tuple[Any, ...]:
    standpoint = publication.standpoint
    return (
        Link(numbered(publication.number), url_for(ONE, number=publication.number)),
        publication.published_on,
        _heading(publication),
        standpoint.as_of,
        standpoint.known_at,
        _result(publication, who),
    )


def _heading(publication: PublicationResult) -> str:
    return f"Scorecard {publication.title}" if publication.is_cut else what(publication.figures[0])


def _result(publication: PublicationResult, who: Viewer) -> int | str:
    if publication.is_cut:
        return words.plural(len(publication.figures) + len(publication.entered), "figure")
    [figure] = queries.published_figures(guard.snapshot(), who, publication.number)
    return _counts(figure)


def _counts(figure: FigureResult) -> int | str:
    """The counts as far as they may be seen, or that nothing of them is shown."""
    return "withheld" if figure.withheld else counts(figure.numerator, figure.denominator)


class PublicationAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(["published"]))


@dataclass(frozen=True, slots=True)
class SincePublished:
    """A published figure beside the same as known now; `why` leads to what changed it, for those entitled."""

    name: str
    published: int | str
    now: int | str
    changed: bool
    why: Link | None

    @property
    def cells(self) -> tuple[Any, ...]:
        """A line of a table."""
        return self.name, self.published, self.now if self.changed else "the same", self.why or ""


SINCE_COLUMNS: Final = (Column("Figure"), Column("Published", whole=True), Column("As known now"), Column("Why"))
PUBLIC_COLUMNS: Final = (Column("Figure"), Column("Counts"), Column("Percentage", number=True), Column("Note"))


@blueprint.page(_NUMBER, Right.PUBLISHED, PublicationAddress)
def certificate(args: parameters.Given, number: int) -> Page:
    """A publication, and what of it is another figure by now."""
    who = guard.viewer(Right.PUBLISHED)
    publication = _one(number, who)
    heading = _heading(publication)
    if who.is_public:
        return _public_page(publication, heading, who)
    since = list(map(_since, queries.as_known_now(guard.snapshot(), who, number)))
    since += [_entered_since(*pair) for pair in queries.entered_as_known_now(guard.snapshot(), who, number)]
    kind = "Frozen scorecard" if publication.is_cut else "Certificate"
    figures = Table(SINCE_COLUMNS, [one.cells for one in since], words.plural(len(since), "figure"))
    return Page(
        "certificate.html",
        heading,
        {"figures": figures if publication.is_cut else None},
        title=f"{kind} No. {number} {heading}",
        publication=publication,
        since=since,
        changed=[one for one in since if one.changed],
        done=args["done"] == "published",
        newest=guard.snapshot().submissions.newest,
    )


def _one(number: int, who: Viewer) -> PublicationResult:
    """A publication, if whoever asks may see it.

    Raises:
        Problem: there is none, or it is somebody else's (404).
    """
    publication = queries.publication(guard.snapshot(), who, number)
    if publication is None:
        if queries.is_published(guard.snapshot(), number):
            guard.refuse_as_not_there(guard.principal())
        guard.refuse_as_missing()
    return publication


def _since(figure: Restated) -> SincePublished:
    on_record = figure.on_record
    measure, document = on_record.measure, on_record.document
    changed = numbers(figure.after) != on_record.numbers
    may_ask_why = changed and guard.principal().reach(Right.CLIENTS) is not None
    return SincePublished(
        f"{measure.code} {measure.name}",
        counts(document["numerator"], document["denominator"]),
        result(figure.after),
        changed,
        Link(f"Why {measure.code} changed", _to_why(figure)) if may_ask_why else None,
    )


def _entered_since(published: PublishedEntered, after: PublishedEntered) -> SincePublished:
    """What was entered by hand; why it is another by now, the steps of its values say."""
    changed = differs(published, after)
    where = url_for("entered_pages.kpi", number=published.kpi) if changed else ""
    return SincePublished(
        entered_name(published),
        entered_counts(published),
        entered_counts(after),
        changed,
        Link(f"What was said of {published.code}", where) if changed else None,
    )


def _to_why(figure: Restated) -> str:
    on_record = figure.on_record
    standpoint = on_record.publication.standpoint
    return url_for(
        "why.why",
        measure=on_record.measure.code,
        as_of=standpoint.as_of,
        known_at=f"@{standpoint.position}",
        to_known_at=figure.after.standpoint.known_at,
        definition=on_record.document["definition"],
        **{name: value for name, value in on_record.document["slice"].items() if value},
    )


def _public_page(publication: PublicationResult, heading: str, who: Viewer) -> Page:
    figures = queries.published_figures(guard.snapshot(), who, publication.number)
    entered = publication.entered
    notes = any(figure.withheld for figure in figures) or any(figure.withheld for figure in entered)
    rows = [_public_cells(figure, notes=notes) for figure in figures]
    rows += [_public_entered_cells(figure, notes=notes) for figure in entered]
    columns = PUBLIC_COLUMNS if notes else PUBLIC_COLUMNS[:-1]
    table = Table(columns, rows, words.plural(len(rows), "figure"))
    return Page("certificate-public.html", heading, {"figures": table}, publication=publication)


def _public_cells(figure: FigureResult, *, notes: bool) -> tuple[Any, ...]:
    name = f"{figure.measure.code} {figure.measure.name}"
    if figure.withheld:
        return name, "withheld", "", figure.withheld
    percentage = rounded_of(figure) if isinstance(figure.percentage, int | float) else ""
    return name, _counts(figure), percentage, *([""] if notes else [])


def _public_entered_cells(figure: PublishedEntered, *, notes: bool) -> tuple[Any, ...]:
    name = entered_name(figure)
    if figure.withheld:
        return name, "withheld", "", figure.withheld
    return name, entered_counts(figure), percent(figure.numerator, figure.denominator) or "", *([""] if notes else [])


@blueprint.page(f"{_NUMBER}/document", Right.PUBLISHED)
def document(_given: parameters.Given, number: int) -> Any:
    """The signed document, to the byte; to keep and to check. Nothing is signed for the public: see above."""
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    kind = "scorecard" if _one(number, who).is_cut else "certificate"
    return attached(proofs.signed_text(guard.snapshot(), who, number), f"{kind}-{number}.json", "application/json")


@blueprint.page("/certificates/public-key", Right.PUBLISHED)
def public_key(_given: parameters.Given) -> Any:
    """The key with which anybody checks a certificate without us."""
    return attached(guard.services().signer.public_pem, "recount-public-key.pem", "application/x-pem-file")


CHANGED_COLUMNS: Final = (
    Column("No.", number=True),
    Column("What"),
    Column("As of", whole=True),
    *SINCE_COLUMNS[1:],
)


@blueprint.page("/certificates/changed", Right.PUBLISHED)
def changed(_given: parameters.Given) -> Page:
    """Which published figures are others as known now."""
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    rows = list(map(_changed_row, queries.restated_figures(guard.snapshot(), who)))
    rows += map(_entered_changed_row, queries.entered_restated(guard.snapshot(), who))
    return Page(
        "certificates-changed.html",
        "What has changed since it was published",
        {"changed": Table(CHANGED_COLUMNS, rows, "Published, and as known now") if rows else None},
        published=queries.is_anything_published(guard.snapshot()),
    )


def _changed_row(figure: Restated) -> tuple[Any, ...]:
    publication, name = figure.on_record.publication, what(figure.on_record)
    number = publication.event.number
    return (
        Link(numbered(number), url_for(ONE, number=number)),
        f"{name} In {publication.title}." if publication.is_cut else name,
        publication.standpoint.as_of,
        *_since(figure).cells[1:],
    )


def _entered_changed_row(figure: RestatedEntered) -> tuple[Any, ...]:
    return (
        Link(numbered(figure.number), url_for(ONE, number=figure.number)),
        f"{entered_name(figure.published)} In {figure.title}.",
        figure.as_of,
        *_entered_since(figure.published, figure.after).cells[1:],
    )
