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
from marshmallow import fields, validate

from domain.contract_life.publication import LONGEST_NAME, cut_name
from domain.errors import Refused
from domain.measures.registry import MEASURES, measure_named
from domain.proof.signing import PublicKeys
from domain.standpoint import Standpoint
from projections.publication.certificate import CertificateCheck, check
from projections.publication.disclosure import PublicFigure, PublicPublication
from projections.publication.published import FigureOnRecord, Publication, numbers
from projections.publication.restated import Restated
from projections.publication.suppression import SUPPRESSED
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from web import parameters
from web.api.figures import public_record
from web.auth import guard
from web.auth.access import Deed
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.publish import PublishCut, PublishFigure, publishing
from web.presenters import text as words
from web.presenters.tables import Column, Link, Table, numbered, result, rounded
from web.problems import not_here
from web.queries import figures as asking
from web.queries import publications

from .agency_names import named
from .forms import DateField, FileField, Form, InvalidField, SelectField, TextareaField, TextField
from .layout import Page, attached
from .navigation import Place
from .page import Pages, month_end_before
from .paging import Paging

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


def _as_of_field() -> DateField:
    return DateField("As of", "What had happened by this day", needed="Choose a date.")


def _known_at_field() -> DateField:
    return DateField("As known on", "What had been received by this day", needed="Choose a date.")


class SignedForm(Form):
    """What is to be signed, as of one day and as known on another: sent twice, the second time from a page that shows
    what it is.
    """

    as_of: DateField
    known_at: DateField

    @property
    def is_confirmed(self) -> bool:
        """Whether it was shown before it was sent."""
        return request.form.get("checked") == "yes"

    @property
    def days(self) -> tuple[date, date]:
        """Both days, once the form was validated."""
        assert self.as_of.day is not None
        assert self.known_at.day is not None
        return self.as_of.day, self.known_at.day

    def validate(self, extra_validators: Any = None) -> bool:
        """Say all that is wrong at once. What is signed for good is not of days to come."""
        super().validate(extra_validators)
        as_of, known_at = self.as_of.day, self.known_at.day
        if known_at and known_at > today():
            self.add_error("known_at", "This day has not come yet. Choose today or an earlier day.")
        elif as_of and known_at and as_of > known_at:
            self.add_error("as_of", "Choose the same day as “As known on”, or an earlier one.")
        return not self.errors


class PublishForm(SignedForm):
    """A figure to certify."""

    measure = SelectField(
        "KPI",
        choices={"": "Choose a KPI"} | {one.code: f"{one.code} {one.name}" for one in MEASURES},
        needed="Choose a KPI.",
    )
    agency = SelectField("Agency")
    area = SelectField("Area")
    as_of = _as_of_field()
    known_at = _known_at_field()

    @property
    def figure(self) -> PublishFigure:
        """Which figure it is."""
        slice_ = Slice(self.area.data or None, self.agency.data or None)
        return PublishFigure(measure_named(self.measure.data), self.as_of.day, self.known_at.day, None, slice_)


class FreezeForm(SignedForm):
    """A scorecard to freeze, and its name."""

    name = TextField("Name", "For example: Board 16 Aug 2017")
    as_of = _as_of_field()
    known_at = _known_at_field()

    def validate_name(self, field: TextField) -> None:
        """Refuse a name that is missing or too long."""
        if not 0 < len(field.data) <= LONGEST_NAME:
            raise InvalidField(f"Give it a name of 1 to {LONGEST_NAME} characters.")


def _first_values() -> dict[str, str]:
    """What a form begins with: the newest month end, and what its address says."""
    newest = guard.snapshot().submissions.newest
    assert newest is not None
    days = {"as_of": month_end_before(newest.received_on).isoformat(), "known_at": newest.received_on.isoformat()}
    return days | {name: value for name, value in request.args.items() if value}


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
    return _nothing_yet() or _publish_page(PublishForm(data=_first_values()))


def _nothing_yet() -> str:
    """The page in the place of a form that has nothing to publish; empty once a file was received."""
    if guard.snapshot().submissions.newest is not None:
        return ""
    return render_template("nothing-yet.html", may_submit=guard.principal().reach(Right.SUBMIT) is not None)


