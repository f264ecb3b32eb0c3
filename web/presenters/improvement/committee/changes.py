"""What changed since the last report that was given out: figures restated, people counted, and where they are now."""

from datetime import date

from domain.measures.registry import MEASURE_OF
from domain.standpoint import Standpoint
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.improvement.committee.changes import (
    FigureSince,
    PeopleMoved,
    SinceLast,
    SinceQuery,
    since_last,
)
from web.queries.improvement.committee.given import GivenReport, given_result

from .figures import all_lines
from .view import ReportView, SectionWords, report_table

_COLUMNS = (
    Column("Figure", width=4.4),
    Column("In the last report", width=2.4),
    Column("The same day by what is known now", width=2.6),
    Column("People counted, since then", width=2.6),
    Column("People in the cohort, since then", width=2.6),
    Column("In this report", width=2.4),
)
_ADDS_UP = "What was printed, and the people counted anew and no longer counted, add up to what is known now."
_UNCHANGED = (Column("Figure", width=7.2), Column("In the last report", width=4.9), Column("In this report", width=4.9))


def since(view: ReportView) -> SinceLast | None:
    """What changed; None where no report was given out before."""
    if view.last is None:
        return None
    seen = view.seen
    days = {line.measure.code: line.figure.as_of for line in all_lines(view)}
    return since_last(seen.snapshot, seen.who, SinceQuery(view.last, days, seen.known_at, seen.slice_))


def changes_words(_view: ReportView, its: SinceLast | None) -> SectionWords:
    """From where the last report was seen, what it went without, and each of its figures then and now."""
    if its is None:
        return SectionWords(["No report was given out before this one."])
    sentences = [*_last(its.last), *_restated(its)]
    restated = [_row(one) for one in its.figures if one.is_restated]
    others = [_short_row(one) for one in its.figures if not one.is_restated]
    tables = [Table(_COLUMNS, restated, "Restated since the last report", [_ADDS_UP])] if restated else []
    tables += [Table(_UNCHANGED, others, "Then and now")] if others else []
    return SectionWords(sentences, [], list(map(report_table, tables)))


def _last(last: GivenReport) -> list[str]:
    seen_from = Standpoint(last.standpoint.as_of, last.standpoint.known_at, last.standpoint.position)
    stood = words.standpoint(seen_from)
    named = f"no. {last.number}, “{last.name}”, given out on {words.day(last.on)}"
    said = [f"The last report was {named}, {stood[:1].lower()}{stood[1:]}"]
    return [*said, f"It went without {words.listed(_headings(last.left_out))}."] if last.left_out else said


def _headings(keys: tuple[str, ...]) -> list[str]:
    """The headings of sections as a sentence has them; of a section that is no more, its key."""
    from .registry import heading_of

    return [heading_of(key)[:1].lower() + heading_of(key)[1:] for key in keys]


def _restated(its: SinceLast) -> list[str]:
    restated = [one for one in its.figures if one.is_restated]
    if not its.figures:
        return []
    if not restated:
        return ["None of its figures has been restated since."]
    names = words.listed([one.measure for one in restated])
    many = words.plural(len(restated), "of its figures has", "of its figures have")
    return [f"{many} been restated since: {names}."]


def _short_row(one: FigureSince) -> list[str]:
    """A figure that was not restated, in one line: there are many of them."""
    then, now = (", ".join(_counts(*its).split("\n")) for its in ((one.then, one.as_of), (one.newest, one.newest_day)))
    return [_named(one), then, "the same" if now == then else now]


def _named(one: FigureSince) -> str:
    return f"{one.measure} {MEASURE_OF[one.measure].name}"


def _row(one: FigureSince) -> list[str]:
    return [
        _named(one),
        _counts(one.then, one.as_of),
        _counts(one.same_day),
        _people(one.numerator),
        _people(one.denominator),
        _counts(one.newest, one.newest_day),
    ]


def _counts(numbers: tuple[int, int | None], day: date | None = None) -> str:
    numerator, denominator = numbers
    counted = f"{numerator:,}" if denominator is None else f"{numerator:,} of {denominator:,}"
    on = words.short_day(day) if day else ""
    return "\n".join(filter(None, [words.percent_of(numerator, denominator), counted, on]))


def _people(moved: PeopleMoved | None) -> str:
    if moved is None or not (moved.more or moved.fewer):
        return "no change"
    return f"{moved.printed:,} + {moved.more:,} \N{MINUS SIGN} {moved.fewer:,} = {moved.now:,}"


# ---- for the public


def last_public(view: ReportView) -> GivenReport | None:
    """The public report that was given out last."""
    return given_result(view.last) if view.last else None


def public_changes_words(_view: ReportView, last: GivenReport | None) -> SectionWords:
    """Which report was the last; what differs between two of them would tell of a few people."""
    return SectionWords(_last(last) if last else ["No report was given out before this one."])
