"""The measures by their codes: name, window, what they are parted by, polarity, frequency, source.

A *family* asks one specification once for every client and journey; its standings are stored by *part* (the substance
group, or the kind of exit). A *measure* is what people ask for: one or more parts of a family. So PHOF 2.15ii is the
parts non-opiate and non-opiate-and-alcohol of one family, and another grouping is another choice of parts.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from ..codes import EXIT_KINDS, SUBSTANCE_GROUPS
from ..definition import Definition
from ..errors import WrongUse
from . import completions, counts, phof, representations, retention, reviews, top, waiting
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


@dataclass(frozen=True)
class Family:
    """One specification: `ask` answers it for whole columns.

    `own_days` names the columns whose passing of the window's first or last day can change an answer; a property test
    holds them complete. `part` says which part a row belongs to (None: all are part 0). `of_all` is the wording of a
    definition that counts of all in treatment.
    """

    number: int
    name: str
    ask: Callable[[Columns], Rules]
    window: Window
    own_days: tuple[str, ...]
    parts: tuple[str, ...] = ("all",)
    part: Callable[[Columns], Days] | None = None
    unit: Unit = Unit.JOURNEY
    reads: Reads = Reads.NOTHING_MORE
    immature: Callable[[Columns], Flags] | None = None
    of_all: Callable[[Columns], Rules] | None = None

    def rules(self, asked: Columns, definition: Definition) -> Rules:
        """The specification's answer, in the definition's wording."""
        return self.of_all(asked) if self.of_all and definition.representations_of_all else self.ask(asked)

    def code(self, part: int) -> int:
        """The number under which the part's standings are stored."""
        return self.number * PARTS_A_FAMILY + part

    def part_of(self, asked: Columns) -> Days:
        """The part that each row belongs to."""
        return self.part(asked) if self.part else np.zeros(len(asked.question), np.int64)


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


FAMILIES: Final = (
    Family(1, "PHOF 2.15", phof.phof, months_back(18, 6), _START_END, _GROUPS, _group),
    Family(2, "successful completions", completions.completions, months_back(12), _START_END, _GROUPS, _group),
    Family(
        3,
        "re-presentations",
        representations.representations,
        months_back(12, 6),
        _START_END,
        _GROUPS,
        _group,
        of_all=representations.representations_of_all,
    ),
    Family(
        4,
        "re-presentations, not lagged",
        representations.representations,
        months_back(6),
        (*_START_END, MATURED_EVE),
        _GROUPS,
        _group,
        immature=representations.immature,
        of_all=representations.representations_of_all,
    ),
    Family(5, "start TOPs", top.start_top, months_back(3), ("start_top", "started", ADULT_EVE), reads=Reads.TOPS),
    Family(6, "review TOPs", top.review_top, months_back(3), ("start_top", "due", ADULT_EVE), reads=Reads.TOPS),
    Family(7, "exit TOPs", top.exit_top, months_back(3), ("exit_top", "end", ADULT_EVE), reads=Reads.TOPS),
    Family(
        8,
        "recovery plans reviewed",
        reviews.recovery_plans,
        days_to_as_of(reviews.REVIEW_DAYS),
        ("started", "plan_on", ADULT_EVE),
        unit=Unit.EPISODE,
        reads=Reads.REVIEWS,
    ),
    Family(
        9,
        "risk assessments reviewed",
        reviews.risk_assessments,
        days_to_as_of(reviews.REVIEW_DAYS),
        ("started", "risk_on", ADULT_EVE),
        unit=Unit.EPISODE,
        reads=Reads.REVIEWS,
    ),
    Family(10, "offered in time", waiting.offered, months_back(3), ("started", ADULT_EVE)),
    Family(11, "started in time", waiting.started, months_back(3), ("started", ADULT_EVE)),
    Family(
        12,
        "waiting",
        waiting.waiting,
        days_to_as_of(1),
        ("referred", "started", ADULT_EVE),
        unit=Unit.REFERRAL,
        reads=Reads.REFERRALS,
    ),
    Family(
        13,
        "early unplanned exits",
        retention.early_exits,
        months_back(12, days=retention.RETENTION_DAYS),
        ("start", ADULT_EVE),
    ),
    Family(
        14,
        "effective treatment",
        retention.effective,
        months_back(12, days=retention.RETENTION_DAYS),
        ("start", ADULT_EVE),
    ),
    Family(
        15, "in treatment", counts.in_treatment, months_back(12), _START_END, (*_GROUPS, "no group"), _group_or_none
    ),
    Family(
        16,
        "open on the day",
        counts.open_on_the_day,
        days_to_as_of(1),
        _START_END,
        (*_GROUPS, "no group"),
        _group_or_none,
    ),
    Family(17, "journeys started", counts.new_journeys, months_back(12), ("start", ADULT_EVE)),
    Family(
        18,
        "journeys ended",
        counts.exits,
        months_back(12),
        ("end", ADULT_EVE),
        tuple(str(k) for k in EXIT_KINDS),
        _kind,
    ),
)
FAMILY_OF: Final = {family.number: family for family in FAMILIES}


