"""The families of measures: each is one specification, with its window, its parts and the facts that it reads.

The standings of a family are stored by *part* (the substance group, or the kind of exit). What people ask for are
measures (`registry`): one or more parts of a family.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from ..codes import EXIT_KINDS, SUBSTANCE_GROUPS
from ..definition import Definition
from . import completions, local, wider_outcomes
from .calendar import Days, Flags, Window, days_to_as_of, months_back
from .columns import Columns, Rules


class Unit(StrEnum):
    """What a row of the question is."""

    JOURNEY = "journey"
    EPISODE = "episode"
    REFERRAL = "referral"


class Reads(StrEnum):
    """Which facts beside starts, interventions and exits an answer depends on."""

    NOTHING_MORE = "nothing more"
    TOPS = "TOPs"
    REVIEWS = "reviews"
    REFERRALS = "referrals"
    DETAILS = "details of starts"


@dataclass(frozen=True)
class Family:
    """One specification: it is answered for whole columns at once.

    `number` says where its standings are stored, and is used for nothing else: code names families by these constants,
    data by their `name`. A family that is new in the program has no standings in a database that was made before it:
    `fingerprint` tells (see `generations`).
    `own_days` names the columns whose passing of the window's first or last day can change an answer; a property test
    holds them complete. `part` says which part a row belongs to (None: all are part 0). `of_all` is the wording of a
    definition that counts of all in treatment. `left_out_of`: the family of whose cohort this one leaves out those who
    want a record. `unrecorded`: the part of those who want one and are in the cohort all the same.
    """

    number: int
    name: str
    specification: Callable[[Columns], Rules]
    window: Window
    own_days: tuple[str, ...]
    parts: tuple[str, ...] = ("all",)
    part: Callable[[Columns], Days] | None = None
    unit: Unit = Unit.JOURNEY
    reads: Reads = Reads.NOTHING_MORE
    immature: Callable[[Columns], Flags] | None = None
    of_all: Callable[[Columns], Rules] | None = None
    left_out_of: "Family | None" = None
    unrecorded: int | None = None

    def rules(self, columns: Columns, definition: Definition) -> Rules:
        """The specification's answer, in the definition's wording."""
        return (
            self.of_all(columns) if self.of_all and definition.representations_of_all else self.specification(columns)
        )

    def code(self, part: int) -> int:
        """The number under which the part's standings are stored."""
        return self.number * PARTS_A_FAMILY + part

    def part_of(self, columns: Columns) -> Days:
        """The part that each row belongs to."""
        return self.part(columns) if self.part else np.zeros(len(columns.question), np.int64)


PARTS_A_FAMILY: Final = 8
ADULT_EVE: Final = "adult_eve"
"""The day before the 18th birthday: who is adult changes when the window's first day passes it."""
MATURED_EVE: Final = "matured_eve"
"""The day before the six months after an end have passed."""

_GROUPS: Final = tuple(str(group) for group in SUBSTANCE_GROUPS)
_START_END: Final = ("start", "end", ADULT_EVE)


def _group(j: Columns) -> Days:
    return j.group


def _group_or_none(j: Columns) -> Days:
    return np.where(j.group < 0, len(_GROUPS), j.group)


def _kind(j: Columns) -> Days:
    return j.kind


