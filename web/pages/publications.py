"""Certificates and cuts: publishing a figure, freezing a scorecard, what is another figure since, and checking one.

The public sees what may be shown of each publication (`projections.publication.disclosure`), and never the signed
document: that is over the whole numbers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError, fields, validate

from domain.contract_life.publication import LONGEST_NAME, cut_name
from domain.errors import Refused, WrongUse
from domain.measures.registry import MEASURES, measure_named
from domain.proof.signing import PublicKeys
from domain.standpoint import Standpoint
from projections.projector.projector import load_slices
from projections.publication.certificate import CertificateCheck, check
from projections.publication.disclosure import PublicFigure, PublicPublication
from projections.publication.published import FigureOnRecord, Publication, numbers
from projections.publication.restated import Restated
from projections.publication.suppression import SUPPRESSED
from projections.standings.slices import Slice
from web import parameters
from web.api.figures import public_record
from web.auth import guard
from web.auth.access import Deed
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.presenters import text as words
from web.presenters.tables import Column, Link, Table, numbered, result, rounded
from web.problems import not_here
from web.queries import figures as asking
from web.queries import publications

from .agency_names import named
from .layout import Page
from .navigation import Place
from .page import Choice, Pages, month_end_before
from .paging import Paging
from .submissions import attached

LIST: Final = "certificates_pages.certificates"
ONE: Final = "certificates_pages.certificate"
MOST_DIFFERENCES: Final = 20
"""Places named in which a document differs from the one that was signed."""
_NUMBER: Final = "/certificates/<int(min=1, max=2147483647):number>"

blueprint = Pages("certificates_pages", __name__, Place("Certificates", LIST, Right.PUBLISHED, public=True))


@blueprint.teardown_request
def _let_go(_error: BaseException | None) -> None:
    """Nothing of what was sent stays in this process's temporary files, however the request ended."""
    request.close()


# ---- the list


class ListAddress(parameters.Asks):
    """Which page of the list."""

    page = parameters.number_field("Which page of the list.", 1, load_default=1)


COLUMNS: Final = (
    Column("No.", number=True),
    Column("Published", whole=True),
    Column("What"),
    Column("As of", whole=True),
    Column("As known on", whole=True),
    Column("Result"),
)


@blueprint.page("/certificates", Right.PUBLISHED, ListAddress)
def certificates(given: parameters.Given) -> Page:
    """Everything that was published, the newest first."""
    who = guard.viewer(Right.PUBLISHED)
    if who.reach is Reach.PUBLISHED:
        everything = [_public_row(one) for one in public_record().publications(guard.snapshot())]
    else:
        found = publications.publications(guard.snapshot()).publications
        everything = [_row(one) for one in found if publications.is_visible(one, who)]
    paging = Paging(given["page"], len(everything))
    publish = guard.principal().reach(Right.PUBLISH)
    rows = everything[::-1][paging.rows]
    return Page(
        "certificates.html",
        "Published figures" if who.reach is Reach.PUBLISHED else "Certificates and cuts",
        {"published": Table(COLUMNS, rows, "Newest first") if rows else None},
        paging=paging,
        may_publish=publish is not None,
        may_freeze=publish is Reach.ALL,
        public=who.reach is Reach.PUBLISHED,
    )


def _row(found: Publication) -> tuple[Any, ...]:
    counts = words.plural(len(found.figures), "figure") if found.is_cut else numbers_of(found.figures[0].document)
    return (*_beginning(found), counts)


def _public_row(found: PublicPublication) -> tuple[Any, ...]:
    publication = found.publication
    counts = words.plural(len(found.figures), "figure") if publication.is_cut else public_numbers(found.figures[0])
    return (*_beginning(publication), counts)


def _beginning(found: Publication) -> tuple[Any, ...]:
    number, known_at = found.event.number, found.standpoint.known_at
    return (
        Link(numbered(number), url_for(ONE, number=number)),
        found.event.occurred_on,
        what(found),
        found.standpoint.as_of,
        known_at,
    )


def what(found: Publication) -> str:
    """What a publication is of."""
    if found.is_cut:
        return f"Scorecard {found.title}"
    figure = found.figures[0]
    return f"{figure.measure.code} {figure.measure.name}. {words.slice_of(figure.slice)}"


