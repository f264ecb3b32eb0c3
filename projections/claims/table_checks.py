"""A printed table, checked for what cannot stand beside the rest of it.

Each rule has a name and gives a sentence. A *contradiction* cannot be, whatever the people were (a cohort printed for
another period of the same year is allowed to have been a third larger or smaller); what is *doubtful* can be, on a
condition that the sentence names. Periods include both their days; percentages are those on paper, so that
every comparison allows for their rounding.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Final, NamedTuple

from domain.codes import SUBSTANCE_GROUPS
from domain.measures.families import COMPLETIONS, PHOF, RE_PRESENTATIONS, RE_PRESENTATIONS_UNLAGGED
from domain.measures.registry import MEASURE_OF
from domain.periods import add_months, last_day_of_month

from .plausibility import GREATEST_DENOMINATOR, StatedPercentage

NEIGHBOURS_WITHIN: Final = Fraction(1, 3)
"""Cohorts of one group in one paper are taken to differ by no more than this share: rolling years a few months apart
share most of their people. Custom, not from a source."""
COMPARED_WITHIN_MONTHS: Final = 12
"""Rows of periods further apart say nothing about each other's cohorts."""
PHOF_LOOKS_BACK: Final = 6
"""PHOF's window ends this many months before that of the completions of the same day."""

_RE_PRESENTATIONS: Final = frozenset({RE_PRESENTATIONS.name, RE_PRESENTATIONS_UNLAGGED.name})


class Certainty(StrEnum):
    """How much a finding says."""

    CONTRADICTION = "contradiction"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Needed:
    """How many completions a range of percentages would take, as printed: 72 to 90 for 45.61% to 57.73%."""

    low: StatedPercentage
    high: StatedPercentage
    fewest: int
    most: int

    def cohorts(self) -> list[int]:
        """Every size of a cohort in which the range takes as many: the fewest rounded up, the most rounded down."""
        (low_from, low_to), (high_from, high_to) = _span(self.low), _span(self.high)
        most = min(GREATEST_DENOMINATOR, int(self.fewest / low_from)) if low_from > 0 else GREATEST_DENOMINATOR
        return [
            n
            for n in range(1, most + 1)
            if low_from * n <= self.fewest < low_to * n + 1
            and high_from * n < self.most + 1
            and self.most <= high_to * n
        ]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a printed table. What was not printed is None, or empty.

    `line` is that of the file. `groups` are the substance groups it is about. `arrow` is 1 for up, 0 for level, -1 for
    down. `people` is a size of the cohort that is printed somewhere, be it "about". `variance` is from `target`, in
    points or relative. `words` are those that stand beside it.
    """

    line: int
    table: str = ""
    measure: str = ""
    groups: frozenset[str] = frozenset()
    period: str = ""
    percentage: StatedPercentage | None = None
    numerator: int | None = None
    denominator: int | None = None
    people: int | None = None
    target: Decimal | None = None
    variance: Decimal | None = None
    arrow: int | None = None
    needed: Needed | None = None
    words: str = ""

    @property
    def family(self) -> str | None:
        """The name of the measure's family."""
        return MEASURE_OF[self.measure].family.name if self.measure else None

    @property
    def better(self) -> int:
        """The direction that is better: 1 up, -1 down."""
        return -1 if self.measure and MEASURE_OF[self.measure].polarity == "lower" else 1

    @property
    def ends_on(self) -> date | None:
        """The last day of the period, if it can be read."""
        return last_day_of(self.period)

    @property
    def whose(self) -> str:
        """The measure and the group in words."""
        return " ".join(part for part in (self.measure, " or ".join(sorted(self.groups))) if part) or "this table"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and in which lines of the file."""

    rule: str
    certainty: Certainty
    lines: tuple[int, ...]
    sentence: str


class _Remark(NamedTuple):
    """What a rule finds, and in which rows."""

    certainty: Certainty
    rows: Sequence[TableRow]
    sentence: str


def _contradiction(rows: Sequence[TableRow], sentence: str) -> _Remark:
    return _Remark(Certainty.CONTRADICTION, rows, sentence)


def _doubt(rows: Sequence[TableRow], sentence: str) -> _Remark:
    return _Remark(Certainty.DOUBTFUL, rows, sentence)


def group_named(text: str) -> frozenset[str]:
    """The substance groups that a paper's words for them mean; words that mean none stand for themselves."""
    words = set(
        re.findall(r"[a-z]+", text.lower().replace("non opiate", "nonopiate").replace("non-opiate", "nonopiate"))
    )
    opiate = bool(words & {"opiate", "opiates"})
    non_opiate, alcohol = bool(words & {"nonopiate", "nonopiates"}), "alcohol" in words
    named = (opiate, non_opiate and not alcohol, alcohol and not non_opiate, non_opiate and alcohol)
    groups = frozenset(str(group) for group, is_named in zip(SUBSTANCE_GROUPS, named, strict=True) if is_named)
    return groups or frozenset({text.strip()} - {""})


