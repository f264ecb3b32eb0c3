"""An action plan as a paper, in the two forms that councils use; another form has one plain table.

Wirral's form is about one indicator: overview, current situation, and actions by What, How, Who and When. In
Herefordshire's service improvement plan each strand is a table with its actions, which is signed off by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from domain.improvement.action_plan_fold import DROPPED
from domain.improvement.plan_forms import PERFORMANCE, SERVICE_IMPROVEMENT, FormField, form_named
from web.presenters import text
from web.queries.improvement.results.plan_results import PlanActionResult, PlanResult, PlanStrandResult

from .paper import Cell, Grid, Paper, PaperLine, cell, label, points, written

_HALF: Final = (4.0, 13.0)
_AIMS: Final = (8.5, 8.5)
_STRAND: Final = (6.5, 5.0, 2.7, 2.8)
_WIDE: Final = 3
"""Columns of a strand that are one beside a label."""

PERFORMANCE_TITLE: Final = "PERFORMANCE ACTION PLAN"
SECTIONS: Final = {
    "Indicator overview": "INDICATOR OVERVIEW",
    "Current situation": (
        "CURRENT SITUATION: Detail what the performance is for this measure and reason/s for non-compliance"
    ),
    "Actions": (
        "ACTIONS: This describes what's necessary or how to achieve a 'green' score. This way everyone is clear on "
        "what is required and when, knows the expected outcome and how to achieve it."
    ),
}
"""The headings of Wirral's form."""
LABELS: Final = {
    "indicator": "Indicator Title",
    "strategic_lead": "Strategic Director Lead",
    "departmental_lead": "Departmental Lead",
    "performance": "Performance this Period",
}
"""Labels that the form prints with other capitals than the page."""
HEADS: Final = (
    "Action to be taken towards achieving outcome",
    "Output of action (measurement)",
    "By what date?",
    "By who? Lead person",
)
"""The columns of a strand of Herefordshire's form."""


def document(plan: PlanResult, notice: str = "", *, open_only: bool = False) -> Paper:
    """The paper of a plan. With `open_only` the strands that are signed off are left out, and the rest numbered anew.

    `notice` says that nothing in it is real, where that is so.
    """
    drawn = {PERFORMANCE.code: _performance, SERVICE_IMPROVEMENT.code: _service_improvement}
    strands = [one for one in plan.strands if not (open_only and one.signed_off)]
    title, grids = drawn.get(plan.form, _plain)(plan, strands)
    return Paper(title, _said(plan), grids, _foot(plan, notice))


def _said(plan: PlanResult) -> list[str]:
    if not plan.extensions:
        return []
    newest = plan.extensions[-1]
    return [f"Reviewed and Extended {ordinal_day(newest.on)}", f"It runs to {ordinal_day(newest.until)}."]


def _foot(plan: PlanResult, notice: str) -> str:
    its = f"Action plan {plan.number}: {plan.state}, version {plan.version} of {text.day(plan.steps[-1].on)}."
    return f"{its} {notice}".strip()


def ordinal_day(day: date) -> str:
    """A day as minutes have it: 11th July 2017."""
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending} {day:%B %Y}"


# ---- Wirral's form


def _performance(plan: PlanResult, strands: Sequence[PlanStrandResult]) -> tuple[str, list[Grid]]:
    form, values = form_named(plan.form), plan.values
    grids = [
        Grid(section, _HALF, [[label(SECTIONS.get(section, section), 2)], *_rows_of(list(fields), values)])
        for section, fields in groupby(form.fields, key=lambda one: one.section)
    ]
    rows = [[label(SECTIONS["Actions"], 2)]]
    for strand in strands:
        rows += _what_how_who_when(strand, form.strand_fields)
    return PERFORMANCE_TITLE, [*grids, Grid("Actions", _HALF, rows)]


def _rows_of(fields: Sequence[FormField], values: Mapping[str, str]) -> Iterator[list[Cell]]:
    for field in fields:
        value = values.get(field.key, "")
        if field.key == "variance":
            # It stands below the figure, in its column.
            yield [label(""), cell(f"+ / - Target : {value}")]
        else:
            yield [label(LABELS.get(field.key, field.label)), cell(value)]


def _what_how_who_when(strand: PlanStrandResult, fields: Sequence[FormField]) -> Iterator[list[Cell]]:
    actions = _printed_actions(strand)
    for field in fields:
        own = _OF_ACTION.get(field.key)
        more = points(filter(None, map(own, actions))) if own else ()
        yield [label(field.label), Cell((*written(strand.values.get(field.key, "")), *_unlike(more, strand, field)))]


def _unlike(lines: Sequence[PaperLine], strand: PlanStrandResult, field: FormField) -> tuple[PaperLine, ...]:
    """What the actions say, each once, that the form does not say itself."""
    already = {line.text for line in written(strand.values.get(field.key, ""))}
    return tuple(line for line in dict.fromkeys(lines) if line.text not in already)


def _due(action: PlanActionResult) -> str:
    return ordinal_day(action.due) if action.due else ""


