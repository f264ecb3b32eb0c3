"""Values of entered KPIs: entered in one short form, read with all that was said, and the steps of both parties."""

from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.contract_life.entered import Evidence, period_around, period_words
from domain.errors import ChangedMeanwhile, Refused
from domain.periods import Period
from projections.performance.entered import WHOLE
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.auth.trail.access import Deed
from web.clock import now
from web.commands.agreement import entered_values as commands
from web.commands.agreement.entered_values import NewValue, ValueNumbers
from web.files.evidence import evidence_of
from web.pages.agreement.by_hand.entered import (
    NUMBER,
    ONE,
    VALUE,
    author,
    blueprint,
    kpi_or_404,
    may_enter,
)
from web.pages.agreement.by_hand.entered_terms import VERSION_COLUMNS
from web.pages.agreement.by_hand.waiting import ConfirmAllForm, leads_on
from web.pages.explain.claims import PeopleField
from web.pages.frame.agency_names import named
from web.pages.frame.forms import FileField, Form, HiddenField, TextareaField, TextField, one_line, whole_number
from web.pages.frame.layout import Page, attached
from web.presenters import text
from web.presenters.agreement import entered as words
from web.presenters.tables import Column, Table, lines
from web.queries.agreement import entered as queries
from web.queries.agreement.entered import EnteredKpiResult, EnteredStep, EnteredValueResult

_VALUE: Final = "/entered-kpis/values/<int(min=1, max=2147483647):number>"
_NOBODY: Final = "It stays on record for good. Do not name anybody."
_HASHED: Final = "It is read once. Its SHA-256, name and size are kept, and the file itself is not: keep it yourself."


class NumbersForm(Form):
    """The numbers of a value, where they are from, and the file that shows it."""

    field_of_code: ClassVar[dict[str, str]] = {
        "entered-half": "denominator",
        "entered-of-count": "denominator",
        "entered-no-evidence": "evidence",
        "evidence-empty": "evidence",
        "entered-words-too-long": "source",
        "entered-words-unreadable": "source",
    }

    numerator = PeopleField("How many", needed="Enter the number.")
    denominator = PeopleField("Out of how many")
    source = TextField("Source", "Where the numbers are from. Do not name anybody.")
    evidence = FileField("Evidence", _HASHED, accept="*/*")
    seen = HiddenField()

    def __init__(self, kpi: EnteredKpiResult, *sent: Any, **settings: Any) -> None:
        super().__init__(*sent, **settings)
        self.is_count = kpi.is_count
        if kpi.is_count:
            del self["denominator"]
        if not kpi.needs_evidence:
            self.evidence.label.text = "Evidence (you can leave it out)"

    @property
    def numbers(self) -> ValueNumbers:
        """What is entered; the form was validated. Raises Refused where the file is no evidence."""
        denominator = None if self.is_count else self.denominator.number
        return ValueNumbers(self.numerator.number or 0, denominator, self.source.data, sent_evidence(self.evidence))


def sent_evidence(field: FileField) -> Evidence | None:
    """What is kept of a file that was sent; None where none was."""
    return evidence_of(field.data.filename or "", field.data.stream) if field.data else None


class EnterAddress(parameters.Asks):
    """Of which agency and which period."""

    agency = parameters.code_field("Whose value it is; left out, of all together.")
    last_day = parameters.DayField(required=True, description="The last day of the period.")


@blueprint.page(f"{NUMBER}/enter", Right.AGREE, EnterAddress)
def enter(args: parameters.Given, number: int) -> Page:
    """The form for the value of one period."""
    kpi = kpi_or_404(number)
    return _enter_page(kpi, args, NumbersForm(kpi, None, data={"source": kpi.source, "seen": "0"}))


