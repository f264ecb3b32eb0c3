"""Reviews of returns of the demonstration: a rule from the improvement plan on, and what Leominster found.

The plan asks for a mechanism by which re-presentations are reviewed and their lessons inform practice. That it began
with the plan, in 20 working days, that Leominster had one a year before, of later returns too, and reviewed most of
them, is chosen; the findings are those that the plan names.
"""

from datetime import date, timedelta
from itertools import cycle
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.return_reviews import ReturnRule
from domain.log.database import reading
from projections.improvement.return_reviews import OwedReview, ReturnReviews
from web.auth.viewer import EVERYTHING
from web.commands.improvement.author import Author
from web.commands.improvement.return_reviews import ReviewSaid, set_rule, write_review
from web.demo.timetable import AGENCIES, LEOMINSTER
from web.queries.improvement.return_reviews import owed_on
from web.services import OPERATOR, Services

FIRST_DAY: Final = date(2017, 4, 10)
REVIEWER: Final = LEOMINSTER.code
RULES: Final = {
    agency: ReturnRule(20, working=True, months=6, first_day=FIRST_DAY)
    if agency != REVIEWER
    else ReturnRule(20, working=True, months=12, first_day=date(2016, 4, 1))
    for agency in AGENCIES
}
LAST_DAY: Final = date(2017, 11, 10)
"""Nothing is written after it."""
_LATE: Final = 3
"""Every third review was written a fortnight after it was due, and the one after it not at all."""
_SAID: Final = (
    ReviewSaid(("no-aftercare", "no-community"), "Aftercare is booked before the last appointment, not after it."),
    ReviewSaid(("no-exit-plan",), "The exit is talked about at every review of the recovery plan, from the first on."),
    ReviewSaid(("no-relapse-prevention", "life-event"), "Housing is asked about in the month before an exit."),
    ReviewSaid(("asked-early",), "The client knew whom to call. The leaflet with the number is given at every exit."),
)


def write_return_reviews(services: Services, today: date) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    with reading(services.engine) as connection:
        known = ReturnReviews.load(connection, services.register.mapper)
    for agency, rule in list(RULES.items())[len(known.rules_said) :]:
        said_on = rule.first_day or FIRST_DAY
        set_rule(services.register, agency, rule, _author(services, COMMISSIONER, said_on, today))
    with services.snapshot() as snapshot:
        every = [one for one in owed_on(snapshot, EVERYTHING, today, REVIEWER) if one.due and one.client_return]
    ordered = sorted(every, key=lambda one: (one.due or date.min, one.episode))
    for place, (one, said) in enumerate(zip(ordered, cycle(_SAID)), 1):
        on = _written_on(one, place)
        if on and on <= min(LAST_DAY, today) and one.review is None and one.state != "no longer due":
            author = _author(services, PROVIDER, on, today, frozenset({REVIEWER}))
            write_review(services.register, one.episode, said, author)


def _written_on(one: OwedReview, place: int) -> date | None:
    assert one.due
    assert one.client_return
    if place % (_LATE + 1) == 0:
        return None
    return one.due + timedelta(14) if place % _LATE == 0 else max(one.client_return.began, one.due - timedelta(3))


def _author(services: Services, party: str, on: date, today: date, own: frozenset[str] | None = None) -> Author:
    return Author(services.actor, OPERATOR, party, on, today, own)