@dataclass(frozen=True)
class Measure:
    """What people ask for by its code.

    `kind` is "proportion" or "count"; `polarity` says which direction is better ("higher", "lower"; None for a
    count); `adults` that it counts adults unless young people are asked for (else it counts all ages);
    `frequency` how often a contract looks at it.
    """

    code: str
    name: str
    family: Family
    parts: tuple[int, ...]
    kind: str
    polarity: str | None
    frequency: tuple[str, ...]
    source: str
    adults: bool = True
    immature: bool = False

    @property
    def part_codes(self) -> tuple[int, ...]:
        """The numbers of the stored parts whose standings add up to this measure."""
        return tuple(self.family.code(part) for part in self.parts)

    def under(self, definition: Definition) -> "Measure":
        """The measure with the parts that a definition gives it."""
        if definition.phof_ii_with_alcohol or self.parts != (_NON_OPIATE, _BOTH):
            return self
        return replace(self, parts=(_NON_OPIATE,))


_APPENDIX_C: Final = "Herefordshire, Appendix C"
_LOCAL: Final = "local"
_OPIATE, _NON_OPIATE, _ALCOHOL, _BOTH = range(4)
_IN_WORDS: Final = ("opiate", "non-opiate", "alcohol", "alcohol and non-opiate")


def _phof() -> list[Measure]:
    rows = (
        ("1.0", "i opiate", (_OPIATE,)),
        ("2.0", "ii non-opiate", (_NON_OPIATE, _BOTH)),
        ("3.0", "iii alcohol", (_ALCOHOL,)),
    )
    return [
        Measure(code, f"PHOF 2.15{words}", FAMILY_OF[1], parts, "proportion", "higher", ("quarterly",), _APPENDIX_C)
        for code, words, parts in rows
    ]


def _by_group(
    number: int, prefix: str, suffix: str, name: str, polarity: str, frequency: tuple[str, ...], immature: bool = False
) -> list[Measure]:
    return [
        Measure(
            f"{prefix}.{group}{suffix}",
            f"{name}: {words}",
            FAMILY_OF[number],
            (group,),
            "proportion",
            polarity,
            frequency,
            _APPENDIX_C,
            immature=immature,
        )
        for group, words in enumerate(_IN_WORDS)
    ]


def _proportion(code: str, name: str, number: int, polarity: str, adults: bool = True) -> Measure:
    return Measure(code, name, FAMILY_OF[number], (0,), "proportion", polarity, ("monthly",), _LOCAL, adults)


def _number(code: str, name: str, number: int) -> Measure:
    family = FAMILY_OF[number]
    return Measure(
        code, name, family, tuple(range(len(family.parts))), "count", None, ("monthly",), _LOCAL, adults=False
    )


MEASURES: Final = (
    *_phof(),
    *_by_group(2, "4", "", "Successful completions", "higher", ("monthly", "quarterly")),
    *_by_group(3, "5", "", "Re-presentations", "lower", ("quarterly",)),
    *_by_group(4, "5", "u", "Re-presentations, not lagged", "lower", ("monthly",), immature=True),
    _proportion("T.start", "Start TOPs within 14 days", 5, "higher"),
    _proportion("T.review", "Review TOPs on day 29 to 182", 6, "higher"),
    _proportion("T.exit", "Exit TOPs within 14 days", 7, "higher"),
    _proportion("R.plan", "Recovery plans reviewed in 84 days", 8, "higher", adults=False),
    _proportion("R.risk", "Risk assessments reviewed in 84 days", 9, "higher", adults=False),
    _proportion("W.offered", "Intervention offered within 21 days", 10, "higher", adults=False),
    _proportion("W.started", "Treatment started within 21 days", 11, "higher", adults=False),
    _number("W.waiting", "People still waiting", 12),
    _proportion("E.early", "Early unplanned exits", 13, "lower"),
    _proportion("E.effective", "Effective treatment", 14, "higher"),
    _number("N.treatment", "People in treatment in 12 months", 15),
    _number("N.open", "People open on the day", 16),
    _number("N.new", "Journeys started in 12 months", 17),
    _number("N.exits", "Journeys ended in 12 months", 18),
)
MEASURE_OF: Final = {measure.code: measure for measure in MEASURES}
APPENDIX_C: Final = tuple(measure for measure in MEASURES if measure.source == _APPENDIX_C)


def measure_named(code: str) -> Measure:
    """The measure with this code. Raises WrongUse, naming those there are."""
    try:
        return MEASURE_OF[code]
    except KeyError:
        raise WrongUse(f"There is no measure '{code}'. There are {', '.join(MEASURE_OF)}.") from None
