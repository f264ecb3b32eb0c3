"""Days, shares and states in the words of people who read council papers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Protocol

from domain.measures.registry import Measure
from domain.measures.wording import RECORDED_OF
from domain.periods import Period, quarter_of
from domain.rounding import READ_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.standings.engine import LONG_WAIT_DAYS, Figure, Waiting
from projections.standings.hidden import Hidden
from projections.standings.slices import Slice
from projections.standings.wilson import wilson
from projections.store.submissions import Coverage
from projections.timeliness.later_moves import LaterMoves
from web.queries.performance.figure import FigureCoverage, FigureResult, StandpointResult, WaitingCount

AnyFigure = Figure | FigureResult
"""A figure, as an answer or as what another answer is made of."""


class Covered(Protocol):
    """What rests on the agencies' files: a figure, or a scorecard."""

    @property
    def status(self) -> str | None:
        """Whether the files are in; None while it is too early, and where no file covers the day."""

    @property
    def standpoint(self) -> Standpoint | StandpointResult:
        """From where it is seen."""

    @property
    def files_status(self) -> str | None:
        """What the files make of the day, also of an immature figure."""

    @property
    def days_covered(self) -> Period | None:
        """From the first to the last day that any file covers."""

    @property
    def coverage(self) -> Coverage | FigureCoverage:
        """Which agencies are expected, and which are missing."""


LOCAL_ESTIMATE: Final = "A local estimate: treatment at agencies that do not report here, and in prison, is not seen."


NOT_SHOWN: Final = "not shown: it would tell of fewer than 5 people of other agencies"
NOT_COVERED: Final = "no file covers the day"
"""In place of the numbers of a figure, where nothing is known of its day."""
TOO_EARLY: Final = "too early"
"""In place of the status of an immature figure."""

UNLESS_MORE_THAN_CHANCE: Final = "Chance alone may give each difference that is not said to be more than chance."
"""Said once above directions, in place of a word on nearly every one."""

AUDIENCES: Final = {
    "full": "Those who may see all figures. It has counts under 5: not for the public.",
    "own": "One provider, about its own agencies and the sums of the area. It has counts under 5: not for the public.",
}
"""For whom a file is, in words, by the word for the audience."""


def day(value: date) -> str:
    """A day as a letter has it: 31 July 2017."""
    return f"{value.day} {value:%B %Y}"


def with_days(sentence: str) -> str:
    """A sentence with its days as a letter has them; one that says how a day is written stays as it is."""
    return sentence if " like " in sentence else _WRITTEN_DAY.sub(_as_in_a_letter, sentence)


_WRITTEN_DAY: Final = re.compile(r"\b[12][0-9]{3}-[01][0-9]-[0-3][0-9]\b")


def _as_in_a_letter(written: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(written[0]))
    except ValueError:
        return written[0]


def short_day(value: date) -> str:
    """A day as a table has it: 31 Jul 2017."""
    return f"{value.day} {value:%b %Y}"


def window(first_day: date, last_day: date) -> str:
    """A period in a table; a single day is named once."""
    return short_day(last_day) if first_day == last_day else f"{short_day(first_day)} to {short_day(last_day)}"


def period_ending(last_day: date, every: str) -> str:
    """The month or the council's quarter that ends on a day: July 2017, Q3 2016/17."""
    return quarter_of(last_day) if every == "quarter" else f"{last_day:%B %Y}"


def percent(value: float | None) -> str:
    """A percentage with one decimal, half up; nothing for an empty denominator."""
    return "" if value is None else f"{half_up(value, READ_DECIMALS):.1f}%"


def percent_of(numerator: int, denominator: int | None) -> str:
    """The same of two whole numbers, which are exact."""
    return percent(percentage_of(numerator, denominator, READ_DECIMALS))


def percentage(figure: AnyFigure) -> str:
    """The percentage of a figure, rounded from its two numbers; nothing where it has none."""
    return "" if figure.percentage is None else percent_of(figure.numerator, figure.denominator)


def points(value: float, unit: str = "") -> str:
    """A difference in points with its sign and one decimal, half up."""
    return f"{half_up(value, READ_DECIMALS):+.1f}{unit}"


def distance(points_apart: float) -> str:
    """How far in points, whichever way, with one decimal."""
    return f"{half_up(abs(points_apart), READ_DECIMALS):.1f}"


def whole(value: float) -> str:
    """A number without decimals, half up."""
    return f"{half_up(value, 0):,.0f}"


def share(count: int, total: int) -> str:
    """A part of a whole in a sentence: a whole percentage, but never none or all where it is neither."""
    exact = Fraction(100 * count, total)
    if 0 < exact < 1:
        return "under 1%"
    return "over 99%" if 99 < exact < 100 else f"{half_up(exact, 0):.0f}%"


