"""A service that completes people month by month, of whom a share returns; reported with delays, by two agencies."""

import functools
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from domain.episode.facts import EXIT, INTERVENTION, START, Exit, Fact, Intervention, Start
from domain.periods import add_months, last_day_of_month
from domain.standpoint import Standpoint
from projections.standings.in_memory import StandingsEngine

from .ledger import CLIENT_KEY, Ledger, standings_at_once

FIRST_MONTH = date(2014, 1, 1)
MONTHS = 42
LARGE, SMALL = "H0001", "H0002"
COMPLETED_EACH_MONTH = 8
RETURNS, LATE = 0.3, 0.2
"""The share of those who completed that returns within six months, and the share of facts reported a month late."""
_ALCOHOL, _OPIATE = (7001,), (1001,)
_BORN = date(1980, 1, 1)


def at() -> Standpoint:
    """Any standpoint."""
    return Standpoint(date(2017, 7, 31), date(2017, 8, 15), 1)


@dataclass(frozen=True)
class Spell:
    """An episode, and by how many months too late its start and its end are reported."""

    client: int
    agency: str
    reference: str
    drugs: tuple[int, ...]
    triaged_on: date
    discharged_on: date | None
    start_late: int
    end_late: int


@functools.cache
def spells() -> tuple[Spell, ...]:
    """Everybody who is ever in treatment."""
    rng = np.random.default_rng(5)
    found: list[Spell] = []
    for month in range(MONTHS):
        first = add_months(FIRST_MONTH, month)
        for _ in range(int(rng.poisson(COMPLETED_EACH_MONTH))):
            client = len(found)
            agency = SMALL if rng.random() < 0.15 else LARGE
            drugs = _OPIATE if rng.random() < 0.1 else _ALCOHOL
            triaged = first + timedelta(int(rng.integers(0, 28)))
            discharged = triaged + timedelta(int(rng.integers(20, 60)))
            found.append(_spell(rng, client, agency, "1", drugs, triaged, discharged))
            if rng.random() < RETURNS:
                back = discharged + timedelta(int(rng.integers(22, 182)))
                found.append(_spell(rng, client, agency, "2", drugs, back, None))
    return tuple(found)


def _spell(
    rng: np.random.Generator,
    client: int,
    agency: str,
    reference: str,
    drugs: tuple[int, ...],
    triaged: date,
    discharged: date | None,
) -> Spell:
    late = rng.random(2) < LATE
    return Spell(client, agency, reference, drugs, triaged, discharged, int(late[0]), int(late[1]))


@functools.cache
def engine_after(months: int) -> StandingsEngine:
    """The standings after so many months of files, each received on the 12th of the month after."""
    ledger = Ledger()
    for month in range(months):
        first = add_months(FIRST_MONTH, month)
        for agency in (LARGE, SMALL):
            _report(ledger, agency, first)
    standings, slices = standings_at_once(ledger)
    return StandingsEngine(standings, slices, ledger.submissions)


def _report(ledger: Ledger, agency: str, first: date) -> None:
    last = last_day_of_month(first)
    said: dict[UUID, dict[str, Fact]] = {}
    for spell in spells():
        facts = _known(spell, last)
        if spell.agency == agency and facts and facts != _known(spell, first - timedelta(1)):
            said[CLIENT_KEY.episode(agency, str(spell.client), spell.reference)] = facts
    ledger.take_in(agency, last + timedelta(12), said, covers=(first, last))


def _known(spell: Spell, last: date) -> dict[str, Fact]:
    """What the file of the month that ends on `last` says of an episode; nothing before it is reported."""
    if add_months(last_day_of_month(spell.triaged_on) + timedelta(1), spell.start_late) - timedelta(1) > last:
        return {}
    facts: dict[str, Fact] = {
        START: Start(
            triaged_on=spell.triaged_on,
            drugs=spell.drugs,
            referral_source="",
            client=CLIENT_KEY.client(str(spell.client), _BORN, "F"),
            agency=spell.agency,
            client_reference=str(spell.client),
            episode_reference=spell.reference,
            area="Hereford",
            adult_on=None,
        ),
        f"{INTERVENTION}1": Intervention(modality=95, day=spell.triaged_on, started_on=spell.triaged_on),
    }
    end = spell.discharged_on
    if end and add_months(last_day_of_month(end) + timedelta(1), spell.end_late) - timedelta(1) <= last:
        facts[EXIT] = Exit(discharged_on=end, reason=80)
    return facts
