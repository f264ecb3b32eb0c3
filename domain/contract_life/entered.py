"""KPIs that the monthly file does not hold: defined in the contract, and their values entered by hand.

A KPI is a stream, and so is each value (one period of one agency). They bring no knowledge and take no part in what
`known_at` resolves to; no other figure changes by them. `occurred_on` is the day on which it was said: as known on a
day, what had been entered by then counts. Periods are whole months, or the council's quarters.

They hold numbers of people or things and never a person; texts stay in the log for good, so they name nobody.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Final, Literal
from uuid import UUID, uuid5

import msgspec

from domain.errors import Refused
from domain.log.mapper import Event
from domain.periods import ONE_DAY, Period, add_months, last_day_of_month, quarter_of
from domain.words import kept_words

_KPIS: Final = UUID("6a5f7b43-52a9-4f4f-9a75-0f4c1de0a9b2")
_VALUES: Final = UUID("d1b5c3a6-8f0e-4f3a-b7a4-3d9b6e2c7f18")
"""Namespaces of the stream ids; KPIs and values are told apart by their number."""

CODE: Final = r"X\.[a-z][a-z0-9-]{0,29}"
"""What the code of an entered KPI looks like; no measure of the monthly file begins so."""
LONGEST_WORDS: Final = 300
"""Characters of a name, a wording, a source, a reason or a question."""
LARGEST: Final = 1_000_000_000
"""The largest numerator or denominator."""

Kind = Literal["proportion", "count"]
Polarity = Literal["higher", "lower"]
Frequency = Literal["monthly", "quarterly"]
MONTHS: Final = {"monthly": 1, "quarterly": 3}
"""How many months a period of each frequency has."""
UNIT: Final = {"monthly": "month", "quarterly": "quarter"}
"""What a period of each frequency is called."""


class Evidence(msgspec.Struct, frozen=True):
    """A file that was read once and is not kept: its SHA-256 in hexadecimal, what it was called, its bytes."""

    sha256: str
    name: str
    size: int


class EnteredEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the ordinal of the KPI or of the value, and for which `party` the actor spoke."""

    number: int
    party: str


