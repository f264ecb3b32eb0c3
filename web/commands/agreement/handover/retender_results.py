"""What becomes of a re-tender, as an answer: how much passes, what is said of contracts, and what is worth knowing."""

from datetime import date

from web.queries.result import Result

from .schedules import ScheduleEndSaid


class CaseloadPassed(Result, frozen=True):
    """How much passes between two agencies: episodes, people, and episodes by substance group.

    `stay` counts the open episodes that are not on the list. `number` is the handover's submission, null in a trial.
    """

    from_agency: str
    to_agency: str
    episodes: int
    people: int
    by_group: dict[str, int]
    stay: int = 0
    number: int | None = None


class ContractSaid(Result, frozen=True):
    """A contract as it would stand: the old one with its end, or the new one."""

    agency: str
    first_day: date
    last_day: date | None
    succeeds: str


class RetenderNotice(Result, frozen=True):
    """Something worth knowing that keeps nothing back."""

    code: str
    message: str


class Retendered(Result, frozen=True):
    """What became of a re-tender; `position` is that of its last submission, null in a trial.

    `contracts` are those of agencies, `schedules` the contracts with KPIs that end with them. `seen` is the position of
    the newest submission before it, or of the newest word about such a contract: what a trial was made from.
    """

    on: date
    received_on: date
    passed: tuple[CaseloadPassed, ...]
    contracts: tuple[ContractSaid, ...]
    schedules: tuple[ScheduleEndSaid, ...]
    notices: tuple[RetenderNotice, ...]
    seen: int
    events: int
    position: int | None = None