def groups_of(measure: str) -> frozenset[str]:
    """The substance groups that a measure counts; none for a measure that does not part by them."""
    its = MEASURE_OF[measure]
    names = {its.family.parts[part] for part in its.parts}
    return frozenset(names & {str(group) for group in SUBSTANCE_GROUPS})


_MONTHS: Final = {date(2000, n, 1).strftime("%b").lower(): n for n in range(1, 13)}


def last_day_of(period: str) -> date | None:
    """The last day of a period as papers write it: Q3 16/17, April 2017, 2017-04-30; None of others."""
    text = period.strip().lower()
    if quarter := re.search(r"\bq([1-4]) (?:20)?(\d\d)[/-](?:20)?\d\d\b", text):
        number, year = int(quarter[1]), 2000 + int(quarter[2])
        return last_day_of_month(add_months(date(year, 6, 1), 3 * (number - 1)))
    if (month := re.fullmatch(r"([a-z]+) (20\d\d)", text)) and month[1][:3] in _MONTHS:
        return last_day_of_month(date(int(month[2]), _MONTHS[month[1][:3]], 1))
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_table(rows: Sequence[TableRow]) -> list[Finding]:
    """Everything that the rules find, by the line it begins at; contradictions before doubts of the same line."""
    findings = [
        Finding(name, certainty, tuple(dict.fromkeys(row.line for row in concerned)), sentence)
        for name, rule in RULES.items()
        for certainty, concerned, sentence in rule(rows)
    ]
    return sorted(findings, key=lambda finding: (finding.lines[0], finding.certainty, finding.rule))


# ---- one row by itself


