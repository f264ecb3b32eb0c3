"""What the people of a walk did to its figure, in sentences: those of one step, side, reason and sign together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, groupby
from typing import Final

from domain.measures.registry import Measure
from projections.explain.bridge import Bridge, Contribution, Side, Step, StepName
from projections.explain.reasons import Reason
from web.presenters import text

FIRST_ROWS: Final = 20
"""People of a sentence who are listed at once; the others are one press away."""

STEP_WORDS: Final = {
    StepName.KNOWN_AT: "What was known",
    StepName.AS_OF: "The dates",
    StepName.DEFINITION: "The definition",
    StepName.SLICE: "Whose figure it is",
}

NOUNS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.LATE_START: ("start that was reported late", "starts that were reported late"),
    Reason.LATE_EXIT: ("exit that was reported late", "exits that were reported late"),
    Reason.AMENDED_EXIT_REASON: ("corrected exit reason", "corrected exit reasons"),
    Reason.AMENDED_EXIT_DATE: ("corrected exit date", "corrected exit dates"),
    Reason.AMENDED_START: ("corrected start", "corrected starts"),
    Reason.REOPENED: ("exit that was taken back", "exits that were taken back"),
    Reason.WITHDRAWN: ("record that was taken back", "records that were taken back"),
    Reason.VOIDED: (
        "return within 21 days, which makes it one treatment and no completion,",
        "returns within 21 days, which make it one treatment and no completion,",
    ),
    Reason.LATE_RETURN: ("late return", "late returns"),
    Reason.RETURNED: ("return", "returns"),
    Reason.ENTERED_WINDOW: ("treatment that came into the period", "treatments that came into the period"),
    Reason.LEFT_WINDOW: ("treatment that fell out of the period", "treatments that fell out of the period"),
    Reason.TURNED_18: ("18th birthday", "18th birthdays"),
    Reason.MOVED_GROUP: ("change of substance group", "changes of substance group"),
    Reason.MERGED_OR_SPLIT: (
        "correction of who somebody is (two records one person, or one two)",
        "corrections of who somebody is (two records one person, or one two)",
    ),
    Reason.MOVED_AREA: ("corrected area", "corrected areas"),
    Reason.HANDOVER: ("handover to another agency", "handovers to another agency"),
    Reason.SAME_RECORD: (
        "episode that was known under two references and was joined",
        "episodes that were known under two references and were joined",
    ),
    Reason.TWO_RECORDS: (
        "pair of references that was joined and is two episodes again",
        "pairs of references that were joined and are two episodes each again",
    ),
    Reason.LATE_TOP: ("TOP that was reported late", "TOPs that were reported late"),
    Reason.AMENDED_TOP: ("TOP whose answers were corrected", "TOPs whose answers were corrected"),
    Reason.HEPATITIS: (
        "record of a hepatitis offer or test that was filled in or corrected",
        "records of a hepatitis offer or test that were filled in or corrected",
    ),
    Reason.LATE_REVIEW: ("review that was reported late", "reviews that were reported late"),
    Reason.LATE_INTERVENTION: ("intervention that was reported late", "interventions that were reported late"),
    Reason.LATE_REFERRAL: ("referral that was reported late", "referrals that were reported late"),
    Reason.DEFINITION: ("person whom the other rules judge otherwise", "people whom the other rules judge otherwise"),
    Reason.SLICE: ("person of only one of both choices", "people of only one of both choices"),
    Reason.OTHER_RECORD: ("other change of a record", "other changes of records"),
}
"""By reason, what came once and what came more often."""


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Contributions of one step, side, reason and sign, in a sentence; each with its place in the walk.

    `rows` of them are listed.
    """

    number: int
    step: Step
    side: Side
    reason: Reason
    diff: int
    sentence: str
    contributions: tuple[tuple[int, Contribution], ...]
    rows: int

    @property
    def rest(self) -> int:
        """How many are not listed yet."""
        return len(self.contributions) - self.rows


def groups(walk: Bridge, whole: int | None = None) -> list[ReasonGroup]:
    """The contributions, those of a kind together; `whole` is the group that is listed to its end."""
    numbers, result = count(1), []
    for step, placed in _placed(walk):
        for (side, reason, _), its in groupby(placed, key=lambda one: _kind(one[1])):
            members, number = tuple(its), next(numbers)
            diff = sum(one.diff for _, one in members)
            rows = len(members) if number == whole else min(FIRST_ROWS, len(members))
            sentence = _sentence(walk.start.measure, side, reason, diff)
            result.append(ReasonGroup(number, step, side, reason, diff, sentence, members, rows))
    return result


def _placed(walk: Bridge) -> Iterator[tuple[Step, list[tuple[int, Contribution]]]]:
    """Each step's contributions with their places, counted through the walk from 1, those of a kind together."""
    places = count(1)
    for step in walk.steps:
        placed = [(next(places), one) for one in step.contributions]
        yield step, sorted(placed, key=lambda one: (_SIDES.index(one[1].side), *_kind(one[1])[1:], one[0]))


_SIDES: Final = tuple(Side)


def _kind(one: Contribution) -> tuple[Side, Reason, int]:
    return one.side, one.reason, 1 if one.diff > 0 else -1


def contribution_at(walk: Bridge, place: int) -> tuple[Step, Contribution] | None:
    """The contribution with this place in the walk."""
    placed = ((step, one) for step in walk.steps for one in step.contributions)
    return dict(enumerate(placed, 1)).get(place)


def reason_sentence(measure: Measure, step: Step, one: Contribution) -> str:
    """What one contribution did, and in which step."""
    return f"{STEP_WORDS[step.name]}: {_sentence(measure, one.side, one.reason, one.diff)}"


def move_sentence(measure: Measure, side: Side, reason: Reason, diff: int) -> str:
    """What one person did to a figure."""
    return _sentence(measure, side, reason, diff)


def _sentence(measure: Measure, side: Side, reason: Reason, diff: int) -> str:
    one, many = NOUNS[reason]
    size = abs(diff)
    verb, way = ("brought", "into") if diff > 0 else ("took", "out of")
    total = "the count" if measure.kind == "count" else "the cohort" if side is Side.DENOMINATOR else "those counted"
    return f"{text.plural(size, one, many)} {verb} {size:,} {way} {total}."
