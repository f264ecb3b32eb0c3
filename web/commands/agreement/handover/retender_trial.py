"""A re-tender tried: what it would do to every figure, for everybody, by area, and for the old and the new agencies.

It is planned and measured over one snapshot: nothing is written, and nobody waits for it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import msgspec

from domain.errors import Refused
from domain.periods import ONE_DAY
from projections.store.submissions import Submissions
from web.commands.commit import Receipt, check_order
from web.commands.known import Knowledge
from web.queries.result import Result
from web.services import Services
from web.snapshot import Snapshot

from .effects import HANDED_OVER, RetenderEffect, effects_of
from .retender import check_retender, retendered, seen_from
from .retender_events import events_of
from .retender_plan import Retender, RetenderPlan, plan_retender
from .retender_results import Retendered, RetenderNotice


class RetenderTrial(Result, frozen=True):
    """What would become of a re-tender, and every figure with it: all measures, of everybody, by area and by agency.

    `as_of` is the newest day that the old agencies' files cover, or the first day of the new contract if that is later.
    """

    retendered: Retendered
    as_of: date
    effects: tuple[RetenderEffect, ...]


def try_retender(services: Services, retender: Retender, receipt: Receipt) -> RetenderTrial:
    """Every figure before and after; nothing is stored.

    Raises:
        Refused: as `say_retender`.
    """
    receipt = replace(receipt, dry_run=True)
    if receipt.received_on > receipt.today:
        raise Refused("received-in-future", "The day of receipt lies after today. Give the day on which it was said.")
    check_retender(retender, receipt)
    with services.snapshot() as snapshot:
        knowledge = Knowledge.of(snapshot.connection, snapshot.mapper)
        newest = check_order(knowledge, receipt)
        plan = plan_retender(knowledge, retender, receipt)
        events = events_of(plan, knowledge, newest, receipt)
        result = retendered(plan, receipt, seen_from(knowledge, newest, retender), events, None)
        as_of = _day(snapshot.submissions, retender)
        effects = _effects(snapshot, plan, len(events), receipt.received_on, as_of)
        notices = (*result.notices, *_notices(snapshot, plan))
    result = msgspec.structs.replace(result, notices=notices)
    return RetenderTrial(result, as_of, tuple(effects))


def _day(submissions: Submissions, retender: Retender) -> date:
    last = submissions.last_covered_day([one.from_agency for one in retender.passes])
    return max(last or retender.on, retender.on)


def _notices(snapshot: Snapshot, plan: RetenderPlan) -> Iterable[RetenderNotice]:
    """Files that are still missing, and who would stay."""
    on, submissions = plan.retender.on, snapshot.submissions
    reporting = set(submissions.agencies())
    for one in plan.handed_over:
        old, new = one.passing.from_agency, one.passing.to_agency
        last = submissions.last_covered_day([old]) if old in reporting else None
        if last is None or last < on - ONE_DAY:
            reach = f"reach {last} only" if last else "have not come"
            yield RetenderNotice(
                "files-missing",
                f"The files of {old} {reach}. Whoever it discharged since is handed over too, until a file says so: "
                "then the real discharge stands, and the transfer is undone for that episode.",
            )
        if new not in reporting:
            yield RetenderNotice(
                "no-file-yet",
                f"{new} has sent no file yet. From {on} on figures are incomplete until one comes that covers the day.",
            )
        if one.stay:
            yield RetenderNotice(
                "some-stay", f"{one.stay} open episodes of {old} are not on the list. They stay open there."
            )


def _effects(
    snapshot: Snapshot, plan: RetenderPlan, events: int, received_on: date, as_of: date
) -> Iterable[RetenderEffect]:
    episodes = [episode for one in plan.handed_over for episode in one.episodes]
    agencies = [agency for one in plan.retender.passes for agency in (one.from_agency, one.to_agency)]
    return effects_of(
        snapshot,
        episodes,
        plan.contracts,
        agencies,
        HANDED_OVER,
        events=events,
        received_on=received_on,
        as_of=as_of,
    )
