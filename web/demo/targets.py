"""The contract of the paper and its targets as they were agreed: from its beginning, and anew with the action plan.

It is agreed once the archive is loaded, behind all knowledge. Its KPI lines lie as files beside this one, as anybody
may load them, in the paper's own words. The paper gives quarters and not the days of agreement: we take the beginning
of the contract, and of the improvement plan. It has no rule for amber. The agencies' own contracts are left alone: they
would be knowledge received after the archive, and move every position.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import ContractHub, Schedule, Terms
from domain.log.database import reading
from domain.register import Register
from projections.performance.schedules import schedules
from web.commands.agreement import schedule as commands
from web.commands.agreement.schedule_checks import Edit, ScheduleDecision
from web.demo.timetable import AGENCIES
from web.files.agreement.kpi_tables import read_kpi_table

CONTRACT, PLAN = date(2015, 12, 1), date(2017, 4, 10)
"""When the contract began, and the improvement plan."""
FOLDER: Final = Path(__file__).parent / "schedules"
"""The KPI tables of both papers."""

TERMS: Final = Terms(
    name="Adult substance misuse service, Herefordshire",
    provider="Provider of the demonstration (invented)",
    hubs=tuple(ContractHub(agency.code, agency.hub, "Herefordshire") for agency in AGENCIES.values()),
    first_day=CONTRACT,
    succeeds="The contract of the earlier provider, whose staff and caseload of about 500 to 600 passed over",
)


def kpi_lines(name: str) -> list[KpiLine]:
    """The lines of a paper's KPI table."""
    return read_kpi_table(FOLDER / f"{name}.csv")


def set_targets(register: Register, today: date, *, actor: str, role: str) -> None:
    """Take the steps of the paper's contract that are not taken yet: a loading that was cut short goes on."""
    with reading(register.engine) as connection:
        there = schedules(connection, register.mapper)
    done = there[0].version if there else 0

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
    for step in steps[done:]:
        step()
