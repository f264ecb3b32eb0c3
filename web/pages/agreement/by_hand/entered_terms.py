"""A KPI that is entered by hand is defined in the contract, and ended."""

from typing import Any, ClassVar, Literal, cast

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile, Refused
from projections.standings.stored import load_slices
from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.roles import Right
from web.commands.agreement import entered as commands
from web.commands.agreement.entered import KpiTerms
from web.pages.agreement.by_hand.entered import NUMBER, ONE, author, blueprint, kpi_or_404, may_define
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    HiddenField,
    SelectField,
    TextareaField,
    TextField,
    one_line,
    whole_number,
)
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.tables import Column, Table
from web.queries.agreement.entered import EnteredKpiResult


class DefineForm(Form):
    """What is counted, how often, and by whom it is entered."""

    field_of_code: ClassVar = {"entered-code": "code", "entered-code-taken": "code"}

    code = TextField(
        "Code", "X. and a word in small letters, like X.needle. It stays for good.", width=10, needed="Enter a code."
    )
    name = TextField("Name", "What scorecards call it.", needed="Enter a name.")
    wording = TextareaField("What is counted", "As the contract words it.", rows=3, filters=[one_line])
    kind = SelectField(
        "Kind",
        choices={"proportion": "A proportion: so many out of so many", "count": "A count: one number"},
        needed="Choose a kind.",
    )
    polarity = SelectField(
        "Better is", choices={"higher": "more", "lower": "less", "none": "neither (of a count)"}, needed="Choose one."
    )
    frequency = SelectField(
        "How often",
        choices={"monthly": "Every month", "quarterly": "Every quarter of the council’s year"},
        needed="Choose how often.",
    )
    source = TextField(
        "Source expected", "Where the numbers come from, like “pharmacy return”. You can leave it empty."
    )
    needs_evidence = CheckboxField(
        "Every value needs a file as evidence", "Its hash, name and size are kept, and the file itself is not."
    )
    agencies = CheckboxesField(
        "Whose",
        "Each agency that you tick enters its own value, and they are added up. "
        "Tick none if the council enters one value for all together.",
        choices={},
    )
    first_day = DateField("First day for which a value is due", needed="Enter the first day.")

    def process(self, *sent: Any, **settings: Any) -> None:
        """Read what was sent: a box that is none of the choices is left out, so those are known before."""
        self.agencies.choices = {code: named(code) for code in load_slices(snapshot().connection).agencies}
        super().process(*sent, **settings)

    def validate(self, extra_validators: Any = None) -> bool:
        """A proportion has a better side."""
        super().validate(extra_validators)
        if self.kind.data == "proportion" and self.polarity.data == "none":
            self.add_error("polarity", "Say which side of a proportion is better.")
        return not self.errors

    @property
    def terms(self) -> KpiTerms:
        """The KPI as it is to be defined; the form was validated."""
        first_day, polarity = self.first_day.day, self.polarity.data
        assert first_day
        return KpiTerms(
            self.code.data,
            self.name.data,
            self.wording.data,
            cast("Literal['proportion', 'count']", self.kind.data),
            None if polarity == "none" else cast("Literal['higher', 'lower']", polarity),
            cast("Literal['monthly', 'quarterly']", self.frequency.data),
            self.source.data,
            self.needs_evidence.data,
            tuple(self.agencies.data or ()),
            first_day,
        )


@blueprint.page("/entered-kpis/define", Right.AGREE)
def define(_given: parameters.Given) -> Page:
    """The form of a new KPI."""
    _for_the_commissioner()
    return _define_page(DefineForm(None))


def _for_the_commissioner() -> None:
    if not may_define():
        guard.refuse(guard.principal(), "step-not-yours", "The commissioner defines a KPI, and ends it.")


def _define_page(form: DefineForm) -> Page:
    return Page("entered-define.html", "Define a KPI entered by hand", form=form, errors=form.links)


@blueprint.page("/entered-kpis/define", Right.AGREE, method="POST")
def define_it(_given: parameters.Given) -> Any:
    """Define a KPI."""
    _for_the_commissioner()
    form = DefineForm()
    if form.validate_on_submit():
        with form.refusals_at("name"):
            kpi = commands.define_kpi(services().register, form.terms, author())
            return redirect(url_for(ONE, number=kpi.number, done="defined"), 303)
    return _define_page(form), 422


# ---- its end


class EndKpiForm(Form):
    """The last day of a KPI."""

    field_of_code: ClassVar = {"entered-end-too-early": "last_day"}

    last_day = DateField("Last day for which a value is due", needed="Enter the last day.")
    reason = TextField("Why it ends", "You can leave it empty. It stays on record: do not name anybody.")
    seen = HiddenField()


@blueprint.page(f"{NUMBER}/end", Right.AGREE)
def end(_given: parameters.Given, number: int) -> Page:
    """The form that ends a KPI."""
    _for_the_commissioner()
    kpi = kpi_or_404(number)
    return _end_page(kpi, EndKpiForm(None, data={"seen": str(kpi.version)}))


def _end_page(kpi: EnteredKpiResult, form: EndKpiForm, versions: Table | None = None) -> Page:
    newest = kpi.steps[-1]
    return Page(
        "entered-end.html",
        f"End {kpi.name} ({kpi.code})",
        {"versions": versions},
        kpi=kpi,
        form=form,
        errors=form.links,
        who=newest.actor,
        on=text.day(newest.on),
    )


VERSION_COLUMNS = (Column("What"), Column("As you wrote it"), Column("As it stands"))


@blueprint.page(f"{NUMBER}/end", Right.AGREE, method="POST")
def end_it(_given: parameters.Given, number: int) -> Any:
    """Let a KPI end."""
    _for_the_commissioner()
    form = EndKpiForm()
    kpi = kpi_or_404(number)
    if form.validate_on_submit() and form.last_day.day:
        try:
            commands.end_kpi(
                services().register, number, form.last_day.day, form.reason.data, author(), whole_number(form.seen.data)
            )
            return redirect(url_for(ONE, number=number, done="ended"), 303)
        except ChangedMeanwhile as changed:
            form.seen.data = str(changed.newest)
            stands = text.day(kpi.last_day) if kpi.last_day else "none"
            rows = [("Last day", text.day(form.last_day.day), stands), ("State", "ended", kpi.state)]
            return _end_page(kpi, form, Table(VERSION_COLUMNS, rows, "The two versions")), 409
        except Refused as refused:
            form.refuse(refused, "last_day")
    return _end_page(kpi, form), 422