def _enter_page(
    kpi: EnteredKpiResult, args: parameters.Given, form: NumbersForm, standing: EnteredValueResult | None = None
) -> Page:
    agency, period = args["agency"] or WHOLE, _period(kpi, args)
    if not may_enter(kpi, agency):
        guard.refuse_as_not_there(principal())
    versions = _versions(form, standing) if standing else None
    return Page(
        "entered-enter.html",
        f"{kpi.name}: {period_words(kpi.frequency, period.last_day)}",
        {"versions": versions},
        kpi=kpi,
        form=form,
        errors=form.links,
        whose=named(agency) if agency else words.WHOLE_WORDS,
        days=text.window(period.first_day, period.last_day),
        standing=standing,
        who=standing.steps[-1].actor if standing else "",
        on=text.day(standing.steps[-1].on) if standing else "",
        action=url_for("entered_pages.enter_it", number=kpi.number, **_address(args)),
    )


def _address(args: parameters.Given) -> dict[str, Any]:
    its_agency = {"agency": args["agency"]} if args["agency"] else {}
    return {"last_day": args["last_day"].isoformat()} | its_agency


def _period(kpi: EnteredKpiResult, args: parameters.Given) -> Period:
    return period_around(kpi.frequency, args["last_day"])


@blueprint.page(f"{NUMBER}/enter", Right.AGREE, EnterAddress, method="POST")
@limit_uploads
def enter_it(args: parameters.Given, number: int) -> Any:
    """Enter the value of a period."""
    kpi = kpi_or_404(number)
    form, agency, period = NumbersForm(kpi), args["agency"] or WHOLE, _period(kpi, args)
    if form.validate_on_submit():
        try:
            value = NewValue(kpi.code, agency, period, form.numbers)
            entered = commands.enter_value(services().register, value, author())
            return redirect(url_for(VALUE, number=entered.number, done="entered"), 303)
        except Refused as refused:
            viewer = guard.viewer(Right.AGREED)
            standing = queries.standing_value(snapshot(), viewer, kpi.code, agency, period)
            if refused.code == "entered-overlaps" and standing:
                return _enter_page(kpi, args, form, standing), 409
            form.refuse(refused, "numerator")
    return _enter_page(kpi, args, form), 422


def _versions(form: NumbersForm, stands: EnteredValueResult) -> Table:
    """What somebody wrote beside what stands."""
    rows: list[tuple[Any, ...]] = [("How many", form.numerator.data or None, stands.numerator)]
    if not form.is_count:
        rows.append(("Out of how many", form.denominator.data or None, stands.denominator))
    rows += [("Source", form.source.data or None, stands.source or None), ("State", None, stands.state)]
    return Table(VERSION_COLUMNS, rows, "The two versions")


# ---- one value


_DONE: Final = {
    "entered": "The value is entered. The other party can read it now.",
    "corrected": "The value is corrected. As known before, the older one stands.",
    "confirmed": "You confirmed the value.",
    "questioned": "Your question was added. The value counts meanwhile.",
    "withdrawn": "The value counts no more.",
}


class ValueAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


class CorrectForm(NumbersForm):
    """Other numbers, and why."""

    field_of_code: ClassVar[dict[str, str]] = NumbersForm.field_of_code | {"entered-no-words": "reason"}

    reason = TextField("Why it is corrected", _NOBODY, needed="Say why.")


class SayForm(Form):
    """A step that may need words."""

    text = TextareaField("Your question", _NOBODY, rows=3, needed="Write your question.", filters=[one_line])
    seen = HiddenField()


class ConfirmForm(Form):
    """A step that needs none."""

    seen = HiddenField()


class WithdrawValueForm(Form):
    """Why a value counts no more."""

    reason = TextField("Why it counts no more", _NOBODY, needed="Say why.", id="withdraw-reason")
    seen = HiddenField()


class EvidenceForm(Form):
    """A file that is held against the evidence."""

    file = FileField("The file", "It is read once and let go.", accept="*/*", needed="Choose the file.")


VERSIONS: Final = (
    Column("Said", whole=True),
    Column("Value", number=True),
    Column("By"),
    Column("Why", folds=True),
    Column("Source and evidence", aside=True),
)


