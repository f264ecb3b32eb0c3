"""The versions of the definitions, as data: what the rules leave open, each parameter with its source.

A version in force from a day on answers for every `as_of` from that day; the others are variants, answered only when
asked for by name. A new version never changes a figure that was given under an old one. Days of a gap are counted from
a discharge to the next triage, or as the version says.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from .codes import (
    CRIMINAL_JUSTICE_SOURCES,
    HEPATITIS_B_GIVEN,
    HEPATITIS_B_IMMUNE,
    HEPATITIS_B_OFFERED,
    STRUCTURED_MODALITIES,
    SUCCESSFUL,
    YES,
    ExitKind,
    Modality,
)
from .errors import WrongUse

REFERRED_ON: Final = frozenset({5, 33, 40, 47, 54, 61, 68})
"""Discharge reasons that meant "referred on"; a success before April 2009. [K]"""


class Anchor(StrEnum):
    """To which day of the next episode a gap is counted."""

    TRIAGE = "triage"
    STRUCTURED_START = "first structured intervention"


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of the definitions.

    `in_force_from` is the first `as_of` that it answers for by itself, None for a variant. `gap_days` at most between
    a discharge and the next `gap_anchor` make one journey; `both_days_counted` counts the day of discharge too.
    `person_with_area`: the same person in another area is another client. `successful` are the reasons of success.
    `phof_ii_with_alcohol`: PHOF 2.15ii takes non-opiate-and-alcohol in. `representations_of_all`: 5.x of all in
    treatment instead of completers. `structured` are the modalities (MODAL) of structured treatment, `criminal_justice`
    the referral sources (RFLS) of the criminal-justice system. `other_exits_owing_top`: beside successes, the kinds of
    exit that owe an exit TOP. `top_margin`, `first_review_day`, `last_review_day`: when a TOP is on time, days
    both included. `hepatitis_b_given` are the values of HEPBVAC, and `hepatitis_b_offered` those of HEPBSTAT, that say
    of an offer; `hepatitis_b_immune` those of HEPBSTAT with which there is nothing to offer; `hepatitis_c_tested` those
    of HEPCTD that say of a test without its day. `housing_risk_is_problem`: a risk of eviction (HRISK) is a housing
    problem too. `least_paid_days`: of the 28 days before an exit TOP, how many of paid work (PWORK) are work.
    """

    version: str
    words: str
    in_force_from: date | None = None
    gap_days: int = 21  # [V]
    gap_anchor: Anchor = Anchor.TRIAGE
    both_days_counted: bool = False
    person_with_area: bool = False
    successful: frozenset[int] = SUCCESSFUL  # [V]
    phof_ii_with_alcohol: bool = True  # worked out from the papers
    representations_of_all: bool = False
    structured: frozenset[Modality] = STRUCTURED_MODALITIES  # [K]
    criminal_justice: frozenset[int] = CRIMINAL_JUSTICE_SOURCES  # [K]
    other_exits_owing_top: frozenset[ExitKind] = frozenset()  # [K]
    top_margin: int = 14  # [K]
    first_review_day: int = 29  # [K]
    last_review_day: int = 182  # [K]
    hepatitis_b_given: frozenset[str] = HEPATITIS_B_GIVEN
    hepatitis_b_offered: frozenset[str] = HEPATITIS_B_OFFERED
    hepatitis_b_immune: frozenset[str] = HEPATITIS_B_IMMUNE
    hepatitis_c_tested: frozenset[str] = YES  # [K]
    housing_risk_is_problem: bool = True  # [K]
    least_paid_days: int = 1  # [K]

    @property
    def read_of_an_episode(self) -> tuple[object, ...]:
        """All by which an episode is read, before any journey is made."""
        return (
            *(self.structured, self.criminal_justice),
            *(self.hepatitis_b_given, self.hepatitis_b_offered, self.hepatitis_b_immune, self.hepatitis_c_tested),
            *(self.housing_risk_is_problem, self.least_paid_days),
        )

    @property
    def structured_listed(self) -> list[Modality]:
        """`structured`, the numbers in their order and before what is no number."""
        return sorted(self.structured, key=lambda modality: (isinstance(modality, str), modality))

    @property
    def gap_limit(self) -> int:
        """The greatest difference in days, discharge to anchor, that still makes one journey."""
        return self.gap_days - self.both_days_counted


BEFORE_2009: Final = Definition(
    "0",
    'Before April 2009: "referred on" was a success.',
    in_force_from=date.min,
    successful=SUCCESSFUL | REFERRED_ON,
)
CURRENT: Final = Definition(
    "1", "In force since April 2009: drug free, alcohol free or occasional user.", in_force_from=date(2009, 4, 1)
)
DEFINITIONS: Final = (
    BEFORE_2009,
    CURRENT,
    Definition(
        "1-official-gap",
        "The official wording of the 21 days: to the first structured intervention, both days counted.",
        gap_anchor=Anchor.STRUCTURED_START,
        both_days_counted=True,
    ),
    Definition("1-gap-28", "Journeys joined over 28 days.", gap_days=28),
    Definition("1-with-area", "A person who moved to another area is another client.", person_with_area=True),
    Definition("1-phof-separate", "PHOF 2.15ii without non-opiate-and-alcohol.", phof_ii_with_alcohol=False),
    Definition(
        "1-of-all", 'Re-presentations "of all in treatment", as Appendix C words them.', representations_of_all=True
    ),
    Definition("1-top-28", "TOPs on time within 28 days.", top_margin=28),
    Definition(
        "1-top-planned",
        "Transfers owe an exit TOP too, not only successful completions.",
        other_exits_owing_top=frozenset({ExitKind.TRANSFERRED}),
    ),
)
IN_FORCE: Final = tuple(definition for definition in DEFINITIONS if definition.in_force_from)
"""The versions that answer by themselves, the oldest first. What they read of an episode is the same: its lists."""
assert len({definition.read_of_an_episode for definition in IN_FORCE}) == 1
_BY_VERSION: Final = {definition.version: definition for definition in DEFINITIONS}


def definition_in_force(as_of: date) -> Definition:
    """The version that answers for `as_of` when none is asked for."""
    return [d for d in IN_FORCE if d.in_force_from and d.in_force_from <= as_of][-1]


def definition_named(version: str) -> Definition:
    """The version with this name. Raises WrongUse, naming those there are."""
    try:
        return _BY_VERSION[version]
    except KeyError:
        raise WrongUse(f"There is no definition '{version}'. There are {', '.join(_BY_VERSION)}.") from None