def _publish_page(form: PublishForm) -> Page:
    slices = load_slices(guard.snapshot().connection)
    own = guard.viewer(Right.PUBLISH)
    agencies = [one for one in slices.agencies if own.reach is not Reach.OWN or one in own.agencies]
    everybody = {} if own.reach is Reach.OWN else {"": "All agencies"}
    form.agency.choices = everybody | {one: named(one) for one in agencies}
    form.area.choices = {"": "All areas"} | {one: one for one in slices.areas}
    return Page("certificate-publish.html", "Publish a figure", form=form, errors=form.links)


@blueprint.page("/certificates/publish", Right.PUBLISH, method="POST")
def publish(_given: parameters.Given) -> Any:
    """Certify a figure, once it was looked at; a provider one of its own agencies'."""
    form = PublishForm()
    if form.validate_on_submit():
        figure, by = form.figure, guard.principal()
        who = guard.viewer(Right.PUBLISH, figure.slice_)
        with form.refusals_at("measure"):
            if who.reach is Reach.OWN and figure.slice_.agency is None:
                form.add_error("agency", "Choose one of your own agencies.")
            elif form.is_confirmed:
                with publishing(guard.services(), by.name, by.role) as publisher:
                    return _published(publisher.figure_once(figure))
            else:
                return _confirm_figure(form, figure, who)
    return _publish_page(form), 422


def _confirm_figure(form: PublishForm, asked: PublishFigure, who: Viewer) -> str:
    """What is about to be signed, with the figure itself, and whether it was published before."""
    snapshot = guard.snapshot()
    assert asked.as_of is not None
    of = asking.FiguresQuery(asked.as_of, asked.known_at, (asked.measure,), asked.slice_)
    figure = asking.figures(snapshot, who, of).figures[0]
    share = f", {words.percent(figure.percentage)}" if figure.percentage is not None and figure.matured is None else ""
    pairs = [
        ("KPI", f"{asked.measure.code} {asked.measure.name}"),
        ("Agency", named(asked.slice_.agency) if asked.slice_.agency else "All agencies"),
        ("Area", asked.slice_.area or "All areas"),
        *_days_of(figure.standpoint),
        ("The figure", f"{words.result(figure)}{share}"),
    ]
    before = [
        one.event
        for one in publications.publications(snapshot).publications
        if publications.is_of(one, asked.measure, figure.standpoint, asked.slice_) and publications.is_visible(one, who)
    ]
    notices = [words.status(figure)]
    if before:
        notices.append(f"It was published before, as No. {before[-1].number} on {words.day(before[-1].occurred_on)}.")
    return _confirm("figure", form, "certificates_pages.publish", pairs, notices)


def _days_of(at: Standpoint) -> list[tuple[str, str]]:
    known_at = words.day(at.known_at) if at.known_at else "nothing was known"
    return [("As of", words.day(at.as_of)), ("As known on", known_at)]


def _confirm(what: str, form: SignedForm, endpoint: str, pairs: Sequence[Any], notices: Sequence[str]) -> str:
    sent = {field.name: field.data for field in form if field.data}
    return render_template(
        "certificate-confirm.html",
        what=what,
        pairs=pairs,
        notices=notices,
        sent=sent,
        action=url_for(endpoint),
        change=url_for(f"{endpoint}_form", **sent),
    )


def _published(found: publications.PublishedResult) -> Any:
    return redirect(url_for(ONE, number=found.publication.event.number, done="published"), 303)


@blueprint.page("/certificates/freeze", Right.PUBLISH, FreezeAddress)
def freeze_form(_given: parameters.Given) -> Page | str:
    """Which scorecard to freeze, and under which name."""
    _only_for_all()
    return _nothing_yet() or _freeze_page(FreezeForm(data=_first_values()))


def _only_for_all() -> None:
    who = guard.principal()
    if guard.reach(Right.PUBLISH) is Reach.OWN:
        guard.refuse(who, "right-missing", "A scorecard is of everybody: the commissioner freezes it.")


def _freeze_page(form: FreezeForm) -> Page:
    return Page("certificate-freeze.html", "Freeze the scorecard", form=form, errors=form.links)