@blueprint.page(_VALUE, Right.AGREED, ValueAddress)
def value(args: parameters.Given, number: int) -> Page:
    """One value with all that was said of it."""
    return _value_page(_value_or_404(number), done=_DONE.get(args["done"], ""))


def _value_or_404(number: int) -> EnteredValueResult:
    one = queries.value(snapshot(), guard.not_public(guard.viewer(Right.AGREED)), number)
    if one is None:
        guard.refuse_as_missing()
    return one


class ValueForms:
    """The forms of a value's page: those as they were sent, the others as they begin."""

    def __init__(self, kpi: EnteredKpiResult, one: EnteredValueResult, **sent: Form) -> None:
        seen = {"seen": str(one.version)}
        numbers = {"numerator": str(one.numerator), "denominator": str(one.denominator or ""), "source": one.source}
        self.correct = sent.get("correct") or CorrectForm(kpi, None, data=seen | numbers)
        self.confirm = sent.get("confirm") or ConfirmForm(None, data=seen)
        self.question = sent.get("question") or SayForm(None, data=seen)
        self.withdraw = sent.get("withdraw") or WithdrawValueForm(None, data=seen)
        self.evidence = sent.get("evidence") or EvidenceForm(None)


def _value_page(one: EnteredValueResult, done: str = "", conflict: Table | None = None, **sent: Form) -> Page:
    kpi = kpi_or_404(one.kpi)
    forms = ValueForms(kpi, one, **sent)
    newest = one.steps[-1]
    return Page(
        "entered-value.html",
        f"{kpi.name}: {words.period_of(kpi, one)}",
        {"conflict": conflict, "said": Table(VERSIONS, list(map(_said, one.steps)), "What was said")},
        title=f"{kpi.name} ({kpi.code}), {words.period_of(kpi, one)}",
        kpi=kpi,
        value=one,
        whose=named(one.agency) if one.agency else words.WHOLE_WORDS,
        days=text.window(one.first_day, one.last_day),
        stands=words.numbers(one.numerator, one.denominator),
        percentage=words.share(one.numerator, one.denominator),
        steps=_steps_open(one),
        forms=forms,
        errors=[link for form in sent.values() for link in form.links],
        who=newest.actor,
        on=text.day(newest.on),
        open_form=next(iter(sent), ""),
        files=[(words.STEPS[step.step], step.on, step.evidence) for step in one.steps if step.evidence],
        done=done,
    )


def _steps_open(one: EnteredValueResult) -> set[str]:
    """The steps that this person may take now."""
    if principal().reach(Right.AGREE) is None:
        return set()
    its_author = author()
    is_whole = one.agency is None and its_author.own is not None
    may = {step for step in ("confirm", "question", "correct", "withdraw") if leads_on(step, one, its_author.party)}
    return may - {"correct", "withdraw"} if is_whole else may


def _said(step: EnteredStep) -> tuple[Any, ...]:
    return (
        lines(words.STEPS[step.step], step.on),
        None if step.numerator is None else words.numbers(step.numerator, step.denominator),
        f"{step.actor} for the {step.party}",
        step.words or None,
        lines(step.source or "", words.evidence_words(step.evidence)),
    )


@blueprint.page(f"{_VALUE}/certificate", Right.AGREED)
def certificate(_given: parameters.Given, number: int) -> Any:
    """A signed certificate of the value, as a file."""
    viewer, at = guard.not_public(guard.viewer(Right.AGREED)), now().isoformat(timespec="seconds")
    text_ = queries.signed_value(snapshot(), viewer, number, services().signer, at)
    if text_ is None:
        guard.refuse_as_missing()
    guard.note(Deed.DOWNLOADED, question={"what": "entered-certificate", "number": number})
    return attached(text_, f"entered-value-{number}.json", "application/json")


# ---- the steps