_OF_ACTION: Final[Mapping[str, Callable[[PlanActionResult], str]]] = {
    "what": lambda action: action.text,
    "how": lambda action: action.output,
    "who": lambda action: action.owner,
    "when": _due,
}
"""What an action adds to each field of Wirral's form."""


def _printed_actions(strand: PlanStrandResult) -> list[PlanActionResult]:
    return [one for one in strand.actions if one.state != DROPPED]


# ---- Herefordshire's form


def _service_improvement(plan: PlanResult, strands: Sequence[PlanStrandResult]) -> tuple[str, list[Grid]]:
    grids = [_objectives(plan, strands)]
    grids += [_strand(plan, strand) for strand in strands]
    return plan.title, grids


def _objectives(plan: PlanResult, strands: Sequence[PlanStrandResult]) -> Grid:
    values = plan.values
    rows: list[list[Cell]] = [
        [label("Objectives", 2)],
        [cell(f"Main Aim: {values.get('main_aim', '')}", 2)],
        [label("Linked Aims:", 2)],
    ]
    if linked := values.get("linked_aims", ""):
        return Grid("Objectives", _AIMS, [*rows, [cell(linked, 2)]])
    aims = [cell(f"{place}. {one.title}\n{one.values.get('aim', '')}") for place, one in enumerate(strands, 1)]
    pairs = [aims[place : place + 2] for place in range(0, len(aims), 2)]
    return Grid("Objectives", _AIMS, [*rows, *([*pair, *[Cell()] * (2 - len(pair))] for pair in pairs)])


def _strand(plan: PlanResult, strand: PlanStrandResult) -> Grid:
    values = strand.values
    rows: list[list[Cell]] = [
        [
            label("Priority of Improvement (please circle)"),
            Cell((PaperLine(_priority(values.get("priority", ""))),), span=_WIDE),
        ],
        [label("Desired outcome"), cell(values.get("outcome", ""), _WIDE)],
        [
            label("Which KPI objective does this link to?"),
            cell(values.get("objectives", "") or ", ".join(strand.kpis), _WIDE),
        ],
        [label("What value does this improvement add for the service?"), cell(values.get("value", ""), _WIDE)],
        [label(head) for head in HEADS],
        [
            _headed("Background:", written(values.get("background", ""))),
            *(cell(values.get(key, "")) for key in _BESIDE),
        ],
        *_actions(plan, strand),
    ]
    return Grid(strand.title, _STRAND, [*rows, *_signature(strand)])


_BESIDE: Final = ("output", "by_when", "by_whom")
"""What stands beside the background, in the order of the columns."""


def _priority(chosen: str) -> str:
    field = next(one for one in SERVICE_IMPROVEMENT.strand_fields if one.key == "priority")
    return "  ".join(f"{one} (chosen)" if one == chosen else one for one in field.choices)


def _headed(head: str, lines: tuple[PaperLine, ...]) -> Cell:
    return Cell((PaperLine(head), *lines))


def _actions(plan: PlanResult, strand: PlanStrandResult) -> list[list[Cell]]:
    """One cell of points where no action says more than its strand; else a row each."""
    actions = _printed_actions(strand)
    if not any(_says_more(plan, strand, one) for one in actions):
        return [[_headed("Actions:", points(one.text for one in actions)), Cell(), Cell(), Cell()]]
    return [[label("Actions:"), Cell(), Cell(), Cell()], *(_action(one) for one in actions)]


def _says_more(plan: PlanResult, strand: PlanStrandResult, action: PlanActionResult) -> bool:
    return (
        bool(action.output)
        or action.due not in {None, plan.last_day}
        or action.owner not in {"", strand.values.get("by_whom", "")}
    )


def _action(action: PlanActionResult) -> list[Cell]:
    done = f"\nDone on {ordinal_day(action.done_on)}." if action.done_on else ""
    return [cell(f"{action.text}{done}"), cell(action.output), cell(_due(action)), cell(action.owner)]


def _signature(strand: PlanStrandResult) -> list[list[Cell]]:
    signed = strand.signed_off
    name, day = (signed.name, ordinal_day(signed.day)) if signed else ("", "")
    return [
        [label("Signed off as completed by", 1 + _WIDE)],
        [label("Name"), cell(name, _WIDE)],
        [label("Date"), cell(day), label("Signature"), Cell()],
    ]


# ---- any other form


def _plain(plan: PlanResult, strands: Sequence[PlanStrandResult]) -> tuple[str, list[Grid]]:
    form = form_named(plan.form)
    grids = [
        Grid(
            section or form.name,
            _HALF,
            [[label(section or form.name, 2)], *_plain_rows(list(fields), plan.values)],
        )
        for section, fields in groupby(form.fields, key=lambda one: one.section)
    ]
    for strand in strands:
        actions = points(one.text for one in _printed_actions(strand))
        rows = [
            [label(strand.title, 2)],
            *_plain_rows(form.strand_fields, strand.values),
            [label("Actions"), Cell(actions)],
        ]
        grids.append(Grid(strand.title, _HALF, rows))
    return plan.title, grids


def _plain_rows(fields: Sequence[FormField], values: Mapping[str, str]) -> list[list[Cell]]:
    return [[label(field.label), cell(values.get(field.key, ""))] for field in fields]
