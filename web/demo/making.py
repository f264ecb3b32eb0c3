"""Makes invented people and complete records of their episodes, everything drawn from one seeded source."""

import random
from datetime import date, timedelta
from typing import Final

from domain.codes import SubstanceGroup
from domain.periods import ONE_DAY, add_months

from .records import InventedEpisode, InventedExit, InventedIntervention, InventedPerson, InventedTop

OPIATE, NON_OPIATE = SubstanceGroup.OPIATE, SubstanceGroup.NON_OPIATE
ALCOHOL, BOTH = SubstanceGroup.ALCOHOL, SubstanceGroup.NON_OPIATE_AND_ALCOHOL

HEROIN, METHADONE, CRACK, COCAINE, AMPHETAMINES, CANNABIS, SPIRITS, NO_DRUG = (
    1101,
    1201,
    6101,
    6201,
    3101,
    5101,
    7101,
    9996,
)
"""Codes that lie in the field's ranges: 1000-1999 opiates, 7000-7999 alcohol, 9996-9999 none."""
DRUGS: Final = {
    OPIATE: ((HEROIN, CRACK), (HEROIN,), (METHADONE, HEROIN, SPIRITS), (HEROIN, CANNABIS, CRACK), (CRACK, HEROIN)),
    NON_OPIATE: ((CANNABIS,), (COCAINE,), (AMPHETAMINES, CANNABIS), (CANNABIS, NO_DRUG), (COCAINE, CANNABIS)),
    ALCOHOL: ((SPIRITS,), (SPIRITS, NO_DRUG), (SPIRITS, NO_DRUG, NO_DRUG)),
    BOTH: ((SPIRITS, CANNABIS), (COCAINE, SPIRITS), (SPIRITS, CANNABIS, COCAINE)),
}
CRIMINAL_JUSTICE, OTHER_SOURCES = ("69", "70", "80", "8"), ("4", "4", "4", "3", "3", "29", "10")
"""Referral sources (RFLS): arrest referral, prison, drug rehabilitation order, probation; then self, GP and others."""
FIRST_USE_AGES: Final = {OPIATE: (15, 27), NON_OPIATE: (13, 24), ALCOHOL: (13, 30), BOTH: (13, 24)}

PHARMACOLOGICAL, PSYCHOSOCIAL, RECOVERY_SUPPORT = 94, 95, 96
TOP_IMPROVED_FROM: Final = date(2017, 4, 10)
"""When the service improvement plan began: TOPs were mostly late or missing before it, mostly on time after it."""
ARCHIVE_BEGINS: Final = date(2015, 1, 1)
ARCHIVE_ENDS: Final = date(2018, 1, 31)