@blueprint.page(f"{_VALUE}/correct", Right.AGREE, method="POST")
@limit_uploads
def correct(_given: parameters.Given, number: int) -> Any:
    """Put other numbers in the place of a value's."""
    one = _value_or_404(number)
    form = CorrectForm(kpi_or_404(one.kpi))
    return _step(one, "correct", form, "numerator", "corrected")


@blueprint.page(f"{_VALUE}/confirm", Right.AGREE, method="POST")
def confirm(_given: parameters.Given, number: int) -> Any:
    """Agree with what the other party entered."""
    return _step(_value_or_404(number), "confirm", ConfirmForm(), "seen", "confirmed")


@blueprint.page(f"{NUMBER}/confirm", Right.AGREE, method="POST")
def confirm_all(_given: parameters.Given, number: int) -> Any:
    """Agree with all values of a KPI that waited on its page: with every one of them as it was read, or with none."""
    kpi, form = kpi_or_404(number), ConfirmAllForm()
    try:
        commands.confirm_values(services().register, form.versions, author())
        done = "confirmed" if form.versions else "changed"
    except Refused:
        done = "changed"
    return redirect(url_for(ONE, number=kpi.number, done=done, _anchor="to-answer" if done == "changed" else None), 303)


@blueprint.page(f"{_VALUE}/question", Right.AGREE, method="POST")
def question(_given: parameters.Given, number: int) -> Any:
    """Ask about what the other party entered."""
    return _step(_value_or_404(number), "question", SayForm(), "text", "questioned")


@blueprint.page(f"{_VALUE}/withdraw", Right.AGREE, method="POST")
def withdraw(_given: parameters.Given, number: int) -> Any:
    """Let a value count no more."""
    return _step(_value_or_404(number), "withdraw", WithdrawValueForm(), "reason", "withdrawn")


def _step(one: EnteredValueResult, step: str, form: Form, field: str, done: str) -> Any:
    if form.validate_on_submit():
        try:
            _take(one.number, step, form)
            return redirect(url_for(VALUE, number=one.number, done=done), 303)
        except ChangedMeanwhile as changed:
            form["seen"].data = str(changed.newest)
            return _value_page(one, conflict=_both(form, one), **{step: form}), 409
        except Refused as refused:
            form.refuse(refused, field)
    return _value_page(one, **{step: form}), 422


def _take(number: int, step: str, form: Form) -> None:
    register, its_author, seen = services().register, author(), whole_number(form["seen"].data)
    if step == "correct":
        commands.correct_value(register, number, form.numbers, form["reason"].data, its_author, seen)
    elif step == "confirm":
        commands.confirm_value(register, number, its_author, seen)
    elif step == "question":
        commands.question_value(register, number, form["text"].data, its_author, seen)
    else:
        commands.withdraw_value(register, number, form["reason"].data, its_author, seen)


def _both(form: Form, one: EnteredValueResult) -> Table:
    if isinstance(form, NumbersForm):
        return _versions(form, one)
    wrote = next((field.data for field in form if field.name in {"text", "reason"}), None)
    rows = [("Value", None, words.numbers(one.numerator, one.denominator)), ("State", None, one.state)]
    return Table(VERSION_COLUMNS, [("Your words", wrote, one.steps[-1].words or None), *rows], "The two versions")


@blueprint.page(f"{_VALUE}/evidence", Right.AGREED, method="POST")
@limit_uploads
def check_evidence(_given: parameters.Given, number: int) -> Any:
    """Hold a file against the evidence of a value; it is let go at once."""
    one, form = _value_or_404(number), EvidenceForm()
    if form.validate_on_submit():
        with form.refusals_at("file"):
            evidence = evidence_of(form.file.data.filename or "", form.file.data.stream)
            result = queries.evidence_check(snapshot(), guard.viewer(Right.AGREED), number, evidence)
            assert result
            if result.versions:
                return _value_page(one, done=words.check_words(result))
            form.add_error("file", words.check_words(result))
    return _value_page(one, evidence=form), 422
