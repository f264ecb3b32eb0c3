"""The forms that a plan can be written on, as data: their fields, in the order in which they stand on paper.

Two come with Recount. Another one is another `PlanForm` in `FORMS`: pages, API, command line and print read this table
and name no field.
"""

from typing import Final, NamedTuple

from domain.errors import Refused


class FormField(NamedTuple):
    """A field of a form: its key in a plan's values, its words on paper, and whether it has `lines` or `choices`."""

    key: str
    label: str
    section: str = ""
    lines: bool = True
    choices: tuple[str, ...] = ()
    help: str = ""


class PlanForm(NamedTuple):
    """A form: the fields of the plan, those of each strand, and whether it has more strands than one."""

    code: str
    name: str
    fields: tuple[FormField, ...]
    strand_fields: tuple[FormField, ...]
    has_strands: bool
    strand_word: str = "Strand"

    def field_keys(self) -> frozenset[str]:
        """The keys of the plan's fields."""
        return frozenset(one.key for one in self.fields)

    def strand_keys(self) -> frozenset[str]:
        """The keys of a strand's fields."""
        return frozenset(one.key for one in self.strand_fields)


_OVERVIEW, _SITUATION = "Indicator overview", "Current situation"

PERFORMANCE: Final = PlanForm(
    "performance",
    "Performance action plan",
    (
        FormField("indicator", "Indicator title", _OVERVIEW, lines=False),
        FormField(
            "strategic_lead", "Strategic director lead", _OVERVIEW, lines=False, help="A role, or a name at work."
        ),
        FormField("departmental_lead", "Departmental lead", _OVERVIEW, lines=False, help="A role, or a name at work."),
        FormField("target", "Target", _OVERVIEW, lines=False),
        FormField(
            "performance",
            "Performance this period",
            _SITUATION,
            lines=False,
            help="With the period that it covers, like 7.37% (January to December 2013).",
        ),
        FormField("variance", "+ / - target", _SITUATION, lines=False),
        FormField("reason", "Non-compliance reason", _SITUATION),
    ),
    (
        FormField("what", "What (is required)"),
        FormField("how", "How (will it be achieved)"),
        FormField("who", "Who (will be responsible)"),
        FormField("when", "When (will results be realised)"),
    ),
    has_strands=False,
    strand_word="Actions",
)
"""One red indicator, its reasons, and What, How, Who and When."""

SERVICE_IMPROVEMENT: Final = PlanForm(
    "service-improvement",
    "Service improvement plan",
    (
        FormField("main_aim", "Main aim", "Objectives"),
        FormField("linked_aims", "Linked aims", "Objectives", help="Left empty, the aims of the strands stand here."),
    ),
    (
        FormField("aim", "Aim of this strand"),
        FormField("priority", "Priority of improvement", lines=False, choices=("High", "Medium", "Low")),
        FormField("outcome", "Desired outcome"),
        FormField("objectives", "Which KPI objective does this link to?", lines=False),
        FormField("value", "What value does this improvement add for the service?"),
        FormField("background", "Background"),
        FormField("output", "Output of action (measurement)"),
        FormField("by_when", "By what date?", lines=False),
        FormField("by_whom", "By who? Lead person", lines=False, help="A role, or a name at work."),
    ),
    has_strands=True,
)
"""Aims of a whole service, each a strand with its actions, signed off one by one."""

FORMS: Final[tuple[PlanForm, ...]] = (PERFORMANCE, SERVICE_IMPROVEMENT)
FORM_OF: Final = {form.code: form for form in FORMS}


def form_named(code: str) -> PlanForm:
    """The form with this code.

    Raises:
        Refused: there is none (code "plan-form-unknown").
    """
    if form := FORM_OF.get(code):
        return form
    raise Refused("plan-form-unknown", f"There is no form '{code}'. There are: {', '.join(FORM_OF)}.")
