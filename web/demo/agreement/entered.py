"""Entered KPIs of the demonstration: needle exchange, blood-borne viruses, housing and employment.

Herefordshire's paper names them and leaves their numbers out, so every number here is invented, and says so where its
source stands. The hubs enter theirs in the month after, the council employment each quarter. One value is corrected,
one is questioned, and Ross has none of blood-borne viruses for September 2017.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from domain.contract_life.entered import period_words, periods_due
from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.log.database import reading
from domain.periods import ONE_DAY, Period
from domain.register import Register
from projections.performance.entered import WHOLE, Entered
from web.commands.agreement import entered_values as values
from web.commands.agreement.entered import KpiAuthor, KpiTerms, define_kpi
from web.commands.agreement.entered_values import ValueNumbers
from web.demo.timetable import AGENCIES, HEREFORD, LEOMINSTER, ROSS
from web.files.entered_lists import ListedValue, ListRead
from web.files.evidence import evidence_of

DEFINED_ON: Final = date(2017, 4, 10)
"""With the service improvement plan, after which the KPIs were considered and amended."""
FIRST_DAY, LAST_DAY = date(2017, 4, 1), date(2017, 12, 31)
INVENTED: Final = "Invented for the demonstration"
_HUBS: Final = tuple(AGENCIES)
_SOURCE: Final = f"{INVENTED}: the hub’s monthly return"

NEEDLE: Final = KpiTerms(
    "X.needle",
    "Needle exchange packs given",
    "Packs of sterile equipment given out at the hub and by its outreach, in the month.",
    "count",
    None,
    "monthly",
    _SOURCE,
    False,
    _HUBS,
    FIRST_DAY,
)
BBV: Final = KpiTerms(
    "X.bbv",
    "Tested for blood-borne viruses",
    "Of the people who began treatment in the month, those who were tested for blood-borne viruses or had a result.",
    "proportion",
    "higher",
    "monthly",
    _SOURCE,
    True,
    _HUBS,
    FIRST_DAY,
)
HOUSING: Final = KpiTerms(
    "X.housing",
    "In settled housing at the exit",
    "Of the people who left treatment as planned in the month, those who were in settled housing.",
    "proportion",
    "higher",
    "monthly",
    _SOURCE,
    False,
    _HUBS,
    FIRST_DAY,
)
EMPLOYMENT: Final = KpiTerms(
    "X.employment",
    "In work or training three months on",
    "Of the people who left treatment as planned in the quarter before, those in work, education or training.",
    "proportion",
    "higher",
    "quarterly",
    f"{INVENTED}: the council’s survey",
    False,
    (),
    FIRST_DAY,
)
KPIS: Final = (NEEDLE, BBV, HOUSING, EMPLOYMENT)
"""In the order in which they are defined."""

_PACKS: Final = {
    HEREFORD.code: (412, 398, 431, 420, 417, 405, 428, 436, 409),
    LEOMINSTER.code: (118, 124, 120, 131, 127, 122, 135, 129, 121),
    ROSS.code: (64, 71, 66, 69, 73, 70, 68, 75, 67),
}
_TESTED: Final = {
    HEREFORD.code: ((14, 19), (15, 19), (16, 20), (17, 20), (17, 21), (18, 21), (17, 19), (19, 22), (18, 20)),
    LEOMINSTER.code: ((6, 9), (6, 8), (7, 9), (7, 9), (8, 10), (7, 8), (8, 9), (7, 8), (8, 9)),
    ROSS.code: ((3, 5), (4, 6), (4, 5), (4, 6), (5, 6), None, (5, 6), (4, 5), (5, 6)),
}
_HOUSED: Final = {
    HEREFORD.code: ((12, 15), (13, 16), (12, 14), (14, 17), (13, 15), (14, 16), (13, 15), (15, 17), (14, 16)),
    LEOMINSTER.code: ((5, 7), (5, 6), (6, 8), (8, 8), (6, 7), (5, 6), (6, 8), (6, 7), (5, 6)),
    ROSS.code: ((3, 4), (2, 3), (4, 5), (3, 4), (3, 4), (4, 5), (3, 4), (3, 4), (4, 5)),
}
_IN_WORK: Final = ((31, 92), (34, 95), (36, 97))
"""By month from April 2017 on, and by quarter from Q1 2017/18 on."""
MISTAKEN: Final = 451
"""What Hereford entered first for the packs of May 2017."""


class _Step(NamedTuple):
    on: date
    party: str
    take: Callable[[Register, KpiAuthor], object]


def enter_kpis(register: Register, today: date, *, actor: str, role: str) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    with reading(register.engine) as connection:
        said = {one.event.occurred_on for one in Entered.load(connection, register.mapper).recorded}
    for step in sorted(_steps(), key=lambda one: one.on):
        # Each day has one step, which is one commit: what was said of a day was said whole.
        if step.on not in said:
            step.take(register, KpiAuthor(actor, role, step.party, step.on, today))


def _steps() -> Iterator[_Step]:
    for back, terms in enumerate(reversed(KPIS)):
        yield _Step(DEFINED_ON - timedelta(back), COMMISSIONER, _defining(terms))
    for number, period in enumerate(periods_due("monthly", FIRST_DAY, LAST_DAY)):
        first_possible = period.last_day + timedelta(10)
        for place, hub in enumerate(_HUBS):
            listed = list(_listed(hub, number, period))
            yield _Step(first_possible + place * ONE_DAY, PROVIDER, _loading(hub, period, listed))
    for number, period in enumerate(periods_due("quarterly", FIRST_DAY, LAST_DAY)):
        listed = [ListedValue(1, EMPLOYMENT.code, WHOLE, period, *_IN_WORK[number], EMPLOYMENT.source)]
        yield _Step(period.last_day + timedelta(20), COMMISSIONER, _loading(WHOLE, period, listed))
    yield _Step(date(2017, 6, 20), COMMISSIONER, _confirming(HOUSING, HEREFORD.code, date(2017, 5, 31)))
    yield _Step(date(2017, 7, 4), PROVIDER, _correct)
    yield _Step(date(2017, 8, 14), COMMISSIONER, _question)


def _defining(terms: KpiTerms) -> Callable[[Register, KpiAuthor], object]:
    return lambda register, author: define_kpi(register, terms, author)


def _listed(hub: str, month: int, period: Period) -> Iterator[ListedValue]:
    packs = MISTAKEN if (hub, month) == (HEREFORD.code, 1) else _PACKS[hub][month]
    yield ListedValue(1, NEEDLE.code, hub, period, packs, None, NEEDLE.source)
    for terms, by_hub in ((BBV, _TESTED), (HOUSING, _HOUSED)):
        if counts := by_hub[hub][month]:
            yield ListedValue(2, terms.code, hub, period, *counts, terms.source)


def _loading(hub: str, period: Period, listed: list[ListedValue]) -> Callable[[Register, KpiAuthor], object]:
    name = f"return-{hub.lower() or 'council'}-{period.last_day:%Y-%m}.txt"
    evidence = evidence_of(name, f"{INVENTED}. {hub} {period_words('monthly', period.last_day)}".encode())
    return lambda register, author: values.enter_values(register, ListRead(listed, ()), evidence, author, dry_run=False)


def _confirming(terms: KpiTerms, hub: str, last_day: date) -> Callable[[Register, KpiAuthor], object]:
    return lambda register, author: values.confirm_value(register, _number(register, terms, hub, last_day), author)


def _correct(register: Register, author: KpiAuthor) -> object:
    number = _number(register, NEEDLE, HEREFORD.code, date(2017, 5, 31))
    evidence = evidence_of("return-h0001-2017-05-corrected.txt", f"{INVENTED}. H0001 May 2017, corrected".encode())
    numbers = ValueNumbers(_PACKS[HEREFORD.code][1], None, NEEDLE.source, evidence)
    return values.correct_value(register, number, numbers, "The outreach packs of one week were counted twice.", author)


def _question(register: Register, author: KpiAuthor) -> object:
    number = _number(register, HOUSING, LEOMINSTER.code, date(2017, 7, 31))
    return values.question_value(register, number, "All eight in settled housing? It was 6 of 8 in June.", author)


def _number(register: Register, terms: KpiTerms, hub: str, last_day: date) -> int:
    with reading(register.engine) as connection:
        entered = Entered.load(connection, register.mapper)
    kpi = entered.coded(terms.code)
    assert kpi
    return next(
        one.number for one in entered.values_of(kpi) if (one.entered.agency, one.entered.last_day) == (hub, last_day)
    )
