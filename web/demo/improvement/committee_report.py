"""The committee report of the demonstration that was given out before the board's: June as it was known in July 2017.

Herefordshire's paper prints June beside July; that its figures of June were a report of their own is chosen, so that
the board's report can say what has changed since.
"""

from datetime import date
from typing import Final

from domain.contract_life.transitions import COMMISSIONER
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.commands.improvement.author import Author
from web.commands.improvement.committee_reports import give_out
from web.presenters.contract_life.reports import Viewpoint
from web.presenters.improvement.committee.report import compose, figures_kept
from web.presenters.improvement.committee.view import ReportView, naming
from web.queries.improvement.committee.given import given
from web.services import OPERATOR, Services

AS_OF, KNOWN_AT, GIVEN_ON = date(2017, 6, 30), date(2017, 7, 15), date(2017, 7, 19)
NAME: Final = "Health and Wellbeing Board, 19 July 2017"


def give_first_report(services: Services, today: date) -> None:
    """Give it out, if a loading that was cut short has not."""
    with services.snapshot(in_memory=True) as snapshot:
        if given(snapshot, EVERYTHING).reports:
            return
        seen = Viewpoint(snapshot, EVERYTHING, AS_OF, KNOWN_AT, Slice(), naming(snapshot))
        view = ReportView(seen, EVERYTHING, today)
        report, figures = compose(view), figures_kept(view)
    author = Author(services.actor, OPERATOR, COMMISSIONER, GIVEN_ON, today)
    give_out(services.register, report, figures, NAME, author)
