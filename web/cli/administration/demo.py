"""The command `demo`: load the demonstration archive where nothing is stored yet, and print the scorecard."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from domain.log.database import writing
from domain.measures.registry import APPENDIX_C
from projections.publication.published import cuts
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services
from web.clock import today
from web.commands.administration.accounts import name_agency
from web.commands.contract_life.publish import PublishCut, publishing
from web.commands.ingest.intake import Intake
from web.demo.agreement.colour_rules import agree_colours
from web.demo.agreement.comparators import set_comparators
from web.demo.agreement.entered import enter_kpis
from web.demo.agreement.hub_targets import share_out_targets
from web.demo.archive import write_archive
from web.demo.improvement.action_plans import write_plans
from web.demo.improvement.case_file_audits import hold_audits
from web.demo.improvement.commentary import write_comments
from web.demo.improvement.committee_report import give_first_report
from web.demo.improvement.disputes import settle_dispute
from web.demo.improvement.meetings import write_meetings
from web.demo.improvement.performance_notices import write_notices
from web.demo.improvement.return_reviews import write_return_reviews
from web.demo.targets import set_indicator, set_targets
from web.demo.timetable import AGENCIES
from web.files.uploads import read_manifest
from web.presenters.console import messages, output, progress, say
from web.presenters.performance.figures import print_figures
from web.queries.performance.days import newest_day
from web.queries.performance.figures import FiguresQuery, figures
from web.services import OPERATOR, Services
from web.snapshot import Snapshot

AS_OF, KNOWN_AT = date(2017, 7, 31), date(2017, 8, 15)
"""The scorecard's standpoint: what the board saw on 16 August 2017."""
BOARD: Final = "Board 16 Aug 2017"
"""The cut under which that scorecard is frozen."""
LOADING, LOADED = b"loading", b"loaded"
"""How far the loading has come; cut short, it goes on with the next call."""
_LATER: Final = (
    "This is what the board saw on 16 August 2017. What had been learned of the same day by October:",
    "  recount figures --as-of 2017-07-31 --known-at 2017-10-20",
)


@click.command()
@options.as_json
def demo(*, as_json: bool) -> None:
    """Load the demonstration archive where the database is empty, and print the scorecard.

    No person in the demonstration is real.
    """
    services = new_services()
    with services.snapshot() as snapshot:
        loaded, is_empty = snapshot.demonstration, not len(snapshot.submissions)
    if loaded == LOADING or (loaded is None and is_empty):
        _load(services)
    with services.snapshot() as snapshot:
        _print_scorecard(snapshot, as_json=as_json)


def _load(services: Services) -> None:
    services.mark_demonstration(LOADING)
    with TemporaryDirectory(prefix="recount-demo-") as folder:
        lines = read_manifest(write_archive(Path(folder)))
        say(messages(), f"Loading the demonstration archive: {len(lines)} files of three invented agencies.")
        with progress("Demonstration archive") as advance:
            Intake(services, services.actor, OPERATOR).take_archive(lines, advance)
    with writing(services.engine) as connection:
        for agency in AGENCIES.values():
            name_agency(connection, agency.code, agency.hub)
    set_targets(services.register, today(), actor=services.actor, role=OPERATOR)
    agree_colours(services.register, today(), actor=services.actor, role=OPERATOR)
    set_comparators(services.register, today(), actor=services.actor, role=OPERATOR)
    enter_kpis(services.register, today(), actor=services.actor, role=OPERATOR)
    share_out_targets(services, today())
    write_plans(services, today())
    write_notices(services, today())
    write_return_reviews(services, today())
    hold_audits(services, today())
    settle_dispute(services)
    give_first_report(services, today())
    write_comments(services, today(), AS_OF, KNOWN_AT)
    write_meetings(services, today(), _freeze(services))
    set_indicator(services.register, today(), actor=services.actor, role=OPERATOR)
    _freeze(services)
    services.mark_demonstration(LOADED)


def _freeze(services: Services) -> int:
    """Publish the board's scorecard under its name, if a loading that was cut short has not; gives its number."""
    if not (its := _frozen(services)):
        with publishing(services, services.actor, OPERATOR) as publisher:
            publisher.cut(PublishCut(BOARD, AS_OF, KNOWN_AT))
        its = _frozen(services)
    return its[0]


def _frozen(services: Services) -> list[int]:
    with services.snapshot() as snapshot:
        return [cut.event.number for cut in cuts(snapshot.connection, snapshot.mapper) if cut.title == BOARD]


def _print_scorecard(snapshot: Snapshot, *, as_json: bool) -> None:
    result = figures(snapshot, EVERYTHING, _scorecard(snapshot))
    answer(
        as_json=as_json,
        demonstration=snapshot.is_demonstration,
        document=result.document,
        tables=lambda console: print_figures(console, result),
    )
    if snapshot.is_demonstration and not as_json:
        say(output(), "", *_LATER)


def _scorecard(snapshot: Snapshot) -> FiguresQuery:
    """The board's, of the demonstration; else of the newest month end that the files cover."""
    if snapshot.is_demonstration:
        return FiguresQuery(AS_OF, KNOWN_AT, APPENDIX_C)
    day = newest_day(snapshot)
    assert day  # where nothing was stored, the demonstration has just been loaded
    return FiguresQuery(day, measures=APPENDIX_C)