def exact_percentage(figure: AnyFigure) -> float | None:
    """The percentage of a figure before it is rounded, to be drawn; None where it has none."""
    if figure.percentage is None or not figure.denominator:
        return None
    return 100 * figure.numerator / figure.denominator


def exact_limits(figure: AnyFigure) -> tuple[float, float] | None:
    """Its 95% interval before it is rounded; None where there is no percentage."""
    return wilson(figure.numerator, figure.denominator) if figure.limits and figure.denominator else None


def interval(figure: AnyFigure) -> str:
    """The 95% interval in percent, rounded once; nothing where there is no percentage."""
    limits = exact_limits(figure)
    return "" if limits is None else f"{percent(limits[0])} to {percent(limits[1])}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def result(figure: AnyFigure) -> str:
    """Numerator of denominator; of an immature figure with how much of it has come of age; a count alone.

    Where no file covers the day there is no number.
    """
    if silence := silence_of(figure):
        return silence
    return counts(figure)


def silence_of(figure: AnyFigure) -> str:
    """Why a figure has no numbers; else nothing.

    Nothing is known of its area or agency, it is not shown to whoever asks, or no file covers its day.
    """
    if figure.unknown:
        return f"nothing is known of the {figure.unknown}"
    if figure.withheld:
        return NOT_SHOWN
    return "" if figure.is_covered else NOT_COVERED


def counts(figure: AnyFigure) -> str:
    """The numbers of `result`, also where they say nothing of the day: they are those of the records."""
    if figure.denominator is None:
        return f"{figure.numerator:,}"
    if figure.matured is None:
        return f"{figure.numerator:,} of {figure.denominator:,}"
    have = "has had its" if figure.matured == 1 else "have had their"
    return f"{figure.numerator:,} of {figure.denominator:,} so far; {figure.matured:,} {have} six months"


def of_group(measure: Measure) -> str:
    """The group that a measure is of, where its heading says what it counts: Opiate, of "Re-presentations: opiate"."""
    group = measure.name.rpartition(": ")[2]
    return group[0].upper() + group[1:]


def parts(figure: AnyFigure) -> str:
    """The numbers that add up to a count, those that are none left out."""
    return ", ".join(f"{name} {count:,}" for name, count in (figure.parts or {}).items() if count)


def waiting(who: Waiting | WaitingCount) -> str:
    """Who still waits."""
    if isinstance(who.people, Hidden):
        return "How many still wait is shown for your own agency only."
    if not who.people:
        return "Nobody still waits for treatment to start."
    verb = "waits" if who.people == 1 else "wait"
    longest = plural(who.longest_days or 0, "day")
    question = " Is that record right?" if (who.longest_days or 0) > LONG_WAIT_DAYS else ""
    waits = f"{plural(who.people, 'person', 'people')} still {verb} for treatment to start; the longest for {longest}."
    return waits + question


def standpoint(value: Standpoint | StandpointResult) -> str:
    """From where a figure is seen."""
    if not value.position:
        known = "nothing had been received yet" if value.known_at is None else f"nothing known on {day(value.known_at)}"
        return f"As of {day(value.as_of)}; {known}."
    known_at = "" if value.known_at is None else f", as known on {day(value.known_at)}"
    return f"As of {day(value.as_of)}{known_at}."


def slice_of(slice_: Slice, named: Callable[[str], str] = str) -> str:
    """Whose figures they are; `named` writes an agency."""
    return f"{slice_.words(named)}."


def status(covered: Covered, named: Callable[[str], str] = str) -> str:
    """What a figure or a scorecard rests on, in a sentence; `named` writes an agency."""
    files = covered.files_status
    if files is None:
        return no_file_covers(covered.standpoint, covered.days_covered)
    return f"Status: {covered.status or TOO_EARLY}. {_coverage(covered, files, named)}"


def no_file_covers(seen_from: Standpoint | StandpointResult, files: Period | None) -> str:
    """That nothing is known of a day, and of which days something is: from the first to the last of `files`."""
    as_of = seen_from.as_of
    if files is None:
        what = "No monthly file" if seen_from.position else "Nothing"
        return f"No file covers {day(as_of)}. {what} had been received yet."
    if as_of > files.last_day:
        return f"No file covers {day(as_of)}; files reach {day(files.last_day)}."
    return f"No file covers {day(as_of)}; files begin on {day(files.first_day)}."


BELONGS: Final = "each treatment belongs to one agency, which discharged the person last or has them now"
"""Why an agency has two numbers, and which the smaller one is."""


