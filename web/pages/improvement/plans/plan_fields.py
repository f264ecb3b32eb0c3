"""The forms that a plan is written by: the fields that all plans have, and those of the form that it is written on."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final

from domain.improvement.plan_forms import FormField, PlanForm
from domain.improvement.plan_terms import Cadence, Strand
from domain.periods import add_months
from projections.standings.stored import load_slices
from web.auth.guard import snapshot
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    CheckboxesField,
    DateField,
    Form,
    InvalidField,
    SeenForm,
    SelectField,
    TextareaField,
    TextField,
)

from .action_plans import viewer

NOBODY: Final = "It stays on record for good. Name no client."
PHONE, FORMAL = "phone", "formal"
VALUE, OF_STRAND = "value_", "strand_"


class WholeNumberField(TextField):
    """A whole number, or nothing."""

    number: int | None = None

    def pre_validate(self, form: Form) -> None:
        """Read the number."""
        super().pre_validate(form)
        self.number = int(self.data) if self.data.isascii() and self.data.isdigit() and len(self.data) < 4 else None
        if self.data and not self.number:
            raise InvalidField("Write a number from 1 to 999, or leave it empty.")


class WritingForm(SeenForm):
    """A plan besides its actions: the form's own fields are added by `writing_form`."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "plan-days": "last_day",
        "plan-whose": "agencies",
        "plan-kpi-unknown": "kpis",
        "plan-cadence": "phone",
    }

    title = TextField("Title of the plan", "What lists call it. Name no client.", needed="Give the plan a title.")
    first_day = DateField("First day of the plan", needed="Enter the first day.")
    last_day = DateField("Last day of the plan", "Leave it empty if the plan runs until it is closed.")
    agencies = CheckboxesField("Which agencies it concerns", "Tick none if it concerns all of them.", choices={})
    phone = WholeNumberField("Reviews by phone: every how many days", "14 is fortnightly. Empty: none.", width=3)
    formal = WholeNumberField("Formal reviews: every how many months", "Leave it empty for none.", width=3)

    def process(self, *sent: Any, **settings: Any) -> None:
        """Read what was sent: a box that is none of the choices is left out, so those are known before."""
        own = viewer()
        known = load_slices(snapshot().connection).agencies
        known = sorted(own.own) if own.is_provider else known
        self.agencies.choices = {code: named(code) for code in known}
        if own.is_provider:
            self.agencies.description = "Tick one of yours at least."
        super().process(*sent, **settings)

    def values(self, fields_: Iterable[FormField], prefix: str) -> dict[str, str]:
        """What the form's own fields say, by key."""
        return {one.key: self[f"{prefix}{one.key}"].data or "" for one in fields_ if f"{prefix}{one.key}" in self}

    def cadence(self, before: Iterable[Cadence] = ()) -> tuple[Cadence, ...]:
        """How often the plan is reviewed; kinds that the form does not know stay as they are."""
        others = [one for one in before if one.kind not in {PHONE, FORMAL}]
        first = self.first_day.day
        assert first
        mine = []
        if days := self.phone.number:
            mine.append(Cadence(PHONE, days, "days", first + timedelta(days)))
        if months := self.formal.number:
            mine.append(Cadence(FORMAL, months, "months", add_months(first, months)))
        known = {(one.kind, one.every, one.unit): one for one in before if one.first_day >= first}
        return (*(known.get((one.kind, one.every, one.unit), one) for one in mine), *others)


class StrandForm(SeenForm):
    """A strand: the form's own fields of one are added by `strand_form`."""

    field_of_code: ClassVar[Mapping[str, str]] = {"plan-kpi-unknown": "kpis"}

    strand_title = TextField("Title of the strand", "Like “Successful completions”.", needed="Give it a title.")


def _field_of(field: FormField, prefix: str) -> Any:
    if field.choices:
        return SelectField(field.label, field.help, choices={"": "", **{one: one for one in field.choices}})
    hint = field.help or ("" if prefix else NOBODY)
    if field.lines:
        return TextareaField(field.label, hint, rows=4)
    return TextField(field.label, hint)


def _kpis_field() -> TextField:
    return TextField("Linked KPIs", "Their codes, with commas between, like 4.0, 4.1.")


def writing_form(form: PlanForm, *, with_strand: bool) -> type[WritingForm]:
    """The form of a plan on one of the forms; a new one, and one of a single strand, has the strand in it."""
    own: dict[str, Any] = {f"{VALUE}{one.key}": _field_of(one, VALUE) for one in form.fields}
    if with_strand:
        if form.has_strands:
            own["strand_title"] = TextField(
                "Title of the first strand", "More strands are added afterwards.", needed="Give the strand a title."
            )
        own |= {f"{OF_STRAND}{one.key}": _field_of(one, OF_STRAND) for one in form.strand_fields}
        own["kpis"] = _kpis_field()
    return type("PlanWritingForm", (WritingForm,), own)


def strand_form(form: PlanForm) -> type[StrandForm]:
    """The form of one strand."""
    own: dict[str, Any] = {f"{OF_STRAND}{one.key}": _field_of(one, OF_STRAND) for one in form.strand_fields}
    return type("PlanStrandForm", (StrandForm,), own | {"kpis": _kpis_field()})


def kpis_in(written: str) -> tuple[str, ...]:
    """The codes that a field names."""
    return tuple(
        filter(None, (code.strip().rstrip(".") for code in written.replace(";", ",").replace(" ", ",").split(",")))
    )


def kpis_written(kpis: Iterable[str]) -> str:
    """The same as a field has them."""
    return ", ".join(kpis)


def strand_in(number: int, form: PlanForm, filled: Any) -> Strand:
    """The strand that a form says."""
    title = filled["strand_title"].data if "strand_title" in filled else form.strand_word
    values = {one.key: filled[f"{OF_STRAND}{one.key}"].data or "" for one in form.strand_fields}
    return Strand(number, title, values, kpis_in(filled["kpis"].data))


def filled_from(strand: Strand) -> dict[str, str]:
    """A strand as its form has it."""
    its = {f"{OF_STRAND}{key}": words for key, words in strand.values.items()}
    return its | {"strand_title": strand.title, "kpis": kpis_written(strand.kpis)}
