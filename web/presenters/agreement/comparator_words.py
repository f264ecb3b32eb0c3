"""What a figure stands beside, in words: by interval first, then by place, and what the best quarter would take."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console

from domain.contract_life.comparators import ValueKind
from domain.rounding import READ_DECIMALS, half_up
from projections.performance.beside.comparators import PROFILE_PARTS
from projections.performance.beside.quartiles import AreaJudgement
from web.presenters import text
from web.presenters.console import say
from web.presenters.sentences import TREATED_FOR
from web.presenters.tables import Column, Percentage, Table, rounded
from web.queries.agreement.caseload_beside import ProfileBeside, ProfilesBeside
from web.queries.agreement.comparator_areas import BesideComparator, RangeReached, WholeReached

QUARTILES: Final = {1: "top", 2: "second", 3: "third", 4: "bottom"}


# ---- what a figure stands beside


def short(beside: BesideComparator | None) -> str:
    """Beside a figure, as short as can be: Group 6.4%: worse, 32nd of 33; nothing where nothing is known."""
    if beside is None or beside.against is None:
        return ""
    names = {ValueKind.GROUP: "Group", ValueKind.NATIONAL: "National", ValueKind.TOP_QUARTILE: "Top quartile"}
    judged = f": {beside.judged}" if beside.judged else ""
    return f"{names[beside.against.kind]} {from_to(beside.against)}{judged}{_short_rank(beside)}"


def _short_rank(beside: BesideComparator) -> str:
    return f", {ordinal(beside.rank)} of {beside.among}" if beside.judged and beside.rank else ""


def sentences(beside: BesideComparator | None) -> list[str]:
    """What a figure stands beside: by interval first, then its place, then what the best quarter would take here."""
    return [] if beside is None else list(_sentences(beside))


def _sentences(beside: BesideComparator) -> Iterator[str]:
    if against := beside.against:
        reached = f"{whose(against)} in {beside.period}: {_with_counts(against)}."
        yield f"{reached} {_judged(beside)}".rstrip()
    if beside.areas or beside.without:
        yield _place(beside)
    if beside.top_quartile:
        yield _range_sentence(beside.top_quartile)
    national = beside.national
    if national and national != against:
        yield f"{whose(national)} in {beside.period}: {_with_counts(national)}."
    if sources := dict.fromkeys(filter(None, (one.source for one in (against, beside.top_quartile, national) if one))):
        yield f"Source: {'; '.join(sources)}."


def finding(beside: BesideComparator | None) -> str:
    """The same in one line, for a report."""
    if beside is None or beside.against is None:
        return ""
    line = f"{whose(beside.against)} in {beside.period}: {from_to(beside.against)}"
    judged = f", and this is {beside.judged} by its interval" if beside.judged else ""
    return f"{line}{judged}{_short_rank(beside)}."


def _judged(beside: BesideComparator) -> str:
    if beside.why_not:
        return f"Ours is not held against it: {beside.why_not}."
    if beside.judged is None:
        return ""
    if beside.judged is AreaJudgement.SIMILAR:
        return "Ours is similar: its 95% interval reaches that."
    return f"Ours is {beside.judged}: its 95% interval does not reach that."


def _place(beside: BesideComparator) -> str:
    areas = text.plural(beside.areas, "area")
    missing = f"{text.plural(beside.without, 'area has', 'areas have')} no value" if beside.without else ""
    if beside.rank is None:
        return f"{beside.group}: {areas} with a value{'; ' + missing if missing else ''}."
    quartile = f", in the {QUARTILES[beside.quartile]} quartile" if beside.quartile else ""
    place = f"Beside {areas} of the group ours is {ordinal(beside.rank)} of {beside.among}{quartile}"
    return f"{place}{'; ' + missing if missing else ''}. A place alone does not say more than chance would."


def _range_sentence(reached: RangeReached) -> str:
    name = f"{reached.name[:1].upper()}{reached.name[1:]}"
    ends = ends_of(reached.low, reached.high)
    needed = reached.needed
    if needed is None or needed.fewest is None or needed.most is None:
        return f"{name}: {ends}."
    if needed.fewest > needed.most:
        return f"{name}: {ends}. No whole number of {needed.among:,} people lies in it."
    people = f"{needed.fewest:,}" if needed.fewest == needed.most else f"{needed.fewest:,} to {needed.most:,}"
    return f"{name}: {ends}, which is {people} of {needed.among:,} here."


def ends_of(low: float, high: float) -> str:
    """A range as it was printed: 7.36% to 8.93%; of one percentage, that."""
    return " to ".join(f"{end:g}%" for end in dict.fromkeys((low, high)))


def whose(whole: WholeReached) -> str:
    """Whose it is, at the beginning of a sentence."""
    return f"{whole.name[:1].upper()}{whole.name[1:]}"


def from_to(whole: WholeReached) -> str:
    """One decimal, half up, of what was counted; a range as it was printed."""
    return ends_of(whole.low, whole.high) if whole.kind is ValueKind.TOP_QUARTILE else text.percent(whole.low)


def _with_counts(whole: WholeReached) -> str:
    counts = "" if whole.denominator is None else f" ({whole.numerator:,} of {whole.denominator:,})"
    return f"{from_to(whole)}{counts}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# ---- the caseload beside its cluster


_HAVE: Final = {
    "six-years": "have been in treatment for six years or more",
    "career": "had used for 21 years or more when they came to treatment",
    "first": "are in their first treatment",
}


def profile_sentence(one: ProfileBeside) -> str:
    """A share of ours and of others: neither is better, so it is higher, similar or lower."""
    theirs = f"{half_up(one.percentage, READ_DECIMALS):g} in 100 in the {one.name} ({one.period})"
    if not one.denominator:
        return f"Of ours there is nobody to count; {theirs}."
    ours = f"{text.whole(100 * one.numerator / one.denominator)} in 100 {_HAVE[one.part]}"
    reaches = "reaches" if one.judged is AreaJudgement.SIMILAR else "does not reach"
    return f"{ours}; {theirs}. Ours is {one.judged}: its 95% interval {reaches} theirs."


PROFILES: Final = (
    Column("Treated for"),
    Column("Share of the caseload"),
    Column("Ours", number=True),
    Column("Theirs", number=True),
    Column("Ours is"),
    Column("Whose, and of when", aside=True),
)


def profile_table(beside: Sequence[ProfileBeside]) -> Table | None:
    """The shares of ours beside those of others; None where nothing of others is known."""
    rows = [
        (
            TREATED_FOR.get(one.group, "all groups").capitalize(),
            PROFILE_PARTS[one.part],
            rounded(one.numerator, one.denominator),
            Percentage(one.percentage),
            one.judged,
            f"{one.name}, {one.period}. {one.source}",
        )
        for one in beside
    ]
    return Table(PROFILES, rows, "Beside others") if rows else None


def print_profiles(console: Console, result: ProfilesBeside) -> None:
    """The caseload beside that of others, in sentences."""
    say(console, text.standpoint(result.standpoint))
    for one in result.beside:
        say(console, f"{one.group}: {profile_sentence(one)}")
    if not result.beside:
        say(console, "Nothing is known of the caseload of others.")
