"""That what was entered by hand is in the log: its entries opened, each with the proof that the tree holds it.

It proves less than a certificate of a figure, and says so: that these entries, word for word, are at these places of
the log. There are no members to commit to, and nothing says that no later entry corrects them, or that they are true.
Nothing here needs a database, a network or a clock.
"""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, Final, Literal, NoReturn

import msgspec

from domain.proof.head import Head
from domain.proof.merkle import includes, leaf
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from projections.standings.wilson import wilson

from .documents import SignedDocuments

ENTERED: Final = "recount.entered.v1"
_DEFINED, _ENTERED = "entered.kpi-defined.v1", "entered.value-entered.v1"
_OF_VALUES: Final = "entered.value-"


class EnteredPart(msgspec.Struct, frozen=True):
    """The value: the names of a figure, as far as it has them."""

    measure: str
    name: str
    kind: Literal["proportion", "count"]
    value: int
    slice: dict[str, Any]
    numerator: int
    denominator: int | None
    percentage: float | None
    cohort: dict[str, str]
    as_of: str
    known_at: str
    status: None
    source: Literal["entered"]


class EntryPart(msgspec.Struct, frozen=True):
    """An entry of the log: its leaf and what it says, letter by letter; salt and path in base64."""

    leaf: str
    salt: str
    state: str
    path: list[str]


class FrozenInterval(msgspec.Struct, frozen=True):
    """The 95% interval of an entered figure, in points."""

    low: float
    high: float
    level: Literal[95]
    method: Literal["wilson"]


class FrozenValue(msgspec.Struct, frozen=True):
    """Which value of which agency is in a figure, and in which version; the agency is null of all together."""

    value: int
    agency: str | None
    version: int


class FrozenPart(msgspec.Struct, frozen=True):
    """What a frozen scorecard says of a KPI that is entered by hand; its numbers are null while a value is missing."""

    measure: str
    kpi: int
    name: str
    wording: str
    kind: Literal["proportion", "count"]
    polarity: Literal["higher", "lower"] | None
    frequency: Literal["monthly", "quarterly"]
    slice: dict[str, Any]
    numerator: int | None
    denominator: int | None
    percentage: float | None
    interval: FrozenInterval | None
    cohort: dict[str, str]
    as_of: str
    known_at: str | None
    position: int
    coverage: dict[str, list[str]]
    source: Literal["entered"]
    values: list[FrozenValue]


def check_frozen(refuse: Callable[[str, str], NoReturn], figures: Sequence[FrozenPart]) -> str:
    """What can be checked of the entered figures of a scorecard without the log, in a sentence.

    Raises:
        Refused: a percentage or an interval does not follow from the numbers, or the numbers cannot be.
    """
    for figure in figures:
        _check_numbers(refuse, figure)
    return (
        f"The percentages and intervals of its {len(figures)} figures that were entered by hand follow from their "
        "numbers. That the numbers are true is not proven."
    )


def _check_numbers(refuse: Callable[[str, str], NoReturn], figure: FrozenPart) -> None:
    numerator, denominator, context = figure.numerator, figure.denominator, f"in figure {figure.measure}, "
    is_count = figure.kind == "count"
    if numerator is None:
        derived = (denominator, figure.percentage, figure.interval)
        if derived != (None, None, None) or (figure.values and not figure.coverage["missing"]):
            refuse("arithmetic", f"{context}there is no number, and something that follows from one")
        return
    if is_count != (denominator is None):
        refuse("arithmetic", f"{context}a count has no denominator, and a proportion has one")
    if numerator < 0 or (denominator is not None and numerator > denominator):
        refuse("arithmetic", f"{context}{numerator} of {denominator} cannot be")
    if figure.percentage != percentage_of(numerator, denominator):
        refuse("arithmetic", f"{context}{figure.percentage}% is not {numerator} of {denominator}")
    limits = wilson(numerator, denominator) if denominator else None
    interval = figure.interval and (figure.interval.low, figure.interval.high)
    if interval != (limits and (half_up(limits[0], STORED_DECIMALS), half_up(limits[1], STORED_DECIMALS))):
        refuse("arithmetic", f"{context}the interval is not that of {numerator} of {denominator}")


