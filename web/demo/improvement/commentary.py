"""Comments of the demonstration: what both sides said beside figures of July 2017 in the board's week.

What they say follows the paper: which figures rise and fall, which one concerns the council most, and what the service
does about it. The sentences, and that they were written on 16 August, are chosen. Two of them are about 24 of 438,
which is 22 of 438 by what was learned later.
"""

from datetime import date
from typing import Final, NamedTuple

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.written import WrittenAbout
from domain.log.database import reading
from domain.measures.registry import MEASURE_OF
from projections.improvement.meetings.commentary import comments
from web.auth.viewer import EVERYTHING
from web.commands.improvement.author import Author
from web.commands.improvement.meetings.commentary import write_comment
from web.demo.timetable import AGENCIES
from web.queries.improvement.about import figure_about
from web.queries.performance.figures import FiguresQuery, figures
from web.services import OPERATOR, Services

WRITTEN_ON: Final = date(2017, 8, 16)


class _Said(NamedTuple):
    party: str
    measure: str
    words: str


SAID: Final = (
    _Said(
        PROVIDER,
        "4.0",
        "Completions have risen in each month since April. Each hub now has its targets by month, and they hang where "
        "the teams see them. Groups are being added in Ross, Leominster and Hereford.",
    ),
    _Said(
        COMMISSIONER,
        "4.0",
        "We welcome three rises in a row. The figure is still well short of 8%, which is due by the end of December, "
        "so the improvement plan goes on until 10 October.",
    ),
    _Said(
        PROVIDER,
        "4.3",
        "The group is small: one completion more or less moves the figure by nearly three points.",
    ),
    _Said(
        COMMISSIONER,
        "4.3",
        "Few people stand behind it, but of all figures the fall in July is the one that concerns us most.",
    ),
)
"""The first comment is number 1, and so on."""


def write_comments(services: Services, today: date, as_of: date, known_at: date) -> None:
    """Say what is not said yet, of figures as of a day as they were known: a loading that was cut short goes on."""
    with reading(services.engine) as connection:
        known = len(comments(connection, services.register.mapper))
    about = _figures(services, as_of, known_at) if known < len(SAID) else {}
    for said in SAID[known:]:
        own = frozenset(AGENCIES) if said.party == PROVIDER else None
        author = Author(services.actor, OPERATOR, said.party, WRITTEN_ON, today, own)
        write_comment(services.register, about[said.measure], said.words, author, shared=True)


def _figures(services: Services, as_of: date, known_at: date) -> dict[str, WrittenAbout]:
    measures = tuple(MEASURE_OF[code] for code in dict.fromkeys(said.measure for said in SAID))
    with services.snapshot() as snapshot:
        its = figures(snapshot, EVERYTHING, FiguresQuery(as_of, known_at, measures)).figures
    return {figure.code: figure_about(figure) for figure in its}
