"""What a plan and its actions may say: held against the form, the KPIs that there are, and whose agencies they are."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

from domain.contract_life.transitions import PROVIDER
from domain.errors import Refused
from domain.improvement.plan_forms import FormField, PlanForm, form_named
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Strand
from domain.improvement.written import written_line, written_text
from domain.measures.registry import MEASURE_OF
from domain.register import Recording, Register
from projections.performance.entered import Entered
from web.auth.viewer import NotOwn

from .author import Author

MOST_STRANDS: Final = 20
MOST_KPIS: Final = 40
MOST_CADENCES: Final = 5
MOST_EVERY: Final = 366
"""Days, or months, between two reviews."""

TERMS_REFUSALS: Final = {
    "plan-form-unknown": "There is no such form.",
    "plan-field-unknown": "The form has no such field.",
    "plan-choice-unknown": "A field has none of its choices.",
    "plan-no-strand": "The plan has no strand, or more than its form has.",
    "plan-strand-unknown": "The plan has no strand with this number.",
    "plan-too-many": "There are too many strands, KPIs or kinds of review.",
    "plan-kpi-unknown": "A linked KPI does not exist.",
    "plan-whose": "A provider's plan names none of its agencies.",
    "plan-days": "The plan ends before it begins.",
    "plan-cadence": "Reviews would come too seldom, or two kinds have one name.",
    "plan-due-too-early": "An action would be due before the plan begins.",
}
"""Why a plan's words are not stored, by code."""


def checked_terms(recording: Recording, register: Register, terms: PlanTerms, author: Author) -> PlanTerms:
    """The terms as they are kept.

    Raises:
        Refused: something does not fit; the code is one of TERMS_REFUSALS or of `WRITING_REFUSALS`.
        NotOwn: a provider names an agency that is not its own.
    """
    form = form_named(terms.form)
    _check_whose(terms.agencies, author)
    if terms.last_day and terms.last_day < terms.first_day:
        raise Refused("plan-days", f"The plan would end on {terms.last_day}, before it begins on {terms.first_day}.")
    return msgspec.structs.replace(
        terms,
        title=written_line(terms.title, "title"),
        agencies=tuple(sorted(set(terms.agencies))),
        values=_checked_values(terms.values, form.fields),
        strands=_checked_strands(recording, register, form, terms.strands),
        cadence=_checked_cadence(terms.cadence, terms.first_day),
    )


def _check_whose(agencies: Iterable[str], author: Author) -> None:
    if author.party == PROVIDER and not agencies:
        raise Refused("plan-whose", "Say which of your agencies the plan concerns.")
    if author.own is not None and not author.own.issuperset(agencies):
        raise NotOwn


def _checked_values(values: Mapping[str, str], fields: Iterable[FormField]) -> dict[str, str]:
    by_key = {one.key: one for one in fields}
    if unknown := sorted(values.keys() - by_key.keys()):
        raise Refused("plan-field-unknown", f"The form has no field '{unknown[0]}'. It has: {', '.join(by_key)}.")
    written = {key: _written(by_key[key], words) for key, words in values.items()}
    return {key: words for key, words in written.items() if words}


def _written(field: FormField, words: str) -> str:
    what = f"field “{field.label}”"
    if not field.choices:
        return written_text(words, what, needed=False) if field.lines else written_line(words, what, needed=False)
    chosen = next((one for one in field.choices if one.casefold() == words.strip().casefold()), "")
    if words.strip() and not chosen:
        raise Refused("plan-choice-unknown", f"The {what} is one of {', '.join(field.choices)}.")
    return chosen


def _checked_strands(
    recording: Recording, register: Register, form: PlanForm, strands: tuple[Strand, ...]
) -> tuple[Strand, ...]:
    if not strands or (len(strands) > 1 and not form.has_strands):
        has = "one strand or more" if form.has_strands else "exactly one strand"
        raise Refused("plan-no-strand", f"A {form.name.lower()} has {has}.")
    if len(strands) > MOST_STRANDS or len({one.number for one in strands}) != len(strands):
        raise Refused("plan-too-many", f"A plan has {MOST_STRANDS} strands at most, each with a number of its own.")
    return tuple(
        Strand(
            one.number,
            written_line(one.title, "title of the strand", needed=form.has_strands) or form.strand_word,
            _checked_values(one.values, form.strand_fields),
            checked_kpis(recording, register, one.kpis),
        )
        for one in strands
    )


def checked_kpis(recording: Recording, register: Register, kpis: Iterable[str]) -> tuple[str, ...]:
    """The codes of linked KPIs, each once. Raises Refused where one does not exist."""
    codes = tuple(dict.fromkeys(code.strip() for code in kpis if code.strip()))
    if len(codes) > MOST_KPIS:
        raise Refused("plan-too-many", f"Link {MOST_KPIS} KPIs at most.")
    by_hand = [code for code in codes if code not in MEASURE_OF]
    entered = Entered.load(recording.connection, register.mapper) if by_hand else None
    for code in by_hand:
        if entered is None or entered.coded(code) is None:
            raise Refused("plan-kpi-unknown", f"There is no KPI '{code}'. Write codes like 4.0, or leave it out.")
    return codes


def _checked_cadence(cadence: tuple[Cadence, ...], first_day: date) -> tuple[Cadence, ...]:
    if len(cadence) > MOST_CADENCES:
        raise Refused("plan-too-many", f"A plan has {MOST_CADENCES} kinds of review at most.")
    checked = tuple(
        msgspec.structs.replace(one, kind=written_line(one.kind, "kind of review").lower()) for one in cadence
    )
    if len({one.kind for one in checked}) != len(checked):
        raise Refused("plan-cadence", "Two kinds of review have the same name.")
    for one in checked:
        if not 1 <= one.every <= MOST_EVERY:
            raise Refused("plan-cadence", f"A review comes every 1 to {MOST_EVERY} {one.unit}.")
        if one.first_day < first_day:
            raise Refused("plan-cadence", f"The first review ({one.kind}) would come before the plan begins.")
    return checked


def checked_action(
    recording: Recording, register: Register, terms: PlanTerms, strand: int, action: ActionTerms
) -> ActionTerms:
    """An action as it is kept.

    Raises:
        Refused: it has no text, its strand or a KPI does not exist, or it is due before the plan begins.
    """
    if strand not in {one.number for one in terms.strands}:
        raise Refused("plan-strand-unknown", f"The plan has no strand {strand}.")
    check_due(terms, action.due)
    return ActionTerms(
        written_text(action.text, "action"),
        written_line(action.owner, "owner", needed=False),
        action.due,
        written_text(action.output, "output", needed=False),
        checked_kpis(recording, register, action.kpis),
    )


def check_due(terms: PlanTerms, due: date | None) -> None:
    """Whether an action can be due on a day. Raises Refused for one before the plan begins."""
    if due and due < terms.first_day:
        raise Refused("plan-due-too-early", f"The plan begins on {terms.first_day}: no action is due before that.")