@blueprint.page("/certificates/freeze", Right.PUBLISH, method="POST")
def freeze(_given: parameters.Given) -> Any:
    """Freeze the scorecard of everybody under a name, once it was looked at."""
    _only_for_all()
    form, by = FreezeForm(), guard.principal()
    if form.validate_on_submit():
        with form.refusals_at("name"):
            cut = PublishCut(cut_name(form.name.data), *form.days)
            if form.is_confirmed:
                with publishing(guard.services(), by.name, by.role) as publisher:
                    return _published(publisher.cut(cut))
            if not _is_frozen(cut.name):
                return _confirm_cut(form, cut)
            form.add_error("name", "A scorecard was frozen under this name before. Choose another.")
    return _freeze_page(form), 422


def _is_frozen(name: str) -> bool:
    everything = publications.publications(guard.snapshot()).publications
    return any(one.is_cut and one.title == name for one in everything)


def _confirm_cut(form: FreezeForm, asked: PublishCut) -> str:
    """What is about to be signed, and whether every agency has reported."""
    snapshot = guard.snapshot()
    of = asking.FiguresQuery(asked.as_of, asked.known_at, MEASURES[:1], Slice())
    figure = asking.figures(snapshot, guard.viewer(Right.PUBLISH), of).figures[0]
    pairs = [("Name", asked.name), *_days_of(figure.standpoint), ("Whose figures", "All areas, all agencies")]
    notices = [words.status(figure)]
    return _confirm("scorecard", form, "certificates_pages.freeze", pairs, notices)


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


class CheckForm(Form):
    """A document to check, and by whose key if not by ours: each as a file, or pasted."""

    document = FileField("File of the certificate or scorecard", accept=".json,application/json")
    document_text = TextareaField("Or paste its text", rows=6, options={"spellcheck": False})
    key = FileField(
        "Public key of that service", "A PEM file. Without one, the key of this service is used.", accept=".pem"
    )
    key_text = TextareaField("Or paste the key", rows=3, options={"spellcheck": False})

    def read(self, name: str) -> bytes:
        """What was chosen as a file or, without one, pasted as text."""
        if file := self[name].data:
            return bytes(file.read())
        # A browser sends the ends of pasted lines in a way of its own.
        text: str = self[f"{name}_text"].data
        return text.replace("\r\n", "\n").encode()


@blueprint.page("/certificates/check", Right.PUBLISHED)
def check_form(_given: parameters.Given) -> Page:
    """Where one is put in to be checked."""
    return _check_page(CheckForm())


def _check_page(form: CheckForm, outcome: CheckOutcome | None = None) -> Page:
    figures = Table(CHECKED_COLUMNS, outcome.figures, "What it says") if outcome and outcome.checked else None
    return Page(
        "certificate-check.html",
        "Check a certificate",
        {"figures": figures},
        form=form,
        errors=form.links,
        outcome=outcome,
    )


CHECKED_COLUMNS: Final = (Column("Figure"), Column("Of"), Column("Counts"))


@blueprint.page("/certificates/check", Right.PUBLISHED, method="POST")
@limit_uploads
def check_one(_given: parameters.Given) -> Any:
    """Verify a certificate or a scorecard, against our key or one that is given."""
    form = CheckForm()
    text, key = form.read("document"), form.read("key")
    if not text.strip():
        form.add_error("document", "Choose the file of a certificate, or paste its text.")
        return _check_page(form), 422
    with form.refusals_at("key"):
        keys = PublicKeys.read(key, "The key") if key.strip() else guard.services().signer.keys
        return _check_page(CheckForm(None), _outcome(text, keys))
    form.document_text.data = text.decode(errors="replace")
    return _check_page(form), 422


def _outcome(text: bytes, keys: PublicKeys) -> CheckOutcome:
    try:
        return CheckOutcome(check(text, keys, "The document"))
    except Refused as refused:
        return CheckOutcome(None, _plain(refused), tuple(_altered(text)), refused.code == "no-certificate")


def _plain(refused: Refused) -> str:
    """Why a document does not hold; where a file is none at all, without the words of whoever reads JSON."""
    if refused.code == "no-certificate":
        return "It cannot be read as a certificate of Recount. It may be another file, or only a part of one."
    return refused.message


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
