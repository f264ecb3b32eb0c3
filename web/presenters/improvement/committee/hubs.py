"""The hubs of the service side by side, as parts that add up, and the caseload beside its cluster."""

from collections.abc import Sequence

from projections.performance.beside.comparators import PROFILE_PARTS
from projections.performance.beside.quartiles import AreaJudgement
from projections.performance.breakdown import AgencyPart, Breakdown
from web.presenters import text as words
from web.presenters.agreement.comparator_words import profile_table
from web.presenters.contract_life.committee_report import PLANS
from web.presenters.performance.caseload import groups_of, lead
from web.presenters.sentences import TREATED_FOR
from web.presenters.tables import Column, Table
from web.queries.agreement.caseload_beside import ProfileBeside, profiles
from web.queries.performance.figures import OnTheDayQuery, ProfileResult, profile
from web.queries.performance.scorecards import FigureQuery, breakdown

from .view import ReportView, SectionWords, report_table

COMPLETIONS = PLANS[0]
MOST_BESIDE = 5
"""Hubs that stand beside each other; more stand below each other."""
OTHERS = "All others"
"""What a provider reads in place of another's hubs."""


def hubs_of(view: ReportView) -> list[Breakdown]:
    """Successful completions by the hub that each treatment belongs to; none in a report about one hub."""
    seen = view.seen
    if seen.slice_.agency is not None:
        return []
    queries = [FigureQuery(measure, seen.as_of, seen.known_at, seen.slice_) for measure in COMPLETIONS.measures]
    its = [breakdown(seen.snapshot, seen.who, query) for query in queries]
    return [one for one in its if one.whole.is_covered and not one.whole.withheld and one.parts]


def hubs_words(view: ReportView, its: Sequence[Breakdown]) -> SectionWords:
    """A row for each group, a column for each hub; who is furthest behind."""
    agencies = list(dict.fromkeys(part.agency for one in its for part in one.parts))
    if not agencies:
        return SectionWords()
    columns = [Column("Group", width=3.0), *(Column(_named(view, agency)) for agency in agencies)]
    rows = [_row(one, agencies) for one in its]
    if len(agencies) > MOST_BESIDE:
        columns, rows = _turned(columns, rows)
    note = (
        "Each treatment belongs to one hub here, so the hubs add up to the whole. “To go” is the hub’s part of the "
        "completions that the target still needs."
    )
    table = report_table(Table(columns, rows, "Successful completions by hub", [note]))
    return SectionWords([], [said for one in its if (said := _furthest_behind(view, one))], [table])


def _turned(columns: Sequence[Column], rows: Sequence[list[str]]) -> tuple[list[Column], list[list[str]]]:
    """A row for each hub, a column for each group: many hubs do not fit beside each other on a sheet."""
    _, *hubs = columns
    groups = [Column("Hub", width=5.0), *(Column(row[0]) for row in rows)]
    return groups, [[hub.heading, *(row[place] for row in rows)] for place, hub in enumerate(hubs, 1)]


def _named(view: ReportView, agency: str) -> str:
    return view.seen.named(agency) if agency else OTHERS


def _row(one: Breakdown, agencies: Sequence[str]) -> list[str]:
    parts = {part.agency: part for part in one.parts}
    return [COMPLETIONS.name(one.whole.measure), *(_cell(parts.get(agency)) for agency in agencies)]


def _cell(part: AgencyPart | None) -> str:
    if part is None:
        return "nobody"
    percentage = words.percent_of(part.numerator, part.denominator)
    to_go = f"\n{part.share.to_go:,} to go" if part.share and part.share.to_go else ""
    return f"{percentage}\n{part.numerator:,} of {part.denominator or 0:,}{to_go}".strip()


def _furthest_behind(view: ReportView, one: Breakdown) -> str:
    behind = [part for part in one.parts if part.share and part.share.to_go]
    if len(behind) < 2:
        return ""
    worst = max(behind, key=lambda part: part.share.behind if part.share else 0)
    assert worst.share
    total = sum(part.share.to_go for part in behind if part.share)
    return (
        f"{COMPLETIONS.name(one.whole.measure)}: of the {total:,} completions to go, {worst.share.to_go:,} are those "
        f"of {_named(view, worst.agency)}."
    )


# ---- the caseload


def caseload_of(view: ReportView) -> tuple[ProfileResult, list[ProfileBeside]]:
    """The caseload of the last 12 months, and the shares of it that are known of others."""
    seen = view.seen
    query = OnTheDayQuery(seen.as_of, seen.known_at, seen.slice_)
    return profile(seen.snapshot, seen.who, query), profiles(seen.snapshot, seen.who, query).beside


def caseload_words(view: ReportView, its: tuple[ProfileResult, list[ProfileBeside]]) -> SectionWords:
    """Who is in treatment, and where that is another mix than in the cluster."""
    result, beside = its
    if result.days_covered is None or view.as_of not in result.days_covered:
        return SectionWords()
    people = "young people" if result.slice.young_people else "people"
    groups = groups_of(result)
    sentences = [lead(groups, people, view.as_of), *_unlike(beside)]
    if beside:
        sentences.append("Neither a larger nor a smaller share is better; it says whom the service works with.")
    table = profile_table(beside)
    return SectionWords(sentences, [], [report_table(_narrow(table))] if table else [])


def _narrow(table: Table) -> Table:
    widths = (2.6, 5.4, 1.6, 1.6, 1.8, 4.0)
    columns = [Column(column.heading, width=width) for column, width in zip(table.columns, widths, strict=True)]
    # Whose values they are is the same for most rows, so each source is said once, below the table.
    sources = list(dict.fromkeys(str(row[-1]).partition(". ")[2] for row in table.rows))
    rows = [(*row[:-1], str(row[-1]).partition(". ")[0]) for row in table.rows]
    notes = [f"Source: {'; '.join(filter(None, sources))}"] if any(sources) else []
    return Table(columns, rows, "The caseload beside its cluster", notes)


def _unlike(beside: Sequence[ProfileBeside]) -> list[str]:
    said = []
    for judged in (AreaJudgement.HIGHER, AreaJudgement.LOWER):
        its = [one for one in beside if one.judged is judged]
        if its:
            shares = [f"{_part_of(one)} ({TREATED_FOR.get(one.group, 'all groups')})" for one in its]
            said.append(f"{str(judged).capitalize()} than in the cluster by its 95% interval: {words.listed(shares)}.")
    return said


def _part_of(one: ProfileBeside) -> str:
    """A share of the caseload as a sentence has it."""
    name = PROFILE_PARTS[one.part]
    return name[:1].lower() + name[1:]