def numbers_of(document: Mapping[str, Any]) -> int | str:
    """The counts of a figure on record; a count alone is a number."""
    numerator, denominator = (_count(document[name]) for name in ("numerator", "denominator"))
    hidden = document["numerator"] == document["denominator"] == SUPPRESSED
    if hidden or document["denominator"] is None:
        return document["numerator"] if isinstance(document["numerator"], int) else numerator
    return f"{numerator} of {denominator}"


def _count(value: Any) -> str:
    return "too few to show" if value == SUPPRESSED else "" if value is None else f"{value:,}"


def public_numbers(figure: PublicFigure) -> int | str:
    """The counts that the public may see, or that nothing of them is shown."""
    return "withheld" if figure.withheld else numbers_of(figure.document)


# ---- one of them


class OneAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(["published"]))


@dataclass(frozen=True, slots=True)
class SincePublished:
    """A published figure beside the same as known now; `why` leads to what changed it, for those entitled."""

    on_record: FigureOnRecord
    published: int | str
    now: int | str
    changed: bool
    why: str | None

    @property
    def cells(self) -> tuple[Any, ...]:
        """A line of a table."""
        measure = self.on_record.measure
        name = f"{measure.code} {measure.name}"
        if not self.changed:
            return name, self.published, "the same", ""
        return name, self.published, self.now, Link(f"Why {measure.code} changed", self.why) if self.why else ""


SINCE_COLUMNS: Final = (Column("Figure"), Column("Published", whole=True), Column("As known now"), Column("Why"))
PUBLIC_COLUMNS: Final = (Column("Figure"), Column("Counts"), Column("Percentage", number=True), Column("Note"))


@blueprint.page(_NUMBER, Right.PUBLISHED, OneAddress)
def certificate(given: parameters.Given, number: int) -> Page:
    """A publication, and what of it is another figure by now."""
    who = guard.viewer(Right.PUBLISHED)
    if who.reach is Reach.PUBLISHED:
        return _public_one(number)
    found = _one(number, who)
    since = _since(found, who)
    kind = "Cut" if found.is_cut else "Certificate"
    figures = Table(SINCE_COLUMNS, [one.cells for one in since], words.plural(len(since), "figure"))
    return Page(
        "certificate.html",
        what(found),
        {"figures": figures if found.is_cut else None},
        title=f"{kind} No. {number} {what(found)}",
        found=found,
        since=since,
        changed=[one for one in since if one.changed],
        done=given["done"] == "published",
        sha256=publications.PublishedResult(found).document()["sha256"],
        newest=guard.snapshot().submissions.newest,
    )


def _one(number: int, who: Viewer) -> Publication:
    """A publication, if whoever asks may see it.

    Raises:
        Problem: there is none, or it is somebody else's (404).
    """
    everything = publications.publications(guard.snapshot()).publications
    found = next((one for one in everything if one.event.number == number), None)
    if found is None:
        raise not_here()
    if not publications.is_visible(found, who):
        guard.note(Deed.REFUSED, question={"code": "not-own"})
        raise not_here()
    return found


def _since(found: Publication, who: Viewer) -> list[SincePublished]:
    return [_beside(one) for one in publications.as_known_now(guard.snapshot(), who, found).figures]


def _beside(one: Restated) -> SincePublished:
    changed = numbers(one.after) != one.on_record.numbers
    why = _to_why(one) if changed and guard.principal().reach(Right.CLIENTS) is not None else None
    return SincePublished(one.on_record, numbers_of(one.on_record.document), result(one.after), changed, why)


def _to_why(one: Restated) -> str:
    publication, now = one.on_record.publication, one.after.standpoint
    where = {name: value for name, value in one.on_record.document["slice"].items() if value}
    return url_for(
        "why.why",
        measure=one.on_record.measure.code,
        as_of=publication.standpoint.as_of,
        known_at=f"@{publication.standpoint.position}",
        to_known_at=now.known_at,
        definition=one.on_record.document["definition"],
        **where,
    )


def _public_one(number: int) -> Page:
    for found in public_record().publications(guard.snapshot()):
        if found.publication.event.number == number:
            notes = any(figure.withheld for figure in found.figures)
            figures = Table(
                PUBLIC_COLUMNS if notes else PUBLIC_COLUMNS[:-1],
                [_public_cells(figure, notes) for figure in found.figures],
                words.plural(len(found.figures), "figure"),
            )
            return Page("certificate-public.html", what(found.publication), {"figures": figures}, found=found)
    raise not_here()


