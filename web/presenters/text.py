"""Days, shares and states in the words of people who read council papers."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, Protocol

from domain.measures.registry import Measure
from domain.periods import quarter_of
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Waiting
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from web.queries.performance.figure import FigureCoverage, FigureResult, StandpointResult, WaitingCount

AnyFigure = Figure | FigureResult
"""A figure, as an answer or as what another answer is made of."""


class Covered(Protocol):
    """What rests on the agencies' files: a figure, or a scorecard."""

    @property
    def status(self) -> str:
        """Whether the files are in."""

    @property
    def standpoint(self) -> Standpoint | StandpointResult:
        """From where it is seen."""

    @property
    def coverage(self) -> Coverage | FigureCoverage:
        """Which agencies are expected, and which are missing."""


LOCAL_ESTIMATE: Final = "A local estimate: treatment at agencies that do not report here, and in prison, is not seen."


AUDIENCES: Final = {
    "full": "Those who may see all figures. It has counts under 5: not for the public.",
    "own": "One provider, about its own agencies and the sums of the area. It has counts under 5: not for the public.",
}
"""For whom a file is, in words, by the word for the audience."""


def day(value: date) -> str:
    """A day as a letter has it: 31 July 2017."""
    return f"{value.day} {value:%B %Y}"


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
    """A percentage with one decimal; nothing for an empty denominator."""
    return "" if value is None else f"{value:.1f}%"


def share(count: int, total: int) -> str:
    """A part of a whole in a sentence: a whole percentage, but never none or all where it is neither."""
    percentage = 100 * count / total
    if 0 < percentage < 1:
        return "under 1%"
    return "over 99%" if 99 < percentage < 100 else f"{percentage:.0f}%"


def interval(figure: AnyFigure) -> str:
    """The 95% interval in percent."""
    return "" if figure.limits is None else f"{percent(figure.limits[0])} to {percent(figure.limits[1])}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def result(figure: AnyFigure) -> str:
    """Numerator of denominator; of an immature figure with how much of it has come of age; a count alone."""
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
    if not who.people:
        return "Nobody still waits for treatment to start."
    verb = "waits" if who.people == 1 else "wait"
    longest = plural(who.longest_days or 0, "day")
    return f"{plural(who.people, 'person', 'people')} still {verb} for treatment to start; the longest for {longest}."


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
    return f"Status: {covered.status}. {_coverage(covered, named)}"


def _coverage(covered: Covered, named: Callable[[str], str]) -> str:
    coverage, on = covered.coverage, day(covered.standpoint.as_of)
    if coverage.missing:
        return f"No file from {listed([named(agency) for agency in coverage.missing], 'or')} covers {on}."
    if covered.status == "incomplete" and covered.standpoint.position:
        # To a provider nobody else is named (`projections.privacy.redaction`).
        return f"A file of another agency, which covers {on}, has not come yet."
    if covered.status == "incomplete":
        return "Nothing had been received yet."
    after = (
        "but not all go on for another month"
        if covered.status == "provisional"
        else "and go on for at least another month"
    )
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


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a sentence, the last after a word of its own."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