class EnteredKpiDefined(EnteredEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A KPI was defined in the contract.

    `agencies` each enter a value of their own, which add up to the whole; where there are none, one value is entered
    for all together. `source` is where the numbers are expected from. `needs_evidence`: no value without a file.
    """

    TOPIC: ClassVar[str] = "entered.kpi-defined.v1"
    code: str
    name: str
    wording: str = ""
    kind: Kind
    polarity: Polarity | None = None
    frequency: Frequency
    source: str = ""
    needs_evidence: bool = False
    agencies: tuple[str, ...] = ()
    first_day: date


class EnteredKpiEnded(EnteredEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The last day for which a value is due."""

    TOPIC: ClassVar[str] = "entered.kpi-ended.v1"
    last_day: date
    reason: str = ""


class EnteredNumbers(EnteredEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a value says, as it was entered first or corrected; a count has no denominator."""

    numerator: int
    denominator: int | None = None
    source: str = ""
    evidence: Evidence | None = None


class ValueEntered(EnteredNumbers, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A value was entered, for a period of an agency ("": of all together)."""

    TOPIC: ClassVar[str] = "entered.value-entered.v1"
    kpi: int
    agency: str = ""
    first_day: date
    last_day: date

    @property
    def period(self) -> Period:
        """The days that it is about."""
        return Period(self.first_day, self.last_day)


class ValueCorrected(EnteredNumbers, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Other numbers for the same period, and why. As known before, the older ones stand."""

    TOPIC: ClassVar[str] = "entered.value-corrected.v1"
    reason: str


class ValueConfirmed(EnteredEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other party agrees."""

    TOPIC: ClassVar[str] = "entered.value-confirmed.v1"


class ValueQuestioned(EnteredEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other party asks about it. The value counts meanwhile."""

    TOPIC: ClassVar[str] = "entered.value-questioned.v1"
    question: str


class ValueWithdrawn(EnteredEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The value counts no more, and its period has none again."""

    TOPIC: ClassVar[str] = "entered.value-withdrawn.v1"
    reason: str


KPI_EVENTS: Final[tuple[type[EnteredEvent], ...]] = (EnteredKpiDefined, EnteredKpiEnded)
VALUE_EVENTS: Final[tuple[type[EnteredEvent], ...]] = (
    ValueEntered,
    ValueCorrected,
    ValueConfirmed,
    ValueQuestioned,
    ValueWithdrawn,
)
ENTERED_EVENTS: Final = (*KPI_EVENTS, *VALUE_EVENTS)

STEP_OF: Final = {
    EnteredKpiDefined: "define",
    EnteredKpiEnded: "end",
    ValueEntered: "enter",
    ValueCorrected: "correct",
    ValueConfirmed: "confirm",
    ValueQuestioned: "question",
    ValueWithdrawn: "withdraw",
}
"""Which step of `transitions` each event takes."""


def kpi_stream(number: int) -> UUID:
    """The stream of the KPI with this ordinal."""
    return uuid5(_KPIS, str(number))


def value_stream(number: int) -> UUID:
    """The stream of the value with this ordinal."""
    return uuid5(_VALUES, str(number))


# ---- what may be said


def entered_code(text: str) -> str:
    """The code of an entered KPI. Raises Refused if it is none."""
    if not re.fullmatch(CODE, text):
        raise Refused(
            "entered-code",
            f"'{text}' is no code of an entered KPI. Write X. and a word in small letters, like X.needle.",
        )
    return text


def entered_words(text: str, what: str, *, needed: bool = True) -> str:
    """A text as it is kept: its letters in one way of writing, single spaces between words. `what` names it.

    Raises:
        Refused: it is empty and must not be, too long, or not all of it can be read.
    """
    words = kept_words(text, LONGEST_WORDS, f"The {what}", "entered-words")
    if needed and not words:
        raise Refused("entered-no-words", f"The {what} is empty. Write it in a few words, naming nobody.")
    return words


def check_numbers(kind: str, numerator: int, denominator: int | None) -> None:
    """Whether these can be the numbers of a proportion, or of a count.

    Raises:
        Refused: one is negative or far too large, more are counted than there are, or one is missing or too many.
    """
    for what, number in (("numerator", numerator), ("denominator", denominator or 0)):
        if not 0 <= number <= LARGEST:
            raise Refused(
                "entered-negative" if number < 0 else "entered-too-large",
                f"A {what} of {number} cannot be: it lies between 0 and {LARGEST:,}.",
            )
    if kind == "count":
        if denominator is not None:
            raise Refused("entered-of-count", "This KPI is a count: enter one number, and no denominator.")
        return
    if denominator is None:
        raise Refused("entered-half", "This KPI is a proportion: enter the denominator too.")
    if numerator > denominator:
        raise Refused("entered-impossible", f"{numerator} of {denominator} cannot be: more are counted than there are.")


def check_period(frequency: str, period: Period) -> None:
    """Whether these days are one whole period. Raises Refused, naming one that would do."""
    whole = period_around(frequency, period.first_day)
    if period != whole:
        raise Refused(
            "entered-wrong-length",
            f"A value of this KPI is for a whole {UNIT[frequency]}, like {whole.first_day} to {whole.last_day}, "
            f"and not for {period.first_day} to {period.last_day}.",
        )


# ---- periods


def period_around(frequency: str, day: date) -> Period:
    """The whole month, or the council's quarter, that a day lies in."""
    months = MONTHS[frequency]
    first_month = day.month - (day.month - 1) % months
    first_day = date(day.year, first_month, 1)
    return Period(first_day, last_day_of_month(add_months(first_day, months - 1)))


def last_period(frequency: str, as_of: date) -> Period:
    """The newest whole period that had ended by a day, that day included."""
    around = period_around(frequency, as_of)
    return around if around.last_day == as_of else period_around(frequency, around.first_day - ONE_DAY)


def periods_due(frequency: str, first_day: date, last_day: date) -> Iterator[Period]:
    """The whole periods that lie between two days, both included, the oldest first."""
    period = period_around(frequency, first_day)
    while period.last_day <= last_day:
        if period.first_day >= first_day:
            yield period
        period = period_around(frequency, period.last_day + ONE_DAY)


def period_words(frequency: str, last_day: date) -> str:
    """A period by its last day, as councils write it: September 2017, Q2 2017/18."""
    return quarter_of(last_day) if frequency == "quarterly" else f"{last_day:%B %Y}"
