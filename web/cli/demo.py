"""What `recount demo` does: load the demonstration archive where nothing is stored yet, and print the scorecard."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from domain.log.database import writing
from domain.measures.registry import APPENDIX_C
from projections.publication.published import cuts
from web.commands.submit import Intake
from web.context import OPERATOR, Context, Question, today
from web.demo.archive import write_archive
from web.demo.targets import set_targets
from web.demo.timetable import AGENCIES
from web.files.manifest import read_manifest
from web.presenters.console import messages, output, say
from web.presenters.figures import print_figures
from web.presenters.progress import progress
from web.queries.agency_names import name_agency
from web.queries.figures import FiguresAsked, figures
from web.queries.publications import Frozen, publishing

from .output import answer, new_context

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


def demo(*, as_json: bool) -> None:
    """Load the archive where the database is empty or its loading was cut short, then print the scorecard."""
    context = new_context()
    with context.question() as question:
        loaded, is_empty = question.demonstration, not len(question.submissions)
    if loaded == LOADING or (loaded is None and is_empty):
        _load(context)
    with context.question() as question:
        _print_scorecard(question, as_json=as_json)


def _load(context: Context) -> None:
    context.mark_demonstration(LOADING)
    with TemporaryDirectory(prefix="recount-demo-") as folder:
        lines = read_manifest(write_archive(Path(folder)))
        say(messages(), f"Loading the demonstration archive: {len(lines)} files of three invented agencies.")
        with progress("Demonstration archive") as come:
            Intake(context, context.actor, OPERATOR).take_archive(lines, come)
    with writing(context.engine) as connection:
        for agency in AGENCIES.values():
            name_agency(connection, agency.code, agency.hub)
    set_targets(context.register, today(), actor=context.actor, role=OPERATOR)
    _freeze(context)
    context.mark_demonstration(LOADED)


def _freeze(context: Context) -> None:
    """Publish the board's scorecard under its name, if a loading that was cut short has not."""
    with context.question() as question:
        if any(cut.title == BOARD for cut in cuts(question.connection, question.mapper)):
            return
    with publishing(context, context.actor, OPERATOR) as publisher:
        publisher.cut(Frozen(BOARD, AS_OF, KNOWN_AT))


def _print_scorecard(question: Question, *, as_json: bool) -> None:
    found = figures(question, _scorecard(question))
    answer(
        as_json=as_json,
        demonstration=question.is_demonstration,
        document=found.document,
        tables=lambda console: print_figures(console, found.figures),
    )
    if question.is_demonstration and not as_json:
        say(output(), "", *_LATER)


def _scorecard(question: Question) -> FiguresAsked:
    """The board's, of the demonstration; else of the last month end before the newest receipt."""
    if question.is_demonstration:
        return FiguresAsked(AS_OF, KNOWN_AT, APPENDIX_C)
    newest = question.submissions.newest
    assert newest  # where nothing was stored, the demonstration has just been loaded
    return FiguresAsked(newest.received_on.replace(day=1) - timedelta(days=1), measures=APPENDIX_C)
