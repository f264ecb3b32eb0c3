"""How far a dispute has come: its stage, its rows as they were answered, its evidence, meetings and settlement."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.contract_life.dispute import Dispute, DisputeClosed, DisputeEvent
from domain.contract_life.transitions import COMMISSIONER, PROVIDER, by
from domain.log.reading import Recorded

from .steps import (
    DisputeEscalated,
    DisputeEvidenceGiven,
    DisputeMeetingHeld,
    DisputeReviewed,
    DisputeRow,
    DisputeRowAnswer,
    DisputeRowsAnswered,
    DisputeRowsListed,
    DisputeSettlementAccepted,
    DisputeSettlementProposed,
    DisputeSettlementRefused,
)

ACCEPTED, CONTESTED, GIVEN_UP, UNANSWERED = "accepted", "contested", "given-up", "unanswered"
"""How a row stands."""


def side_of(event: DisputeEvent) -> str:
    """For which side an event was said: an agency's is the provider's."""
    return PROVIDER if event.party else COMMISSIONER


@dataclass(frozen=True, slots=True)
class RowStanding:
    """A row with what was answered to it, the newest last; `listed_by` is a side."""

    row: DisputeRow
    listed_by: str
    answers: tuple[tuple[DisputeRowAnswer, Recorded], ...]

    @property
    def standing(self) -> str:
        """Whether both accept it, it is contested, given up, or not answered yet."""
        return self.answers[-1][0].verdict if self.answers else UNANSWERED

    @property
    def reason(self) -> str:
        """The code of the newest answer's reason."""
        return self.answers[-1][0].reason if self.answers else ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows add up to."""

    rows: int
    numerator: int
    denominator: int

    @classmethod
    def of(cls, rows: Iterable[DisputeRow]) -> "Sums":
        """The sum of these rows."""
        every = list(rows)
        return cls(len(every), sum(one.numerator for one in every), sum(one.denominator for one in every))


@dataclass(frozen=True, slots=True)
class DisputeCourse:
    """A dispute with its newer steps. One of before has none, and its stage is its state."""

    dispute: Dispute

    def _of(self, *kinds: type[DisputeEvent]) -> list[Recorded]:
        return [one for one in self.dispute.recorded if isinstance(one.event, kinds)]

    @property
    def stage(self) -> str:
        """The word for how far it has come, as the table of transitions has it."""
        stage = "open"
        for one in self.dispute.recorded:
            match one.event:
                case DisputeReviewed():
                    stage = "reviewed" if stage == "open" else stage
                case DisputeSettlementProposed():
                    stage = by("settlement proposed", side_of(one.event))
                case DisputeSettlementRefused():
                    stage = "settlement refused"
                case DisputeSettlementAccepted():
                    stage = "settled"
                case DisputeClosed():
                    stage = stage if stage == "settled" else "closed"
        return stage

    @property
    def level(self) -> int:
        """The level of escalation that it has reached, from 1."""
        events = [one.event for one in self._of(DisputeEscalated)]
        return max((event.level for event in events if isinstance(event, DisputeEscalated)), default=1)

    @property
    def listings(self) -> list[Recorded]:
        """The lists of rows, the newest last, which is the one that counts."""
        return self._of(DisputeRowsListed)

    @property
    def next_row(self) -> int:
        """The number that the next row will have."""
        rows = [row.row for one in self.listings if isinstance(one.event, DisputeRowsListed) for row in one.event.rows]
        return max(rows, default=0) + 1

    @property
    def rows(self) -> list[RowStanding]:
        """The rows of the newest list, each with its answers."""
        if not self.listings:
            return []
        listed = self.listings[-1].event
        assert isinstance(listed, DisputeRowsListed)
        answers: dict[int, list[tuple[DisputeRowAnswer, Recorded]]] = {}
        for one in self._of(DisputeRowsAnswered):
            assert isinstance(one.event, DisputeRowsAnswered)
            for answer in one.event.answers:
                answers.setdefault(answer.row, []).append((answer, one))
        return [RowStanding(row, side_of(listed), tuple(answers.get(row.row, ()))) for row in listed.rows]

    def sums(self, *standings: str) -> Sums:
        """What the rows add up to that stand so; without any, all that were not given up."""
        return Sums.of(
            one.row for one in self.rows if (one.standing in standings if standings else one.standing != GIVEN_UP)
        )

    @property
    def evidence(self) -> list[Recorded]:
        """The files that were shown."""
        return self._of(DisputeEvidenceGiven)

    @property
    def meetings(self) -> list[Recorded]:
        """Joint reviews and meetings of a level."""
        return self._of(DisputeReviewed, DisputeMeetingHeld)

    @property
    def proposals(self) -> list[Recorded]:
        """What was proposed, refused and accepted, in this order of time."""
        return self._of(DisputeSettlementProposed, DisputeSettlementRefused, DisputeSettlementAccepted)

    @property
    def proposed(self) -> DisputeSettlementProposed | None:
        """The figure that was proposed last."""
        events = [one.event for one in self.proposals if isinstance(one.event, DisputeSettlementProposed)]
        return events[-1] if events else None