def _public_cells(figure: PublicFigure, notes: bool) -> tuple[Any, ...]:
    measure = figure.on_record.measure
    name = f"{measure.code} {measure.name}"
    if figure.withheld:
        return name, "withheld", "", figure.withheld
    percentage = figure.document["percentage"]
    said = rounded(percentage) if isinstance(percentage, int | float) else ""
    return name, numbers_of(figure.document), said, *([""] if notes else [])


@blueprint.page(f"{_NUMBER}/document", Right.PUBLISHED)
def document(_given: parameters.Given, number: int) -> Any:
    """The signed document, to the byte; to keep and to check. Nothing is signed for the public: see above."""
    found = _one(number, guard.not_public(guard.viewer(Right.PUBLISHED)))
    kind = "scorecard" if found.is_cut else "certificate"
    return attached(publications.PublishedResult(found).text, f"{kind}-{number}.json", "application/json")


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
    found = publications.restated(guard.snapshot(), who).figures
    rows = list(map(_changed_row, found))
    return Page(
        "certificates-changed.html",
        "What has changed since it was published",
        {"changed": Table(CHANGED_COLUMNS, rows, "Published, and as known now") if rows else None},
        published=bool(publications.publications(guard.snapshot()).publications),
    )


def _changed_row(one: Restated) -> tuple[Any, ...]:
    publication, beside = one.on_record.publication, _beside(one)
    number = publication.event.number
    figure = f"{one.on_record.measure.code} {one.on_record.measure.name}. {words.slice_of(one.on_record.slice)}"
    return (
        Link(numbered(number), url_for(ONE, number=number)),
        f"{figure} In {publication.title}." if publication.is_cut else figure,
        publication.standpoint.as_of,
        *beside.cells[1:],
    )