def _percentage_of_fraction(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """A printed percentage must be that of the printed numbers, and these must be possible."""
    for row in rows:
        if row.numerator is None or row.denominator is None:
            continue
        numbers = f"{row.numerator} of {row.denominator}"
        if row.numerator > row.denominator:
            yield _contradiction([row], f"{numbers} cannot be: more are counted than there are.")
        elif row.percentage and not row.percentage.could_be(row.numerator, row.denominator):
            yield _contradiction([row], f"{_text(row)} does not print so from {numbers}, however it is rounded.")


def _variance(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """A printed variance must be the difference from the target, in points or relative."""
    for row in rows:
        if row.percentage is None or row.target is None or row.variance is None:
            continue
        target = Fraction(row.target)
        points = tuple(100 * end - target for end in _span(row.percentage))
        relative = tuple(100 * end / target for end in points) if target else points
        rounding = Fraction(1, 2) / 10 ** max(0, -int(row.variance.as_tuple().exponent))
        if any(low - rounding <= Fraction(row.variance) <= high + rounding for low, high in (points, relative)):
            continue
        difference = row.percentage.value - row.target
        of_target = f", {_signed(100 * difference / row.target, 1)}% relative to it" if row.target else ""
        yield _contradiction(
            [row],
            f"{_text(row)} against a target of {row.target}% is {_signed(difference)} points{of_target}; "
            f"{_signed(row.variance)} is neither.",
        )


def _against_target(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """Words that set a figure above or below its target must be right."""
    for row in rows:
        direction = _direction(row.words, _ABOVE)
        if row.percentage is None or row.target is None or not direction:
            continue
        is_so = _sign(row.percentage.value - row.target)
        if is_so != direction:
            side = {1: "above", 0: "the same as", -1: "below"}[is_so]
            yield _contradiction(
                [row], f'{_text(row)} is {side} {row.target}%; the words say otherwise: "{row.words}".'
            )


def _range(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """A range and the number of completions that it takes must fit some cohort."""
    for row in rows:
        if row.needed and not row.needed.cohorts():
            yield _contradiction([row], f"{_needed(row.needed)} fits no size of a cohort.")


# ---- a row beside the cohorts that the paper knows


def _needed_of_people(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """A range cannot take more completions than there are people."""
    for row in rows:
        for other in rows:
            if row.needed is None or other.people is None or not row.groups & other.groups:
                continue
            if row.needed.fewest <= other.people:
                continue
            cohorts = row.needed.cohorts()
            size = f"; the range is that of a cohort of {_between(cohorts)} people" if cohorts else ""
            wider = ""
            if row.groups > other.groups:
                wider = f" Both can be right only if the range counts {' and '.join(sorted(row.groups))} together"
                wider += (
                    f", and the {other.people} are {' and '.join(sorted(other.groups))} alone; the paper does not say."
                )
            yield _contradiction(
                [row, other],
                f"{row.needed.fewest} to {row.needed.most} completions cannot be those of {other.people} people{size}."
                f"{wider}",
            )


def _fits_cohort(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """A percentage must be a share of about as many people as the paper has for the group."""
    cohorts = _cohorts(rows)
    for row in rows:
        near = [cohort for cohort in cohorts[row.groups] if _of_one_year(row, cohort[2])]
        own = [(row.people, row.people, row)] if row.people is not None else near
        if row.percentage is None or row.denominator is not None or row.family in _RE_PRESENTATIONS or not own:
            continue
        first, last = _about(min(low for low, _, _ in own), max(high for _, high, _ in own))
        if any(row.percentage.numerators(n) for n in range(first, last + 1)):
            continue
        k, n = row.percentage.smallest
        sizes = " and ".join(dict.fromkeys(_between(range(low, high + 1)) for low, high, _ in own))
        yield _contradiction(
            [row, *(source for _, _, source in own)],
            f"{_text(row)} is no share of about {sizes} people: no cohort of {first} to {last} prints so. "
            f"The smallest that does is {k} of {n}.",
        )


def _completions_enough(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """Re-presentations cannot be of more completions than the paper has: who did not return is one of the year."""
    cohorts = _cohorts(rows)
    for row in rows:
        near = [r for r in rows if r.groups == row.groups and _of_one_year(r, row)]
        completions = [r for r in near if r.family == COMPLETIONS.name and r.percentage]
        people = [cohort for cohort in cohorts[row.groups] if cohort[2] in near]
        if row.family not in _RE_PRESENTATIONS or row.percentage is None or not completions or not people:
            continue
        best = max(completions, key=lambda r: _span_of(r)[1])
        largest = max(people, key=lambda cohort: cohort[1])
        most = floor(_span_of(best)[1] * _about(1, largest[1])[1])
        k, n = row.percentage.smallest
        if n - k > most:
            yield _contradiction(
                [row, best, largest[2]],
                f"{_text(row)} needs at least {n} completions ({k} of {n}). There cannot be more than some {most} in a "
                f"whole year: {best.measure} prints {_text(best)} at most, of {largest[1]} people, or a third more.",
            )


# ---- a row beside other measures


def _phof_above_completions(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """PHOF takes re-presentations off: beside the completions of one report it should not stand above them."""
    for row in rows:
        beside = [r for r in _completions_of(rows, row) if r.period == row.period]
        if row.percentage is None or frozenset[str]().union(*(r.groups for r in beside)) != row.groups:
            continue
        values = [_percent(r) for r in beside]
        # An average of several groups reaches the highest only if the others are empty.
        if row.percentage.value > min(values) and row.percentage.value >= max(values):
            yield _doubt(
                [row, *beside],
                f"{row.measure} {_text(row)} stands above completions of {_listed(beside)} in the same report "
                f"({row.period}), although it leaves the re-presented out. It can be so only if completions fell that "
                f"much within {PHOF_LOOKS_BACK} months, since PHOF's window ends so much earlier.",
            )


def _phof_above_later_completions(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """PHOF beside the next completions that are printed: of other windows, and so no more than a question."""
    for row in rows:
        after = row.ends_on
        if after is None or row.percentage is None:
            continue
        until = last_day_of_month(add_months(after.replace(day=1), PHOF_LOOKS_BACK))
        later = [
            r for r in _completions_of(rows, row) if r.groups == row.groups and _is_between(r.ends_on, after, until)
        ]
        below = [r for r in later if _percent(r) < row.percentage.value]
        if below:
            yield _doubt(
                [row, *below],
                f"{row.measure} {_text(row)} ({row.period}) stands above completions of {_listed(below)} printed for "
                f"{', '.join(r.period for r in below)}. Both can be right, as their windows differ; "
                "of one window PHOF is never above.",
            )


def _completions_of(rows: Iterable[TableRow], phof: TableRow) -> list[TableRow]:
    if phof.family != PHOF.name:
        return []
    return [r for r in rows if r.family == COMPLETIONS.name and r.percentage and r.groups and r.groups <= phof.groups]


def _printed_twice(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """The same figure must have the same value wherever it is printed."""
    for one, other in combinations([r for r in rows if r.percentage and r.measure and r.period], 2):
        if (one.measure, one.groups, one.period.lower()) != (other.measure, other.groups, other.period.lower()):
            continue
        (low, high), (other_low, other_high) = _span_of(one), _span_of(other)
        if high < other_low or other_high < low:
            yield _contradiction(
                [one, other], f"{one.whose} of {one.period} is printed as {_text(one)} and as {_text(other)}."
            )


# ---- a row beside the periods before it


@dataclass(frozen=True, slots=True)
class _Course:
    """One measure and group through the periods of a table, in the order in which they are printed."""

    rows: tuple[TableRow, ...]

    def signs(self, row: TableRow) -> dict[str, int]:
        """The direction at a row, against each basis."""
        place = self.rows.index(row)
        now = _percent(row)
        bases = {_PREVIOUS: self.rows[place - 1], _FIRST: self.rows[0]}
        return {basis: _sign(now - _percent(before)) for basis, before in bases.items()}


_PREVIOUS: Final = "the previous period"
_FIRST: Final = "the first period"
_RISING: Final = (r"upward|ris(?:e|es|ing)\b|rose|increas", r"downward|fall|fell|decreas|declin|drop")
_ABOVE: Final = (r"higher|above", r"lower|below")
_BETTER: Final = (r"improv", r"worsen|deteriorat")
_ARROWS: Final = {1: "up", 0: "level", -1: "down"}


def _courses(rows: Iterable[TableRow]) -> dict[str, list[_Course]]:
    """The courses of each table that have at least two periods."""
    courses = defaultdict[tuple[str, str, frozenset[str]], list[TableRow]](list)
    for row in rows:
        if row.percentage:
            courses[row.table, row.measure, row.groups].append(row)
    tables = defaultdict[str, list[_Course]](list)
    for (table, _, _), its in courses.items():
        if len(its) > 1:
            tables[table].append(_Course(tuple(its)))
    return tables


def _arrow(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """An arrow must be right against the period before, or against the first."""
    for courses in _courses(rows).values():
        for course in courses:
            for row in course.rows[1:]:
                if row.arrow is not None and row.arrow not in course.signs(row).values():
                    figures = ", ".join(_text(r) for r in course.rows)
                    yield _contradiction(
                        [row], f"The arrow of {row.whose} says {_ARROWS[row.arrow]}; the figures are {figures}."
                    )


def _arrow_bases(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """The arrows of one table should have one basis."""
    for courses in _courses(rows).values():
        only = defaultdict[str, list[TableRow]](list)
        for course in courses:
            row = course.rows[-1]
            right = [basis for basis, sign in course.signs(row).items() if sign == row.arrow]
            if len(right) == 1:
                only[right[0]].append(row)
        if len(only) > 1:
            bases = "; ".join(f"that of {_whose(its)} only against {basis}" for basis, its in only.items())
            yield _doubt(
                [row for its in only.values() for row in its], f"The arrows of this table have two bases: {bases}."
            )


def _whose(rows: Iterable[TableRow]) -> str:
    return " and ".join(row.whose for row in rows)


def _words_of_row(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """Words beside a figure ("increase to 21.9%") must be right against the period before."""
    for courses in _courses(rows).values():
        for course in courses:
            for row in course.rows[1:]:
                direction = _direction(row.words, _RISING)
                signs = course.signs(row)
                if not direction or signs[_PREVIOUS] == direction:
                    continue
                before = course.rows[course.rows.index(row) - 1]
                sentence = f'{_text(row)} after {_text(before)}: the words say otherwise, "{row.words}".'
                if signs[_FIRST] == direction:
                    sentence += f" It is so only against the first figure, {_text(course.rows[0])}."
                certainty = Certainty.DOUBTFUL if signs[_FIRST] == direction else Certainty.CONTRADICTION
                yield _Remark(certainty, [row, before], sentence)


def _words_of_table(rows: Sequence[TableRow]) -> Iterator[_Remark]:
    """Words about a table ("upward for 3 out of 4") must agree with its arrows and with its figures."""
    tables = _courses(rows)
    for row in rows:
        statement = _said_of_table(row, len(tables[row.table])) if not row.percentage else None
        if statement is None:
            continue
        direction, better, count = statement
        courses = tables[row.table]
        lasts = [course.rows[-1] for course in courses]
        words_of = {
            basis: sum(
                course.signs(last)[basis] == _wanted(last, direction, better)
                for course, last in zip(courses, lasts, strict=True)
            )
            for basis in (_PREVIOUS, _FIRST)
        }
        arrows = [last for last in lasts if last.arrow is not None]
        pointing = sum(last.arrow == _wanted(last, direction, better) for last in arrows)
        by_arrows = f"{pointing} of its {len(arrows)} arrows {'does' if pointing == 1 else 'do'}"
        by_figures = f"against {_PREVIOUS} {words_of[_PREVIOUS]} of the figures do, against {_FIRST} {words_of[_FIRST]}"
        if (arrows and pointing != count) or count not in words_of.values():
            yield _contradiction(
                [row, *lasts],
                f'"{row.words}": the words say so of {count} of {len(courses)}; {by_arrows}; {by_figures}.',
            )


def _said_of_table(row: TableRow, courses: int) -> tuple[int, bool, int] | None:
    """What words say of a table: the direction, whether it means better and worse, and of how many groups."""
    rising, better = _direction(row.words, _RISING), _direction(row.words, _BETTER)
    number = re.search(r"(\d+|all)\s+(?:out of|of)\s+(?:the\s+)?(\d+)?|\b(all)\b", row.words.lower())
    if not courses or not number or not (rising or better):
        return None
    count = courses if "all" in {number[1], number[3]} else int(number[1])
    return rising or better, not rising, count


def _wanted(row: TableRow, direction: int, better: bool) -> int:
    return direction * row.better if better else direction


# ---- words of the rules


def _cohorts(rows: Iterable[TableRow]) -> defaultdict[frozenset[str], list[tuple[int, int, TableRow]]]:
    """How many people in treatment the paper has for each group: printed, or told by a range."""
    by_group = defaultdict[frozenset[str], list[tuple[int, int, TableRow]]](list)
    for row in rows:
        if not row.groups or row.family in _RE_PRESENTATIONS:
            continue
        for people in (row.people, row.denominator):
            if people is not None:
                by_group[row.groups].append((people, people, row))
        if row.needed and (cohorts := row.needed.cohorts()):
            by_group[row.groups].append((cohorts[0], cohorts[-1], row))
    return by_group


def _of_one_year(one: TableRow, other: TableRow) -> bool:
    """Whether two periods lie so near that their cohorts are alike; periods that cannot be read are taken to."""
    if one.ends_on is None or other.ends_on is None:
        return True
    earlier, later = sorted((one.ends_on, other.ends_on))
    return later <= last_day_of_month(add_months(earlier.replace(day=1), COMPARED_WITHIN_MONTHS))


def _about(low: int, high: int) -> tuple[int, int]:
    """What a cohort may be where others are of `low` to `high` people."""
    return ceil(low * (1 - NEIGHBOURS_WITHIN)), floor(high * (1 + NEIGHBOURS_WITHIN))


def _span(percentage: StatedPercentage) -> tuple[Fraction, Fraction]:
    """Between which shares a printed percentage lies."""
    scale = 200 * 10**percentage.decimals
    return Fraction(2 * percentage.units - 1, scale), Fraction(2 * percentage.units + 1, scale)


def _span_of(row: TableRow) -> tuple[Fraction, Fraction]:
    assert row.percentage
    return _span(row.percentage)


def _percent(row: TableRow) -> Decimal:
    assert row.percentage
    return row.percentage.value


def _text(row: TableRow) -> str:
    return f"{row.percentage.text}%" if row.percentage else ""


def _listed(rows: Iterable[TableRow]) -> str:
    return ", ".join(f"{_text(row)} ({row.measure})" for row in rows)


def _needed(needed: Needed) -> str:
    return f"{needed.low.text}% to {needed.high.text}% as {needed.fewest} to {needed.most} completions"


def _between(sizes: Sequence[int]) -> str:
    return f"{sizes[0]}" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"


def _direction(words: str, ways: tuple[str, str]) -> int:
    """1 or -1 as the first of the words says, 0 if none does."""
    up, down = (re.search(way, words.lower()) for way in ways)
    if up and down:
        return 1 if up.start() < down.start() else -1
    return 1 if up else -1 if down else 0


def _sign(difference: Decimal) -> int:
    return (difference > 0) - (difference < 0)


def _signed(value: Decimal, decimals: int | None = None) -> str:
    return f"{value:+}" if decimals is None else f"{value:+.{decimals}f}"


def _is_between(day: date | None, after: date, until: date) -> bool:
    return day is not None and after < day <= until


_Rule = Callable[[Sequence[TableRow]], Iterator[_Remark]]

RULES: Final[dict[str, _Rule]] = {
    "percentage-of-numbers": _percentage_of_fraction,
    "variance-from-target": _variance,
    "words-against-target": _against_target,
    "range-fits-no-cohort": _range,
    "more-completions-than-people": _needed_of_people,
    "percentage-fits-no-cohort": _fits_cohort,
    "more-returns-than-completions": _completions_enough,
    "phof-above-completions": _phof_above_completions,
    "phof-above-later-completions": _phof_above_later_completions,
    "printed-twice": _printed_twice,
    "arrow-against-figures": _arrow,
    "arrows-of-two-bases": _arrow_bases,
    "words-against-previous": _words_of_row,
    "words-against-table": _words_of_table,
}
"""The rules by name, in the order of the documentation."""
