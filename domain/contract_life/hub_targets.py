"""Targets of hubs and months: how many completions each hub is to have in each month to meet the area's target.

Two parties agree them: the commissioner, and of each hub its provider. Either proposes; whoever proposes has agreed to
it, for the commissioner or for its own hubs. What is proposed anew is another version, and what was agreed before stays
in force until the new one is agreed. They bring no knowledge, take no part in what `known_at` resolves to and change no
figure. `occurred_on` is the day on which a party said it: what had been agreed by a day is what counts as known then.

The numbers add up to the whole, by hub and by month; nothing else is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.errors import Refused
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.periods import add_months, last_day_of_month

_HUB_TARGETS: Final = UUID("0c8a6d0e-5a43-4c0e-9a63-27b1d1b06f4e")
"""Namespace of the streams; each is that of an area's target, by its number."""

THING: Final = "hub target"
"""What they are called in the table of steps."""
NOTHING, PROPOSED, BY_PROVIDER, AGREED, WITHDRAWN = (
    "none",
    "proposed",
    "agreed by the provider",
    "agreed",
    "withdrawn",
)
PROPOSE, PROPOSE_ALL, AGREE, AGREE_IN_PART, SETTLE, WITHDRAW = (
    "propose",
    "propose for every hub",
    "agree",
    "agree in part",
    "settle",
    "withdraw",
)
MOST_A_MONTH: Final = 9_999
"""Completions of a hub in a month; more is a slip of the hand."""
MOST_MONTHS: Final = 36
MOST_HUBS: Final = 60


class SharingRule(StrEnum):
    """How the numbers were come by."""

    CASELOAD = "by caseload"
    EQUAL = "equal"
    TYPED = "typed in"


class HubTargetEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the number of the area's target, and the hubs for which `actor` speaks (none: the commissioner)."""

    number: int
    party: tuple[str, ...] = ()