# ---- publishing


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent, with what is wrong by field."""

    said: Mapping[str, str]
    wrong: Mapping[str, str]

    @property
    def errors(self) -> list[Link]:
        """What is wrong, each with its field."""
        return [Link(text, f"#{name}") for name, text in self.wrong.items()]

    @property
    def checked(self) -> bool:
        """Whether it was looked at before it was sent."""
        return self.said.get("checked") == "yes"

    def days_and(self, wrong: Mapping[str, str]) -> tuple[date, date]:
        """Both days: what had happened, and what was known. What is signed for good is not of days to come.

        Raises:
            ValidationError: what is `wrong` of other fields, and of the days, all at once.
        """
        days = {name: _day_read(self.said.get(name, "")) for name in ("as_of", "known_at")}
        wrong = dict(wrong) | {name: found for name, found in days.items() if isinstance(found, str)}
        as_of, known_at = days["as_of"], days["known_at"]
        if isinstance(known_at, date) and known_at > today():
            wrong["known_at"] = "This day has not come yet. Choose today or an earlier day."
        elif isinstance(as_of, date) and isinstance(known_at, date) and as_of > known_at:
            wrong["as_of"] = "Choose the same day as “As known on”, or an earlier one."
        if wrong or isinstance(as_of, str) or isinstance(known_at, str):
            raise ValidationError({name: [text] for name, text in wrong.items()})
        return as_of, known_at


def _day_read(text: str) -> date | str:
    """The day that was written, or why it is none."""
    if not text.strip():
        return "Choose a date."
    try:
        return parameters.day_written(text.strip())
    except ValidationError:
        return "This is not a date. Write it as year-month-day, like 2017-07-31."


def _first_form() -> Form:
    newest = guard.snapshot().submissions.newest
    assert newest is not None
    month_end = month_end_before(newest.received_on)
    days = {"as_of": month_end.isoformat(), "known_at": newest.received_on.isoformat()}
    asked = {name: request.args.get(name, "") for name in ("measure", "agency", "area", "name", *days)}
    return Form(days | {name: value for name, value in asked.items() if value}, {})


class FreezeAddress(parameters.Asks):
    """What the form begins with."""

    name = parameters.cut_field("The name.")
    as_of = parameters.DayField(load_default=None, description="The day.")
    known_at = parameters.KnownAtField()


class PublishAddress(parameters.Asks):
    """What the form begins with."""

    measure = parameters.measure_field(load_default=None)
    agency = parameters.code_field("The agency.")
    area = parameters.code_field("The area.")
    as_of = parameters.DayField(load_default=None, description="The day.")
    known_at = parameters.KnownAtField()


@blueprint.page("/certificates/publish", Right.PUBLISH, PublishAddress)
def publish_form(_given: parameters.Given) -> Page | str:
    """Which figure to certify."""
    return _nothing_yet() or _publish_form(_first_form())


def _nothing_yet() -> str:
    """The page in the place of a form that has nothing to publish; empty once a file was received."""
    if guard.snapshot().submissions.newest is not None:
        return ""
    return render_template("nothing-yet.html", may_submit=guard.principal().reach(Right.SUBMIT) is not None)


def _publish_form(form: Form) -> Page:
    slices = load_slices(guard.snapshot().connection)
    own = guard.viewer(Right.PUBLISH)
    agencies = [one for one in slices.agencies if own.reach is not Reach.OWN or one in own.agencies]
    everybody = [] if own.reach is Reach.OWN else [""]
    return Page(
        "certificate-publish.html",
        "Publish a figure",
        form=form,
        errors=form.errors,
        measures=_choices(
            form, "measure", [("", "Choose a KPI"), *((one.code, f"{one.code} {one.name}") for one in MEASURES)]
        ),
        agencies=_choices(
            form, "agency", [(one, named(one) if one else "All agencies") for one in (*everybody, *agencies)]
        ),
        areas=_choices(form, "area", [(one, one or "All areas") for one in ("", *slices.areas)]),
    )


def _choices(form: Form, name: str, pairs: Sequence[tuple[str, str]]) -> list[Choice]:
    chosen = form.said.get(name, "")
    return [Choice(value, text, value == chosen) for value, text in pairs]


@blueprint.page("/certificates/publish", Right.PUBLISH, method="POST")
def publish(_given: parameters.Given) -> Any:
    """Certify a figure, once it was looked at; a provider one of its own agencies'."""
    form = Form(request.form.to_dict(), {})
    try:
        asked = _certified(form)
        who = guard.viewer(Right.PUBLISH, asked.where)
        if who.reach is Reach.OWN and asked.where.agency is None:
            raise ValidationError({"agency": ["Choose one of your own agencies."]})
        if not form.checked:
            return _confirm_figure(form, asked, who)
        by = guard.principal()
        with publications.publishing(guard.services(), by.name, by.role) as publisher:
            found = publisher.figure_once(asked)
    except (ValidationError, Refused, WrongUse) as error:
        return _publish_form(_wrong(form, error, "measure")), 422
    return _published(found)


def _confirm_figure(form: Form, asked: publications.PublishFigure, who: Viewer) -> str:
    """What is about to be signed, with the figure itself, and whether it was published before."""
    snapshot = guard.snapshot()
    assert asked.as_of is not None
    of = asking.FiguresQuery(asked.as_of, asked.known_at, (asked.measure,), asked.where)
    figure = asking.figures(snapshot, who, of).figures[0]
    share = f", {words.percent(figure.percentage)}" if figure.percentage is not None and figure.matured is None else ""
    pairs = [
        ("KPI", f"{asked.measure.code} {asked.measure.name}"),
        ("Agency", named(asked.where.agency) if asked.where.agency else "All agencies"),
        ("Area", asked.where.area or "All areas"),
        *_days_of(figure.standpoint),
        ("The figure", f"{words.result(figure)}{share}"),
    ]
    before = [
        one.event
        for one in publications.publications(snapshot).publications
        if publications.is_of(one, asked.measure, figure.standpoint, asked.where) and publications.is_visible(one, who)
    ]
    notices = [words.status(figure.coverage, figure.standpoint)]
    if before:
        notices.append(f"It was published before, as No. {before[-1].number} on {words.day(before[-1].occurred_on)}.")
    return _confirm("figure", form, "certificates_pages.publish", ("measure", "agency", "area"), pairs, notices)


def _days_of(at: Standpoint) -> list[tuple[str, str]]:
    known_at = words.day(at.known_at) if at.known_at else "nothing was known"
    return [("As of", words.day(at.as_of)), ("As known on", known_at)]