def belonging(figure: AnyFigure) -> str:
    """The other number of an agency's figure, and why there are two; nothing where both are the same."""
    part = figure.belonging
    if part is None or not figure.is_covered or (part.numerator, part.denominator) == _numbers(figure):
        return ""
    counted = f"{part.numerator:,}" if part.denominator is None else f"{part.numerator:,} of {part.denominator:,}"
    return (
        f"{counts(figure)} by any episode at the agency; {counted} where agencies add up to the area, since there "
        f"{BELONGS}."
    )


def _numbers(figure: AnyFigure) -> tuple[int, int | None]:
    return figure.numerator, figure.denominator


def later_moves(moves: LaterMoves | None) -> str:
    """How figures like a complete one moved after they were complete; nothing where there are none."""
    if not moves or not moves.figures:
        return ""
    such = f"Of {plural(moves.figures, 'such figure')}"
    if moves.least is None or moves.most is None:
        return f"{such}, none moved later."
    ends = dict.fromkeys((moves.least, moves.most))
    sizes = f" {'or' if moves.most == moves.least + 1 else 'to'} ".join(f"{one:,}" for one in ends)
    return f"{such}, {moves.moved:,} moved later, by {sizes} {'person' if moves.most == 1 else 'people'}."


def silence_of_day(seen_from: Standpoint | StandpointResult, files: Period | None) -> str:
    """That no file covers a day, in a sentence; empty where one does."""
    return "" if files and seen_from.as_of in files else no_file_covers(seen_from, files)


def _coverage(covered: Covered, files: str, named: Callable[[str], str]) -> str:
    coverage, on = covered.coverage, day(covered.standpoint.as_of)
    if coverage.missing:
        return f"No file from {listed([named(agency) for agency in coverage.missing], 'or')} covers {on}."
    if files == "incomplete":
        # To a provider nobody else is named (`projections.privacy.redaction`).
        return f"A file of another agency, which covers {on}, has not come yet."
    after = "but not all go on for another month" if files == "provisional" else "and go on for at least another month"
    expected = listed([named(agency) for agency in coverage.expected]) or "all agencies"
    return f"Files from {expected} cover {on}, {after}."


def contract(agency: str, first_day: date, last_day: date | None, succeeds: str, withdrawn: bool) -> str:
    """A contract, in a sentence."""
    if withdrawn:
        return f"The contract of {agency} from {day(first_day)} is withdrawn."
    until = f"to {day(last_day)}" if last_day else "on, until an end is said"
    service = f", and continues the service of {succeeds}" if succeeds else ""
    return f"{agency} is under contract from {day(first_day)} {until}{service}."


def erased(count: int) -> str:
    """What a figure cannot see any more."""
    were = "was" if count == 1 else "were"
    return (
        f"{plural(count, 'episode')} known by then {were} erased since, as the law asks, and can be counted in no "
        "figure any more; what was published before stands as it was printed."
    )


def in_no_area(figures: Iterable[AnyFigure]) -> str:
    """Who stands beside the figures of an area because no DAT is on record; empty where nobody does, or for no area."""
    counts = {figure.measure.code: figure.in_no_area for figure in figures if figure.in_no_area}
    if not counts:
        return ""
    if len(counts) == 1:
        (only,) = counts.values()
        counts_where = "this one counts" if only == 1 else "they count"
        return f"{only:,} in no area: no DAT is on record, so {counts_where} in none."
    each = listed([f"{count:,} of {code}" for code, count in counts.items()])
    return f"In no area, since no DAT is on record: {each}."


def not_recorded(figure: AnyFigure) -> str:
    """Of whom nothing is recorded: in the cohort and not counted, or left out of it; empty where that is nobody."""
    count = figure.not_recorded
    if not isinstance(count, int) or not count:
        return ""
    of_what = RECORDED_OF[figure.measure.family.name]
    if figure.measure.family.left_out_of:
        more = plural(count, "more completion")
        return f"{more} left out: no exit TOP within 14 days says anything about {of_what}."
    if count == figure.denominator:
        return (
            f"Nothing is recorded about {of_what} for any of them: the files leave the columns empty, or have none. "
            "The figure tells nothing of what was done."
        )
    return f"For {count:,} of them nothing is recorded about {of_what}; they are not counted."


def not_recorded_briefly(figure: AnyFigure) -> str:
    """The same where there is little room; where it is everybody, at length."""
    count = figure.not_recorded
    if not isinstance(count, int) or not count or count == figure.denominator:
        return not_recorded(figure)
    return f"{count:,} more have no answer" if figure.measure.family.left_out_of else f"{count:,} with nothing recorded"


def with_names(sentence: str, names: Mapping[str, str]) -> str:
    """A sentence that has codes, or days as programs write them, with what people call them."""
    for written, read in names.items():
        sentence = sentence.replace(written, read)
    return sentence


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a sentence, the last after a word of its own."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
