"""The dispute of the demonstration: Hereford's opiate completions of July 2017, client by client to a settlement.

The board saw 11 of Hereford's 258 in August; by October three of them had come back, and it was 8. Who they are, and
which figure has them, is what the files say. That there was a dispute, what was said and when, and that one of the
three returns was a mistake in the hub's file, is chosen.
"""

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from domain.contract_life.dispute import Dispute
from domain.improvement.disputed.steps import DATA_ERROR, DisputeRow, DisputeRowAnswer
from domain.measures.registry import measure_named
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web.commands.contract_life.disputes import Speaker, open_dispute
from web.commands.improvement.disputed.steps import DisputeSaid, answer_rows, list_rows, take_dispute_step
from web.demo.timetable import HEREFORD
from web.files.evidence import evidence_of
from web.queries.improvement.disputed.rows import no_longer_counted
from web.services import OPERATOR, Services

NUMBER: Final = 1
CODE, HUB, AS_OF = "4.0", HEREFORD.code, date(2017, 7, 31)
SEEN_BY_BOARD, KNOWN_BY_OCTOBER = date(2017, 8, 15), date(2017, 10, 20)
CLAIMED, SETTLED = Claim(11, 258), Claim(9, 258)
LIST: Final = b"AGNCY,COMPLETED_TO_31_JULY_2017\nH0001,11\n"
"""The file that is the evidence; its hash is kept, and the file is not."""
_CONTESTED: Final = "The client came back, so the completion does not count by the rule."


class _Step(NamedTuple):
    on: date
    take: Callable[[Speaker], Dispute]
    party: str = ""


def settle_dispute(services: Services) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    with services.snapshot() as snapshot:
        known = next((one for one in snapshot.disputes if one.number == NUMBER), None)
        rows = _rows(services) if known is None or known.version == 1 else ()
    # Each step but the last is one event.
    for place, step in enumerate(_steps(services, rows), 1):
        if known is None or place > known.version:
            step.take(Speaker(services.actor, OPERATOR, step.on, step.party))


def _rows(services: Services) -> tuple[DisputeRow, ...]:
    """The clients who were counted for the board, and are not by what was known in October."""
    with services.snapshot() as snapshot:
        standpoints = [snapshot.standpoint(AS_OF, day) for day in (SEEN_BY_BOARD, KNOWN_BY_OCTOBER)]
        episodes = no_longer_counted(snapshot, measure_named(CODE), HUB, *standpoints)
    words = "On the list that the board’s paper was made from"
    return tuple(
        DisputeRow(place, episode, HUB, "not-counted", "counted", words) for place, episode in enumerate(episodes, 1)
    )


def _steps(services: Services, rows: tuple[DisputeRow, ...]) -> list[_Step]:
    register = services.register

    def said(step: str, words: str, **more: object) -> Callable[[Speaker], Dispute]:
        its = DisputeSaid(words, **more)  # type: ignore[arg-type]
        return lambda speaker: take_dispute_step(register, NUMBER, step, its, speaker)

    answers = [
        DisputeRowAnswer(1, "accepted", DATA_ERROR, "The hub will withdraw the return with a new file."),
        *(DisputeRowAnswer(row, "contested", "came-back", _CONTESTED) for row in (2, 3)),
    ]
    review = {
        "held_on": date(2017, 11, 2),
        "attendees": "data lead of the hub, contracts officer",
        "rows": (1, 2, 3),
    }
    met = "Nobody miscounted: the board’s paper is of August. One return was entered under the wrong reference."
    listed = {"file": evidence_of("hereford-july.csv", LIST)}
    return [
        _Step(date(2017, 10, 24), lambda speaker: _open(services, speaker), HUB),
        _Step(date(2017, 10, 24), lambda speaker: list_rows(register, NUMBER, rows, speaker), HUB),
        _Step(date(2017, 10, 25), said("give evidence for", "Our list of completions, from July.", **listed), HUB),
        _Step(date(2017, 10, 27), lambda speaker: answer_rows(register, NUMBER, answers, speaker)),
        _Step(date(2017, 11, 2), said("review", met, **review)),
        _Step(date(2017, 11, 6), said("propose a settlement of", "8, and the one whose return is a mistake.",
                                      agreed=SETTLED)),
        _Step(date(2017, 11, 8), said("accept the settlement of", "Agreed. August’s figure stays as printed."), HUB),
    ]  # fmt: skip


def _open(services: Services, speaker: Speaker) -> Dispute:
    with services.snapshot() as snapshot:
        standpoint = snapshot.standpoint(AS_OF, KNOWN_BY_OCTOBER)
    reason = "The board’s paper of August has 11 of our 258. By October it is 8, and we lost nobody that we know of."
    return open_dispute(services.register, measure_named(CODE), standpoint, Slice(agency=HUB), CLAIMED, reason, speaker)