def _confirm(
    what: str, form: Form, endpoint: str, names: Sequence[str], pairs: Sequence[Any], notices: Sequence[str]
) -> str:
    said: dict[str, Any] = {name: form.said[name] for name in (*names, "as_of", "known_at") if form.said.get(name)}
    return render_template(
        "certificate-confirm.html",
        what=what,
        pairs=pairs,
        notices=notices,
        said=said.items(),
        action=url_for(endpoint),
        change=url_for(f"{endpoint}_form", **said),
    )


def _certified(form: Form) -> publications.PublishFigure:
    code = form.said.get("measure", "")
    wrong = {} if code in {one.code for one in MEASURES} else {"measure": "Choose a KPI."}
    as_of, known_at = form.days_and(wrong)
    where = Slice(form.said.get("area") or None, form.said.get("agency") or None)
    return publications.PublishFigure(measure_named(code), as_of, known_at, None, where)


def _wrong(form: Form, error: Exception, field: str) -> Form:
    """The form with what is wrong, at its field; `field` where the error names none."""
    if isinstance(error, ValidationError):
        messages: Any = error.messages
        return Form(form.said, {name: " ".join(said) for name, said in messages.items()})
    return Form(form.said, {field: str(error)})


def _published(found: publications.PublishedResult) -> Any:
    return redirect(url_for(ONE, number=found.publication.event.number, done="published"), 303)


@blueprint.page("/certificates/freeze", Right.PUBLISH, FreezeAddress)
def freeze_form(_given: parameters.Given) -> Page | str:
    """Which scorecard to freeze, and under which name."""
    _only_for_all()
    return _nothing_yet() or _freeze_form(_first_form())


def _only_for_all() -> None:
    who = guard.principal()
    if guard.reach(Right.PUBLISH) is Reach.OWN:
        guard.refuse(who, "right-missing", "A scorecard is of everybody: the commissioner freezes it.")


def _freeze_form(form: Form) -> Page:
    return Page("certificate-freeze.html", "Freeze the scorecard", form=form, errors=form.errors, longest=LONGEST_NAME)


@blueprint.page("/certificates/freeze", Right.PUBLISH, method="POST")
def freeze(_given: parameters.Given) -> Any:
    """Freeze the scorecard of everybody under a name, once it was looked at."""
    _only_for_all()
    form = Form(request.form.to_dict(), {})
    try:
        name = form.said.get("name", "").strip()
        named_well = 0 < len(name) <= LONGEST_NAME
        wrong = {} if named_well else {"name": f"Give it a name of 1 to {LONGEST_NAME} characters."}
        as_of, known_at = form.days_and(wrong)
        asked = publications.PublishCut(cut_name(name), as_of, known_at)
        if not form.checked:
            return _confirm_cut(form, asked)
        by = guard.principal()
        with publications.publishing(guard.services(), by.name, by.role) as publisher:
            found = publisher.cut(asked)
    except (ValidationError, Refused, WrongUse) as error:
        return _freeze_form(_wrong(form, error, "name")), 422
    return _published(found)


def _confirm_cut(form: Form, asked: publications.PublishCut) -> str:
    """What is about to be signed, and whether every agency has reported."""
    snapshot = guard.snapshot()
    if any(one.is_cut and one.title == asked.name for one in publications.publications(snapshot).publications):
        raise ValidationError({"name": ["A scorecard was frozen under this name before. Choose another."]})
    of = asking.FiguresQuery(asked.as_of, asked.known_at, MEASURES[:1], Slice())
    figure = asking.figures(snapshot, guard.viewer(Right.PUBLISH), of).figures[0]
    pairs = [("Name", asked.name), *_days_of(figure.standpoint), ("Whose figures", "All areas, all agencies")]
    notices = [words.status(figure.coverage, figure.standpoint)]
    return _confirm("scorecard", form, "certificates_pages.freeze", ("name",), pairs, notices)