class Maker:
    """Hands out people nobody else is, client and episode numbers, and whole episodes."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.episodes: list[InventedEpisode] = []
        self._people: set[InventedPerson] = set()
        self._clients: dict[tuple[str, InventedPerson], str] = {}
        self._numbers: dict[str, int] = {}

    def person(self, adult_by: date, oldest: int = 58, youngest: int = 20) -> InventedPerson:
        """Somebody new who is between `youngest` and `oldest` years old on that day."""
        while True:
            age_in_days = self.rng.randint(youngest * 366, oldest * 365)
            initials = self.rng.choice("ABCDEFGHJKLMNPRSTW") + self.rng.choice("ABCDEFGHJKLMNPRSTVWY")
            person = InventedPerson(
                initials, adult_by - timedelta(days=age_in_days), self.rng.choices("MFU", (66, 33, 1))[0]
            )
            if person not in self._people:
                self._people.add(person)
                return person

    def client_number(self, agency: str, person: InventedPerson) -> str:
        """The number under which the agency keeps a person: always the same one."""
        key = (agency, person)
        if key not in self._clients:
            self._clients[key] = self.number(agency, "C")
        return self._clients[key]

    def number(self, agency: str, kind: str) -> str:
        """The next reference number of a kind at an agency."""
        self._numbers[agency + kind] = self._numbers.get(agency + kind, 0) + 1
        return f"{kind}{agency[-1]}{self._numbers[agency + kind]:05d}"

    def episode(
        self,
        person: InventedPerson,
        agency: str,
        group: SubstanceGroup,
        triaged_on: date,
        exit: InventedExit | None = None,  # noqa: A002 - the field's word
        *,
        started_on: date | None = None,
        modalities: tuple[int, ...] | None = None,
        client: str = "",
        drugs: tuple[int, ...] = (),
        referred_on: date | None = None,
        previously_treated: str = "",
    ) -> InventedEpisode:
        """A new episode with its referral, interventions and TOPs. It ends with `exit`, or is open."""
        rng, started_on = self.rng, started_on or triaged_on
        referred_on = referred_on or triaged_on - timedelta(days=rng.choices((0, 3, 9, 18, 33), (2, 3, 3, 2, 1))[0])
        age = max(10, (triaged_on - person.born_on).days // 365 - 1)
        youngest, oldest = FIRST_USE_AGES[group]
        episode = InventedEpisode(
            agency,
            client or self.client_number(agency, person),
            self.number(agency, "E"),
            person,
            referred_on,
            triaged_on,
            drugs or rng.choice(DRUGS[group]),
            min(age, rng.randint(youngest, oldest)),
            rng.choice(CRIMINAL_JUSTICE if rng.random() < 0.15 else OTHER_SOURCES),
            previously_treated or ("N" if rng.random() < 0.5 else "Y"),
            exit,
            care_plan_on=started_on if rng.random() < 0.7 else None,
        )
        modalities = modalities or self._modalities(group)
        episode.interventions = tuple(self._intervention(episode, m, started_on, n) for n, m in enumerate(modalities))
        episode.tops = self.tops(episode, started_on) if modalities != (RECOVERY_SUPPORT,) else []
        self.episodes.append(episode)
        return episode

    def _modalities(self, group: SubstanceGroup) -> tuple[int, ...]:
        if group is OPIATE:
            return (PHARMACOLOGICAL, PSYCHOSOCIAL) if self.rng.random() < 0.6 else (PHARMACOLOGICAL,)
        return (PSYCHOSOCIAL, RECOVERY_SUPPORT) if self.rng.random() < 0.1 else (PSYCHOSOCIAL,)

    def _intervention(
        self, episode: InventedEpisode, modality: int, first_start: date, place: int
    ) -> InventedIntervention:
        """The first intervention starts when treatment does; those after it some weeks later, within the episode."""
        rng, limit = self.rng, episode.exit.day if episode.exit else ARCHIVE_ENDS
        started_on = min(limit, first_start + timedelta(days=rng.randint(7, 60))) if place else first_start
        earliest = started_on - timedelta(days=rng.randint(0, 30)) if place else episode.referred_on
        referred_on = min(started_on, max(episode.referred_on, earliest))
        offered_on = max(referred_on, started_on - timedelta(days=rng.randint(0, 9)))
        ended_on = started_on + timedelta(days=rng.randint(60, 400)) if place and rng.random() < 0.5 else None
        return InventedIntervention(
            self.number(episode.agency, "M"),
            modality,
            referred_on,
            offered_on,
            started_on,
            ended_on if ended_on and ended_on <= limit else None,
        )

    def tops(self, episode: InventedEpisode, started_on: date) -> list[InventedTop]:
        """A start TOP, reviews, and an exit TOP after a success; some late, some missing, fewer of both in time."""
        end = episode.exit.day if episode.exit else ARCHIVE_ENDS
        days = [(self._start_top_day(started_on), "S")]
        review = started_on + timedelta(days=self.rng.randint(84, 175))
        while review <= end:
            days.append((review, "R"))
            review += timedelta(days=self.rng.randint(160, 420))
        if episode.exit and episode.exit.reason < 83:
            days.append((end - timedelta(days=self.rng.randint(0, 12)), "E"))
        return [
            self._top(episode, max(started_on, day) if stage != "S" else day, stage)
            for day, stage in days
            if day <= end and self._completed(day, stage)
        ]

    def _start_top_day(self, started_on: date) -> date:
        late = self.rng.random() < (0.08 if started_on >= TOP_IMPROVED_FROM else 0.25)
        return started_on + timedelta(days=self.rng.randint(15, 50) if late else self.rng.randint(0, 14))

    def _completed(self, day: date, stage: str) -> bool:
        if day < ARCHIVE_BEGINS and stage != "S":
            return False
        return self.rng.random() < (0.93 if day >= TOP_IMPROVED_FROM else 0.66)

    def _top(self, episode: InventedEpisode, day: date, stage: str) -> InventedTop:
        use, well = (8, 14) if stage == "E" else (28, 9)
        answers = (
            *(self.rng.randint(0, use) for _ in range(5)),
            *(self.rng.randint(well - 7, well + 6) for _ in range(3)),
        )
        return InventedTop(self.number(episode.agency, "T"), day, stage, answers)


def day_in(rng: random.Random, month: date, first: int = 1, last: int = 31) -> date:
    """A day of the month between the two days of the month, both included."""
    end = (add_months(month, 1) - ONE_DAY).day
    return month.replace(day=rng.randint(first, min(last, end)))
