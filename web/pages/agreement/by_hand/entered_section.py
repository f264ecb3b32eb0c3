"""What was entered by hand, as a section of the scorecard."""

from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from projections.performance.trend import Basis
from web.clock import today
from web.pages.frame.page import PageContext
from web.presenters import text
from web.presenters.agreement import entered as words
from web.presenters.tables import Link, Table
from web.queries.agreement import entered_figures as figures
from web.queries.agreement.entered_figures import EnteredLineResult, EnteredQuery, EnteredScorecard

_OF_WHOLE_AGENCIES: Final = (
    "What is entered by hand is of whole agencies, so there is none of an area, of criminal-justice referrals or of "
    "young people."
)


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A KPI as the scorecard has it, and where its page is."""

    line: EnteredLineResult
    href: str
    share: str
    numbers: str
    period: str
    by: str


@dataclass(frozen=True, slots=True)
class EnteredSection:
    """The lines, how many values are missing, and where what was entered later is seen; or a sentence instead."""

    lines: tuple[SectionLine, ...]
    all_at: str
    missing: str = ""
    later: Link | None = None
    later_than: str = ""
    sentence: str = ""
    numbers: Table | None = None


def entered_section(context: PageContext, basis: Basis) -> EnteredSection | None:
    """The section from a scorecard's standpoint; None where no KPI is entered by hand."""
    slice_, known_at = context.slice_, context.standpoint.known_at
    query = EnteredQuery(context.as_of, known_at, slice_.agency, basis, today())
    card = figures.scorecard(context.snapshot, context.who, query)
    if not card.lines and card.newer is None:
        return None
    asked = _asked(context)
    all_at = url_for("entered_pages.entered", **asked)
    if slice_.area or slice_.criminal_justice or slice_.young_people:
        return EnteredSection((), all_at, sentence=_OF_WHOLE_AGENCIES)
    lines = tuple(_line(line, url_for("entered_pages.kpi", number=line.number, **asked)) for line in card.lines)
    missing = f"{text.plural(len(card.due), 'value is', 'values are')} missing." if card.due else ""
    return EnteredSection(lines, all_at, missing, *_later(context, card), numbers=words.lines_table(card))


def _asked(context: PageContext) -> dict[str, Any]:
    known_at = context.standpoint.known_at
    asked = {"as_of": context.as_of, "known_at": known_at, "agency": context.slice_.agency}
    return {name: value for name, value in asked.items() if value is not None}


def _line(line: EnteredLineResult, href: str) -> SectionLine:
    figure = line.figure
    numbers = words.numbers(figure.numerator, figure.denominator)
    share = words.share(figure.numerator, figure.denominator)
    by = ". ".join(filter(None, (words.who_entered(figure), words.open_questions(figure))))
    return SectionLine(line, href, share, numbers, words.period_in_words(figure), by)


def _later(context: PageContext, card: EnteredScorecard) -> tuple[Link | None, str]:
    """What was entered after the day of the scorecard's knowledge, which that day does not know."""
    known_at = card.standpoint.known_at
    if card.newer is None or known_at is None:
        return None, ""
    href = context.to("scorecard.scorecard", known_at=card.newer.isoformat(), cut=None)
    return Link(f"as known on {text.day(card.newer)}", href), text.day(known_at)