# ---- checking one


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What checking a document found: what was verified, or why it does not hold and what in it was altered."""

    checked: CertificateCheck | None
    why_not: str = ""
    altered: tuple[str, ...] = ()
    is_none: bool = False
    """What was given is no certificate at all, or only a part of one."""

    @property
    def heading(self) -> str:
        """What was found of a document that does not hold."""
        return "This is not a whole certificate" if self.is_none else "It does not hold"

    @property
    def figures(self) -> list[tuple[str, str, int | str]]:
        """What a document that holds says: figure, of whom, and counts."""
        if self.checked is None:
            return []
        found = self.checked.document
        return [
            (f"{one['measure']} {one['name']}", words.slice_of(Slice(**one["slice"])), numbers_of(one))
            for one in found.get("figures") or [found["figure"]]
        ]

    @property
    def standpoint(self) -> tuple[date, date] | None:
        """Both days of it."""
        if self.checked is None:
            return None
        found = self.checked.document
        first = found.get("figure", found)
        known_at = first["known_at"]
        return date.fromisoformat(first["as_of"]), date.fromisoformat(known_at or first["as_of"])


@blueprint.page("/certificates/check", Right.PUBLISHED)
def check_form(_given: parameters.Given) -> Page:
    """Where one is put in to be checked."""
    return _check_form(Form({}, {}))


def _check_form(form: Form, outcome: CheckOutcome | None = None) -> Page:
    figures = Table(CHECKED_COLUMNS, outcome.figures, "What it says") if outcome and outcome.checked else None
    return Page(
        "certificate-check.html",
        "Check a certificate",
        {"figures": figures},
        form=form,
        errors=form.errors,
        outcome=outcome,
    )


CHECKED_COLUMNS: Final = (Column("Figure"), Column("Of"), Column("Counts"))


@blueprint.page("/certificates/check", Right.PUBLISHED, method="POST")
@limit_uploads
def check_one(_given: parameters.Given) -> Any:
    """Verify a certificate or a scorecard, against our key or one that is given."""
    text, key = _sent("document"), _sent("key")
    if not text.strip():
        return _check_form(Form({}, {"document": "Choose the file of a certificate, or paste its text."})), 422
    try:
        keys = PublicKeys.read(key, "The key") if key.strip() else guard.services().signer.keys
    except Refused as refused:
        said = {"document_text": text.decode(errors="replace"), "key_text": request.form.get("key_text", "")}
        return _check_form(Form(said, {"key": refused.message})), 422
    try:
        outcome = CheckOutcome(check(text, keys, "The document"))
    except Refused as refused:
        outcome = CheckOutcome(None, _plain(refused), tuple(_altered(text)), refused.code == "no-certificate")
    return _check_form(Form({}, {}), outcome)


def _plain(refused: Refused) -> str:
    """Why a document does not hold; where a file is none at all, without the words of whoever reads JSON."""
    if refused.code == "no-certificate":
        return "It cannot be read as a certificate of Recount. It may be another file, or only a part of one."
    return refused.message


def _sent(name: str) -> bytes:
    """What was chosen as a file or, without one, pasted as text."""
    file = request.files.get(name)
    if file is not None and file.filename:
        return file.read()
    # A browser sends the ends of pasted lines in a way of its own.
    return request.form.get(f"{name}_text", "").replace("\r\n", "\n").encode()


def _altered(text: bytes) -> Iterator[str]:
    """Where a document says something else than the one that was signed here under its number, for those who may see
    that one; the public is told nothing, since the signed one has the whole numbers.
    """
    who = guard.viewer(Right.PUBLISHED)
    try:
        document = json.loads(text)
        number = document["number"]
        kind = "figures" in document
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if who.reach is Reach.PUBLISHED:
        return
    for one in publications.publications(guard.snapshot()).publications:
        if one.event.number == number and one.is_cut == kind and publications.is_visible(one, who):
            found = [_difference(*where) for where in differences(document, one.document)]
            yield from found[:MOST_DIFFERENCES]
            if len(found) > MOST_DIFFERENCES:
                yield f"And {len(found) - MOST_DIFFERENCES} more."


MISSING: Final = object()
"""What stands in place of a value that one of two documents does not have."""


def differences(given: Any, signed: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places in which two documents differ, with what each says there."""
    if isinstance(given, dict) and isinstance(signed, dict):
        for name in dict.fromkeys([*signed, *given]):
            at = f"{path}.{name}" if path else str(name)
            yield from differences(given.get(name, MISSING), signed.get(name, MISSING), at)
    elif isinstance(given, list) and isinstance(signed, list) and len(given) == len(signed):
        for place, (one, other) in enumerate(zip(given, signed, strict=True), 1):
            yield from differences(one, other, f"{path} {place}")
    elif given != signed or type(given) is not type(signed):
        yield path, given, signed


def _difference(path: str, given: Any, signed: Any) -> str:
    return f"{path}: {_said(given)} here, {_said(signed)} as it was signed."


def _said(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