class HubTargetsProposed(HubTargetEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """So many completions of the target's measure, `whole`, are to come, by hub and by month.

    `first_month` is the first day of the first month; the numbers of each hub are in the order of the months.
    """

    TOPIC: ClassVar[str] = "hub-targets.proposed.v1"
    measure: str
    whole: int
    rule: SharingRule
    first_month: date
    hubs: tuple[str, ...]
    numbers: tuple[tuple[int, ...], ...]

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months."""
        return tuple(add_months(self.first_month, place) for place in range(len(self.numbers[0])))

    def of_hub(self, hub: str) -> tuple[int, ...]:
        """A hub's numbers, by month."""
        return self.numbers[self.hubs.index(hub)]


class HubTargetsAgreed(HubTargetEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A party agreed to the newest version."""

    TOPIC: ClassVar[str] = "hub-targets.agreed.v1"


class HubTargetsWithdrawn(HubTargetEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A party took the newest version back, or, of one that was agreed, ended it."""

    TOPIC: ClassVar[str] = "hub-targets.withdrawn.v1"
    reason: str = ""


HUB_TARGET_EVENTS: Final[tuple[type[HubTargetEvent], ...]] = (
    HubTargetsProposed,
    HubTargetsAgreed,
    HubTargetsWithdrawn,
)


def hub_target_stream(number: int) -> UUID:
    """The stream of what was said of the hubs' part of an area's target."""
    return uuid5(_HUB_TARGETS, str(number))


@dataclass(frozen=True, slots=True)
class HubTargetsVersion:
    """A version: how it was proposed, who agreed to it since, and its end where it was withdrawn."""

    number: int
    proposed: Recorded
    agreements: tuple[Recorded, ...] = ()
    withdrawn: Recorded | None = None

    @property
    def terms(self) -> HubTargetsProposed:
        """What is proposed."""
        event = self.proposed.event
        assert isinstance(event, HubTargetsProposed)
        return event

    def parties(self, known_at: date | None = None) -> frozenset[str]:
        """Who has agreed by a day: hubs by their codes, the commissioner as ""."""
        said: set[str] = set()
        for recorded in (self.proposed, *self.agreements):
            event = recorded.event
            if isinstance(event, HubTargetEvent) and (known_at is None or event.occurred_on <= known_at):
                said.update(event.party or ("",))
        return frozenset(said)

    def missing(self) -> list[str]:
        """The parties that have not agreed: the commissioner as "", then hubs by their codes."""
        return sorted({"", *self.terms.hubs} - self.parties())

    def state(self, known_at: date | None = None) -> str:
        """What it is, as known on a day; by all that was said without one."""
        its_end = self.withdrawn.event.occurred_on if self.withdrawn else None
        if its_end and (known_at is None or its_end <= known_at):
            return WITHDRAWN
        if known_at is not None and self.terms.occurred_on > known_at:
            return NOTHING
        return state_of(self.parties(known_at), self.terms.hubs)

    def was_agreed(self, known_at: date | None = None) -> bool:
        """Whether both sides had agreed by a day, whatever came of it since."""
        return self.parties(known_at) >= {"", *self.terms.hubs}

    @property
    def agreed_on(self) -> date | None:
        """The day on which the last party agreed; None while one has not."""
        if not self.was_agreed():
            return None
        return max(one.event.occurred_on for one in (self.proposed, *self.agreements))


def state_of(parties: frozenset[str], hubs: Sequence[str]) -> str:
    """The state of a version to which these have agreed."""
    if not parties.issuperset(hubs):
        return PROPOSED
    return AGREED if "" in parties else BY_PROVIDER


@dataclass(frozen=True, slots=True)
class HubTargets:
    """All that was said of the hubs' part of one target, version by version."""

    number: int
    versions: tuple[HubTargetsVersion, ...]
    newest: int
    """The number of the newest thing that was said: which version of it somebody has read."""

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "HubTargets":
        """From a stream's events, the oldest first; there is one at least."""
        versions: list[HubTargetsVersion] = []
        newest, number = 0, 0
        for one in recorded:
            event, newest = one.event, one.event.originator_version
            assert isinstance(event, HubTargetEvent)
            number = event.number
            if isinstance(event, HubTargetsProposed):
                versions.append(HubTargetsVersion(len(versions) + 1, one))
                continue
            place = _standing(versions)
            last = versions[place]
            if isinstance(event, HubTargetsAgreed):
                versions[place] = HubTargetsVersion(last.number, last.proposed, (*last.agreements, one))
            else:
                versions[place] = HubTargetsVersion(last.number, last.proposed, last.agreements, one)
        return cls(number, tuple(versions), newest)

    @property
    def standing(self) -> HubTargetsVersion | None:
        """The version that a step is about; None where the last one was ended."""
        place = _standing(self.versions)
        return self.versions[place] if place >= 0 else None

    @property
    def state(self) -> str:
        """What they are by all that was said."""
        return self.standing.state() if self.standing else WITHDRAWN

    def in_force(self, known_at: date | None = None) -> HubTargetsVersion | None:
        """The version that had been agreed by a day and not ended by then; an older one that was replaced is none."""
        agreed = [one for one in self.versions if one.was_agreed(known_at)]
        return agreed[-1] if agreed and agreed[-1].state(known_at) == AGREED else None


def _standing(versions: Sequence[HubTargetsVersion]) -> int:
    """The place of the version that still stands: a proposal taken back leaves the one before it; -1 for none."""
    for place in range(len(versions) - 1, -1, -1):
        if versions[place].withdrawn is None:
            return place
        if versions[place].was_agreed():
            return -1
    return -1


# ---- what may be proposed


def check_numbers(whole: int, hubs: Sequence[str], numbers: Sequence[Sequence[int]]) -> None:
    """Hold the numbers of the hubs against each other and the whole.

    Raises:
        Refused: a hub is there twice or there is none, months are missing, a number is impossible, or they do not add
            up to the whole.
    """
    if not hubs or len(set(hubs)) < len(hubs) or len(hubs) > MOST_HUBS:
        raise Refused("hub-targets-hubs", f"Name each hub once, and at least one of them; {MOST_HUBS} at most.")
    months = {len(row) for row in numbers}
    if len(numbers) != len(hubs) or len(months) != 1 or not 0 < max(months) <= MOST_MONTHS:
        raise Refused("hub-targets-months", f"Give each hub a number for each month; {MOST_MONTHS} months at most.")
    if not all(0 <= number <= MOST_A_MONTH for row in numbers for number in row):
        raise Refused("hub-targets-number", f"A month's number is a whole one from 0 to {MOST_A_MONTH:,}.")
    together = sum(map(sum, numbers))
    if together != whole:
        more = f"{whole - together:,} too few" if together < whole else f"{together - whole:,} too many"
        raise Refused(
            "hub-targets-do-not-add-up",
            f"The hubs’ numbers add up to {together:,}, and {whole:,} are to be shared out: {more}.",
        )


def check_months(first_month: date, count: int, first_day: date, last_useful: date) -> None:
    """Hold the months against the target's days.

    Raises:
        Refused: the first is no first day, one lies before the target, or after the last day of use.
    """
    if first_month.day != 1:
        raise Refused("hub-targets-months", "The first month is named by its first day.")
    last = add_months(first_month, count - 1)
    if last_day_of_month(first_month) < first_day or last > last_useful:
        raise Refused(
            "hub-targets-outside",
            f"The months lie in the target’s time: from {first_day} to {last_useful}, the last day on which a "
            "completion counts in it.",
        )


def months_between(first_day: date, last_day: date) -> Iterator[date]:
    """The first days of the months that have a day in a period."""
    month = first_day.replace(day=1)
    while month <= last_day:
        yield month
        month = add_months(month, 1)