PHOF: Final = Family(1, "PHOF 2.15", completions.phof, months_back(18, 6), _START_END, _GROUPS, _group)
COMPLETIONS: Final = Family(
    2, "successful completions", completions.completions, months_back(12), _START_END, _GROUPS, _group
)
RE_PRESENTATIONS: Final = Family(
    3,
    "re-presentations",
    completions.representations,
    months_back(12, 6),
    _START_END,
    _GROUPS,
    _group,
    of_all=completions.representations_of_all,
)
RE_PRESENTATIONS_UNLAGGED: Final = Family(
    4,
    "re-presentations, not lagged",
    completions.representations,
    months_back(6),
    (*_START_END, MATURED_EVE),
    _GROUPS,
    _group,
    immature=completions.immature,
    of_all=completions.representations_of_all,
)
START_TOPS: Final = Family(
    5, "start TOPs", local.start_top, months_back(3), ("start_top", "started", ADULT_EVE), reads=Reads.TOPS
)
REVIEW_TOPS: Final = Family(
    6, "review TOPs", local.review_top, months_back(3), ("start_top", "due", ADULT_EVE), reads=Reads.TOPS
)
EXIT_TOPS: Final = Family(
    7, "exit TOPs", local.exit_top, months_back(3), ("exit_top", "end", ADULT_EVE), reads=Reads.TOPS
)
RECOVERY_PLANS: Final = Family(
    8,
    "recovery plans reviewed",
    local.recovery_plans,
    days_to_as_of(local.REVIEW_DAYS),
    ("started", "plan_on", ADULT_EVE),
    unit=Unit.EPISODE,
    reads=Reads.REVIEWS,
)
RISK_ASSESSMENTS: Final = Family(
    9,
    "risk assessments reviewed",
    local.risk_assessments,
    days_to_as_of(local.REVIEW_DAYS),
    ("started", "risk_on", ADULT_EVE),
    unit=Unit.EPISODE,
    reads=Reads.REVIEWS,
)
OFFERED_IN_TIME: Final = Family(10, "offered in time", local.offered, months_back(3), ("started", ADULT_EVE))
STARTED_IN_TIME: Final = Family(11, "started in time", local.started, months_back(3), ("started", ADULT_EVE))
WAITING: Final = Family(
    12,
    "waiting",
    local.waiting,
    days_to_as_of(1),
    ("referred", "started", ADULT_EVE),
    unit=Unit.REFERRAL,
    reads=Reads.REFERRALS,
)
EARLY_EXITS: Final = Family(
    13,
    "early unplanned exits",
    local.early_exits,
    months_back(12, days=local.RETENTION_DAYS),
    ("start", ADULT_EVE),
)
EFFECTIVE_TREATMENT: Final = Family(
    14,
    "effective treatment",
    local.effective,
    months_back(12, days=local.RETENTION_DAYS),
    ("start", ADULT_EVE),
)
PEOPLE_IN_TREATMENT: Final = Family(
    15, "in treatment", completions.in_treatment, months_back(12), _START_END, (*_GROUPS, "no group"), _group_or_none
)
PEOPLE_OPEN: Final = Family(
    16,
    "open on the day",
    completions.open_on_the_day,
    days_to_as_of(1),
    _START_END,
    (*_GROUPS, "no group"),
    _group_or_none,
)
JOURNEYS_STARTED: Final = Family(
    17, "journeys started", completions.new_journeys, months_back(12), ("start", ADULT_EVE)
)
JOURNEYS_ENDED: Final = Family(
    18,
    "journeys ended",
    completions.exits,
    months_back(12),
    ("end", ADULT_EVE),
    tuple(str(k) for k in EXIT_KINDS),
    _kind,
)

_RECORDED: Final = ("recorded", "nothing recorded")
HEPATITIS_B: Final = Family(
    19,
    "hepatitis B offered",
    wider_outcomes.hepatitis_b,
    months_back(12),
    ("start", ADULT_EVE),
    _RECORDED,
    wider_outcomes.hepatitis_b_recorded,
    reads=Reads.DETAILS,
    unrecorded=wider_outcomes.NOTHING_RECORDED,
)
HEPATITIS_C: Final = Family(
    20,
    "hepatitis C tested",
    wider_outcomes.hepatitis_c,
    months_back(12),
    ("start", "hepatitis_c_on", ADULT_EVE),
    _RECORDED,
    wider_outcomes.hepatitis_c_recorded,
    reads=Reads.DETAILS,
    unrecorded=wider_outcomes.NOTHING_RECORDED,
)
HOUSING: Final = Family(
    21,
    "no housing problem at exit",
    wider_outcomes.housing,
    months_back(3),
    ("housing_on", "end", ADULT_EVE),
    reads=Reads.TOPS,
    left_out_of=EXIT_TOPS,
)
PAID_WORK: Final = Family(
    22,
    "in paid work at exit",
    wider_outcomes.paid_work,
    months_back(3),
    ("work_on", "end", ADULT_EVE),
    reads=Reads.TOPS,
    left_out_of=EXIT_TOPS,
)

FAMILIES: Final = (
    PHOF,
    COMPLETIONS,
    RE_PRESENTATIONS,
    RE_PRESENTATIONS_UNLAGGED,
    START_TOPS,
    REVIEW_TOPS,
    EXIT_TOPS,
    RECOVERY_PLANS,
    RISK_ASSESSMENTS,
    OFFERED_IN_TIME,
    STARTED_IN_TIME,
    WAITING,
    EARLY_EXITS,
    EFFECTIVE_TREATMENT,
    PEOPLE_IN_TREATMENT,
    PEOPLE_OPEN,
    JOURNEYS_STARTED,
    JOURNEYS_ENDED,
    HEPATITIS_B,
    HEPATITIS_C,
    HOUSING,
    PAID_WORK,
)
_BY_NUMBER: Final = {family.number: family for family in FAMILIES}


def part_stored_as(code: int) -> tuple[Family, str]:
    """The family and the name of the part that are stored under a number (`Family.code`)."""
    family = _BY_NUMBER[code // PARTS_A_FAMILY]
    return family, family.parts[code % PARTS_A_FAMILY]