class _Opened(msgspec.Struct, frozen=True):
    """An entry that is in the tree."""

    position: int
    stream: str
    version: int
    topic: str
    said: dict[str, Any]


def check_entries(
    documents: SignedDocuments, figure: EnteredPart, entries: Sequence[EntryPart], head: Head
) -> tuple[str, ...]:
    """What the entries prove of the value, a sentence each.

    Raises:
        Refused: an entry is not in the tree, or the value is not what they say.
    """
    opened = [_opened(documents, entry, head) for entry in entries]
    if [one.topic for one in opened[:2]] != [_DEFINED, _ENTERED]:
        documents.refuse("entries-missing", "it has not the entries of a KPI and of a value")
    kpi, *said = opened
    _check_stream(documents.refuse, said)
    _check_value(documents.refuse, figure, kpi, said)
    places = ", ".join(str(one.position) for one in opened)
    about = f"The definition of {figure.measure} and all that is here about value {figure.value}"
    return (
        f"{about} are in the log, word for word, at position {places}.",
        "It was entered by hand: that its numbers are true is not proven, nor that they were not corrected later.",
    )


def _opened(documents: SignedDocuments, entry: EntryPart, head: Head) -> _Opened:
    salt, state = documents.bytes_of(entry.salt), entry.state.encode()
    try:
        position, stream, version, topic, *_dates, commitment = json.loads(entry.leaf)
        said = json.loads(entry.state)
        opened = msgspec.convert(
            {"position": position, "stream": stream, "version": version, "topic": topic, "said": said}, _Opened
        )
    except (ValueError, TypeError, msgspec.ValidationError):
        documents.refuse("altered", "one of its entries cannot be read")
    if sha256(salt + state).hexdigest() != commitment:
        documents.refuse("altered", f"what the entry at position {position} says is not what the log commits to")
    path = [documents.bytes_of(node) for node in entry.path]
    if not includes(head.root, head.size, opened.position - 1, leaf(entry.leaf.encode()), path):
        documents.refuse("not-in-log", f"the entry at position {position} is not in the log of its head")
    return opened


def _check_stream(refuse: Callable[[str, str], NoReturn], said: Sequence[_Opened]) -> None:
    if len({one.stream for one in said}) != 1 or [one.version for one in said] != list(range(1, len(said) + 1)):
        refuse("entries-missing", "its entries are not those of one value, from the first on")
    if not all(one.topic.startswith(_OF_VALUES) for one in said):
        refuse("entries-missing", "one of its entries is of something else")


def _check_value(
    refuse: Callable[[str, str], NoReturn], figure: EnteredPart, kpi: _Opened, said: Sequence[_Opened]
) -> None:
    first, numbers = said[0].said, [one.said for one in said if "numerator" in one.said][-1]
    expected = {
        "measure": kpi.said["code"],
        "name": kpi.said["name"],
        "kind": kpi.said["kind"],
        "value": first["number"],
        "agency": first.get("agency") or None,
        "first_day": first["first_day"],
        "last_day": first["last_day"],
        "numerator": numbers["numerator"],
        "denominator": numbers.get("denominator"),
        "percentage": percentage_of(numbers["numerator"], numbers.get("denominator")),
        "kpi": kpi.said["number"],
    }
    stated = msgspec.structs.asdict(figure) | {"agency": figure.slice.get("agency")} | figure.cohort
    stated |= {"kpi": first["kpi"]}
    differs = [name for name, value in expected.items() if stated.get(name) != value]
    if differs:
        refuse("value-differs", f"its {differs[0].replace('_', ' ')} is not what its entries say")
