"""The monthly completion targets by hub, which the action plan of 10 April 2017 asks for.

The paper says that there are to be some ("these will be broken down into monthly targets by hub") and has no numbers.
These are worked out by caseload from what was known on the day on which the plan began, of the last month that all
files covered then; the days of the agreements are chosen.
"""

from datetime import date
from typing import Final

from domain.contract_life.hub_targets import SharingRule
from web.auth.viewer import EVERYTHING
from web.commands.agreement.hub_targets import HubSpeaker, Numbers, agree, propose
from web.demo.targets import PLAN
from web.demo.timetable import AGENCIES
from web.queries.agreement.hub_targets import ProposalQuery, every_hub_target, proposal
from web.queries.contract_life.targets import all_targets
from web.services import OPERATOR, Services

SHARED: Final = ("4.0", "4.1", "4.2", "4.3")
"""The KPIs of area 1 of the plan, "Performance - Successful Completions"."""
SEEN: Final = date(2017, 2, 28)
"""The last month end that the files of all hubs covered when the plan began."""
AGREED_ON: Final = date(2017, 4, 13)
"""The day on which the hubs' provider agreed."""


def share_out_targets(services: Services, today: date) -> None:
    """Propose the numbers and agree to them, if they are not yet: a loading that was cut short goes on."""
    hubs = frozenset(AGENCIES)
    with services.snapshot() as snapshot:
        planned = [one for one in all_targets(snapshot) if one.terms.measure in SHARED and one.agreed_on == PLAN]
    for number in (one.number for one in planned):
        with services.snapshot() as snapshot:
            said = every_hub_target(snapshot).of_target(number)
            result = proposal(snapshot, EVERYTHING, ProposalQuery(number, SharingRule.CASELOAD, SEEN, PLAN))
        if said is None:
            numbers = {hub.agency: hub.numbers for hub in result.hubs}
            proposed = Numbers(result.whole, result.rule, result.months[0], numbers)
            speaker = HubSpeaker(services.actor, OPERATOR, None, PLAN, today)
            propose(services.register, number, proposed, speaker)
        agree(services.register, number, HubSpeaker(services.actor, OPERATOR, hubs, AGREED_ON, today))
