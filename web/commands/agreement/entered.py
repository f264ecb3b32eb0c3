"""Entered KPIs: defined and ended by the commissioner; who speaks, and on which day."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.contract_life.entered import (
    EnteredKpiDefined,
    EnteredKpiEnded,
    Frequency,
    Kind,
    Polarity,
    entered_code,
    entered_words,
    kpi_stream,
)
from domain.contract_life.transitions import COMMISSIONER, ENTERED_KPI, NONE, PROVIDER, check_version, next_state
from domain.errors import Refused
from domain.log.mapper import Event
from domain.register import Recording, Register
from projections.performance.entered import Entered, EnteredKpi
from web.auth.roles import Principal
from web.auth.viewer import Viewer
from web.commands.commit import event_fields

REFUSALS: Final = {
    "entered-code": "The code is none of an entered KPI.",
    "entered-code-taken": "Another entered KPI has, or had, this code.",
    "entered-no-words": "A name, a reason or a question is empty.",
    "entered-words-too-long": "A text is too long.",
    "entered-words-unreadable": "A text has signs that cannot be printed.",
    "entered-kpi-unknown": "There is no entered KPI with this number or code.",
    "entered-end-too-early": "The KPI would end before it begins, or before a period for which a value was entered.",
    "entered-in-future": "It would be said after today.",
    "entered-out-of-order": "It would be said before what was said of the same KPI last.",
    "step-not-yours": "Your side cannot take this step.",
    "step-not-now": "The step cannot be taken in this state.",
    "changed-meanwhile": "It was changed since it was read.",
}
"""Why an entered KPI is not defined or ended, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class KpiAuthor:
    """Who speaks, in which role, for which party, on which day. `own`: a provider's agencies; None speaks for any."""

    actor: str
    role: str
    party: str
    on: date
    today: date
    own: frozenset[str] | None = None

    def fields(self, stream: UUID, version: int, number: int) -> dict[str, Any]:
        """What every event says of them."""
        return event_fields(stream, version, number, self.on, self.actor, self.role) | {"party": self.party}


def author_of(principal: Principal, viewer: Viewer, on: date, today: date) -> KpiAuthor:
    """Who speaks: a provider for its own agencies, everybody else who may for the commissioner."""
    if viewer.is_provider:
        return KpiAuthor(principal.name, principal.role, PROVIDER, on, today, viewer.own)
    return KpiAuthor(principal.name, principal.role, COMMISSIONER, on, today)


@dataclass(frozen=True, slots=True)
class KpiTerms:
    """How a KPI is defined; see `EnteredKpiDefined`."""

    code: str
    name: str
    wording: str
    kind: Kind
    polarity: Polarity | None
    frequency: Frequency
    source: str
    needs_evidence: bool
    agencies: tuple[str, ...]
    first_day: date


def define_kpi(register: Register, terms: KpiTerms, author: KpiAuthor) -> EnteredKpi:
    """Define a KPI whose values are entered by hand.

    Raises:
        Refused: its code is none or is taken, it has no name, the day does not fit, or the step is not the author's.
    """
    with register.recording() as recording:
        entered = Entered.load(recording.connection, register.mapper)
        next_state(ENTERED_KPI, "define", NONE, author.party)
        check_day(entered, None, author)
        code = entered_code(terms.code)
        if entered.coded(code):
            raise Refused(
                "entered-code-taken", f"{code} is the code of another entered KPI, or was. Choose another code."
            )
        number = len(entered.kpis) + 1
        event = EnteredKpiDefined(
            **author.fields(kpi_stream(number), 1, number),
            code=code,
            name=entered_words(terms.name, "name"),
            wording=entered_words(terms.wording, "wording", needed=False),
            kind=terms.kind,
            polarity=terms.polarity,
            frequency=terms.frequency,
            source=entered_words(terms.source, "source", needed=False),
            needs_evidence=terms.needs_evidence,
            agencies=tuple(sorted(set(terms.agencies))),
            first_day=terms.first_day,
        )
        return EnteredKpi(tuple(recording.append([event])))


def end_kpi(
    register: Register, number: int, last_day: date, reason: str, author: KpiAuthor, seen: int | None = None
) -> EnteredKpi:
    """Say which is the last day for which a value is due.

    Raises:
        Refused: there is none or it has ended, the day does not fit, or the step is not the author's.
        ChangedMeanwhile: it is not the version that was `seen`.
    """
    # Whoever may not end one at all learns nothing of which there are.
    next_state(ENTERED_KPI, "end", "defined", author.party)
    with register.recording() as recording:
        entered, kpi = load_kpi(recording, register, number)
        next_state(ENTERED_KPI, "end", kpi.state, author.party)
        check_version(ENTERED_KPI, seen, kpi.version)
        check_day(entered, kpi, author)
        _check_end(entered, kpi, last_day)
        event = EnteredKpiEnded(
            **author.fields(kpi_stream(number), kpi.version + 1, number),
            last_day=last_day,
            reason=entered_words(reason, "reason", needed=False),
        )
        return EnteredKpi((*kpi.recorded, *recording.append([event])))


def _check_end(entered: Entered, kpi: EnteredKpi, last_day: date) -> None:
    if last_day < kpi.terms.first_day:
        raise Refused(
            "entered-end-too-early", f"The KPI would end on {last_day}, before it begins on {kpi.terms.first_day}."
        )
    after = [one for one in entered.values_of(kpi) if not one.is_withdrawn and one.entered.last_day > last_day]
    if after:
        period = kpi.in_words(after[0].entered.period)
        raise Refused(
            "entered-end-too-early",
            f"A value for {period} was entered. Withdraw it first, or let the KPI end on {after[0].entered.last_day}.",
        )


def load_kpi(recording: Recording, register: Register, number: int) -> tuple[Entered, EnteredKpi]:
    """All that was entered, and the KPI with this number. Raises Refused if there is none."""
    entered = Entered.load(recording.connection, register.mapper)
    kpi = entered.kpi(number)
    if kpi is None:
        raise Refused("entered-kpi-unknown", f"There is no entered KPI {number}. 'recount entered list' names them.")
    return entered, kpi


def check_day(entered: Entered, kpi: EnteredKpi | None, author: KpiAuthor) -> None:
    """Whether something may be said on this day: what was known on an earlier one must stay as it was.

    Raises:
        Refused: the day has not come, or something was said of the KPI after it.
    """
    if author.on > author.today:
        raise Refused("entered-in-future", f"{author.on} lies after today, {author.today}.")
    newest = max((one.occurred_on for one in _about(entered, kpi)), default=None) if kpi else None
    if newest and author.on < newest:
        raise Refused(
            "entered-out-of-order",
            f"On {newest} something was said of this KPI already. What is said now is of that day or a later one.",
        )


def _about(entered: Entered, kpi: EnteredKpi) -> list[Event]:
    of_values = [one.event for value in entered.values if value.entered.kpi == kpi.number for one in value.recorded]
    return [*of_values, *(one.event for one in kpi.recorded)]
