"""Taking a handover back tried: what it would do to every figure; nothing is stored."""

from dataclasses import replace
from datetime import date

from domain.errors import Refused
from web.commands.commit import Receipt, check_order
from web.commands.known import Knowledge
from web.queries.result import Result
from web.services import Services

from .effects import TAKEN_BACK, RetenderEffect, effects_of
from .undo_handover import CaseloadTakenBack, plan_undo


class TakeBackTrial(Result, frozen=True):
    """What would become of it, and every figure with it: all measures, of everybody, by area and by agency.

    `as_of` is the newest day that the two agencies' files cover, or the day of the handover if that is later.
    """

    taken_back: CaseloadTakenBack
    as_of: date
    effects: tuple[RetenderEffect, ...]


def try_undo(services: Services, number: int, receipt: Receipt) -> TakeBackTrial:
    """Every figure before and after.

    Raises:
        Refused: as `undo_handover`.
    """
    receipt = replace(receipt, dry_run=True)
    if receipt.received_on > receipt.today:
        raise Refused("received-in-future", "The day of receipt lies after today. Give the day on which it was said.")
    with services.snapshot() as snapshot:
        knowledge = Knowledge.of(snapshot.connection, snapshot.mapper)
        plan = plan_undo(knowledge, number, check_order(knowledge, receipt), receipt)
        said = plan.said
        agencies = [said.agency, said.to_agency]
        last = snapshot.submissions.last_covered_day(agencies)
        as_of = max(last or said.handed_over_on, said.handed_over_on)
        effects = effects_of(
            snapshot,
            plan.episodes,
            plan.contracts,
            agencies,
            TAKEN_BACK,
            events=len(plan.events),
            received_on=receipt.received_on,
            as_of=as_of,
        )
    return TakeBackTrial(plan.result(receipt, None), as_of, tuple(effects))
