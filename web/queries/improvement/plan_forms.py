"""The forms that an action plan can be written on, for programs and the command line."""

from domain.improvement.plan_forms import FORMS, FormField
from web.queries.result import Result


class PlanFieldResult(Result, frozen=True):
    """A field of a form: its key in `values`, its words on paper, and its choices, where it has any."""

    key: str
    label: str
    section: str
    choices: tuple[str, ...]
    help: str


class PlanFormResult(Result, frozen=True):
    """A form: its code, the fields of the plan and of each strand, and whether it has more strands than one."""

    code: str
    name: str
    has_strands: bool
    fields: list[PlanFieldResult]
    strand_fields: list[PlanFieldResult]


class PlanFormsResult(Result, frozen=True):
    """All forms."""

    forms: list[PlanFormResult]


def plan_forms() -> PlanFormsResult:
    """The forms that there are; the same for everybody."""
    return PlanFormsResult(
        [
            PlanFormResult(
                one.code,
                one.name,
                one.has_strands,
                list(map(_field, one.fields)),
                list(map(_field, one.strand_fields)),
            )
            for one in FORMS
        ]
    )


def _field(field: FormField) -> PlanFieldResult:
    return PlanFieldResult(field.key, field.label, field.section, field.choices, field.help)
