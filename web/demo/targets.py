"""The contracts of both papers and their targets as they were agreed: Herefordshire's from its beginning, and anew with
the action plan; of Wirral's, the one indicator of its plan.

They are agreed once the archive is loaded, behind all knowledge. Their KPI lines lie as files beside this one, as
anybody may load them, in the papers' own words. The papers give quarters and not the days of agreement: we take the
beginning of the contract, and of the improvement plan. Wirral's contract ended before the next began on 1 February
2015; when it began, and its providers' agencies, are chosen. The papers have no rule for amber. The agencies' own
contracts are left alone: they would be knowledge received after the archive, and move every position.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import ContractHub, Schedule, Terms
from domain.log.database import reading, writing
from domain.register import Register
from projections.performance.schedules import schedules
from web.commands.administration.accounts import name_agency
from web.commands.agreement import schedule as commands
from web.commands.agreement.schedule_checks import Edit, ScheduleDecision
from web.demo.timetable import AGENCIES
from web.files.agreement.kpi_tables import read_kpi_table

CONTRACT, PLAN = date(2015, 12, 1), date(2017, 4, 10)
"""When the contract began, and the improvement plan."""
HEREFORDSHIRE, WIRRAL = 1, 2
"""The numbers of the two contracts."""
FOLDER: Final = Path(__file__).parent / "schedules"
"""The KPI tables of both papers."""

TERMS: Final = Terms(
    name="Adult substance misuse service, Herefordshire",
    provider="Provider of the demonstration (invented)",
    hubs=tuple(ContractHub(agency.code, agency.hub, "Herefordshire") for agency in AGENCIES.values()),
    first_day=CONTRACT,
    succeeds="The contract of the earlier provider, whose staff and caseload of about 500 to 600 passed over",
)

WIRRAL_TERMS: Final = Terms(
    name="Drug treatment, Wirral",
    provider="Two providers, the biggest contributor to the target and the next (their agencies are invented)",
    hubs=(
        ContractHub("W0001", "The biggest contributor", "Wirral"),
        ContractHub("W0002", "The one that follows", "Wirral"),
    ),
    first_day=date(2014, 2, 1),
    last_day=date(2015, 1, 31),
    area="EX02B",
)
"""The area is invented, as that of the archive is: nobody in the archive lives there."""
INDICATOR_AGREED: Final = date(2014, 7, 1)


def kpi_lines(name: str) -> list[KpiLine]:
    """The lines of a paper's KPI table."""
    return read_kpi_table(FOLDER / f"{name}.csv")


def set_targets(register: Register, today: date, *, actor: str, role: str) -> None:
    """Take the steps of Herefordshire's contract that are not taken yet: a loading that was cut short goes on."""

    def decision(on: date) -> ScheduleDecision:
        return ScheduleDecision(actor, role, on, today)

    steps: tuple[Callable[[], Schedule], ...] = (
        lambda: commands.draft_schedule(register, TERMS, kpi_lines("herefordshire-2015"), decision(CONTRACT)),
        lambda: commands.agree_schedule(register, 1, decision(CONTRACT), with_contracts=False),
        lambda: commands.change_schedule(
            register,
            1,
            Edit(lines=kpi_lines("herefordshire-april-2017")),
            decision(PLAN),
            "KPI targets have been refreshed for the new financial year",
        ),
        lambda: commands.change_schedule(
            register, 1, Edit(lines=kpi_lines("herefordshire-action-plan")), decision(PLAN), "Action plan, area 3"
        ),
    )
    _take(register, HEREFORDSHIRE, steps)


def set_indicator(register: Register, today: date, *, actor: str, role: str) -> None:
    """Take the steps of Wirral's contract that are not taken yet."""
    decision = ScheduleDecision(actor, role, INDICATOR_AGREED, today)
    with writing(register.engine) as connection:
        for hub in WIRRAL_TERMS.hubs:
            name_agency(connection, hub.agency, f"Wirral: {hub.name[0].lower()}{hub.name[1:]}")
    steps: tuple[Callable[[], Schedule], ...] = (
        lambda: commands.draft_schedule(register, WIRRAL_TERMS, kpi_lines("wirral"), decision),
        lambda: commands.agree_schedule(register, WIRRAL, decision, with_contracts=False),
    )
    _take(register, WIRRAL, steps)


def _take(register: Register, number: int, steps: Sequence[Callable[[], Schedule]]) -> None:
    with reading(register.engine) as connection:
        done = next((one.version for one in schedules(connection, register.mapper) if one.number == number), 0)
    for step in steps[done:]:
        step()
