"""Case-file audits, for people: what was drawn and how, what was found, and what that tells of the whole caseload."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from domain.improvement.audits.case_file_audit import AuditFigure
from domain.improvement.audits.item_set import ItemSet
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.improvement.paper import Grid, Paper, cell, label
from web.presenters.tables import Column, Link, Table, lines, numbered
from web.queries.improvement.audits.case_file_audits import (
    AuditResult,
    AuditsCompared,
    AuditsResult,
    ItemFound,
)
from web.queries.improvement.audits.drawing import RedrawnResult
from web.queries.improvement.audits.files import AuditedFiles
from web.queries.improvement.audits.parts import LeftOutResult

Named = Callable[[str], str]

TAGS: Final = {"draft": "grey", "discarded": "grey"}
"""The colour of a state's tag; of what is not named, green."""
STRATA_WORDS: Final = {
    "none": "No: from all files together",
    "agency": "By hub",
    "role": "By who did the latest review (role)",
}
"""By what a sample may be split."""
LEFT_OUT: Final = {
    "no-file": "in the figure, with no file of structured treatment at the agency",
    "waiting": "waiting, and not in structured treatment yet",
    "audited": "in the sample of an audit that was to be left out",
    "consent-refused": "refused consent, by the newest file of each agency",
    "rejected": "kept out of the newest file of each agency by a row that was rejected",
    "erased": "erased, at whichever agency they were",
}
"""Why somebody could not be drawn."""
LETTERS: Final = (
    "i in date, o out of date, m missing, n not needed. Add p for paper, e for electronic or b for both, like ie."
)
"""What is typed into a cell."""


def list_table(result: AuditsResult, named: Named, href: Callable[[AuditResult], str] | None = None) -> Table:
    """All audits, the newest first."""
    columns = (
        Column("Audit", whole=True),
        Column("State", folds=True),
        Column("Agencies", folds=True),
        Column("Held", whole=True, aside=True),
        Column("Files", number=True),
        Column("In date", folds=True),
        Column("Open actions", number=True, aside=True),
    )
    rows = [
        (
            Link(f"Audit {one.number}", href(one)) if href else numbered(one.number),
            one.state,
            ", ".join(map(named, one.agencies)),
            one.held_on,
            one.sampled,
            lines(*(f"{its.name}: {_share(its)}" for its in one.items if its.judged)),
            one.open_actions,
        )
        for one in result.audits
    ]
    return Table(columns, rows, "Case-file audits")


def _share(its: ItemFound) -> str:
    share = text.percent_of(its.in_date, its.judged)
    return f"{its.in_date:,} of {its.judged:,}" + (f", {share}" if share else "")


def found_table(one: AuditResult) -> Table:
    """What was found of each item, and of how many files of the caseload that tells."""
    columns = (
        Column("Item", folds=True),
        Column("In date", folds=True),
        Column("Out of date", number=True),
        Column("Missing", number=True),
        Column("Not needed", number=True, aside=True),
        Column("Not looked at", number=True, aside=True),
        Column("In date, of the whole caseload", folds=True),
    )
    rows = [
        (
            its.name,
            _share(its) if its.judged else None,
            its.out_of_date,
            its.missing,
            its.not_needed,
            its.not_looked_at,
            _of_caseload(its),
        )
        for its in one.items
    ]
    return Table(columns, rows, "What was found")


def _of_caseload(its: ItemFound) -> str | None:
    known = its.caseload
    if known is None:
        return None
    return f"all {known.files:,}" if known.low == known.files else f"{known.low:,} to {known.high:,} of {known.files:,}"


def kinds_table(one: AuditResult) -> Table | None:
    """The same by kind of file; None where nothing was said of any."""
    rows = []
    for its in one.items:
        for kind in ("paper", "electronic", "both", ""):
            counts = {entry.state: entry.count for entry in its.kinds if entry.kind == kind}
            if counts:
                judged = (counts.get(state, 0) for state in ("in date", "out of date", "missing"))
                rows.append((its.name, kind or "not said", *judged))
    if all(row[1] == "not said" for row in rows):
        return None
    columns = (Column("Item", folds=True), Column("Kind of file"), Column("In date", number=True),
               Column("Out of date", number=True), Column("Missing", number=True))  # fmt: skip
    return Table(columns, rows, "On paper and electronic")


def beside_table(one: AuditResult) -> Table | None:
    """What files say beside what the records say; None where nothing can be set beside."""
    if not one.beside:
        return None
    columns = (Column("Item", folds=True), Column("The file says"), Column("The records say", folds=True),
               Column("Files", number=True), Column("By now", number=True))  # fmt: skip
    rows = [
        (its.name, its.file_says, _records(its.records_say), its.count, its.count_by_now)
        for its in sorted(one.beside, key=lambda its: (its.item, its.file_says == its.records_say, -its.count))
    ]
    return Table(columns, rows, "The files beside the records")


def _records(state: str) -> str:
    return "none" if state == "missing" else state


def beside_sentences(one: AuditResult) -> Iterator[str]:
    """Where files and records differ most, in sentences."""
    for item in one.items:
        its = [entry for entry in one.beside if entry.item == item.item and entry.file_says != entry.records_say]
        differ, both = sum(entry.count for entry in its), [entry for entry in one.beside if entry.item == item.item]
        if not both:
            continue
        of_all = sum(entry.count for entry in both)
        without = sum(e.count for e in its if e.file_says == "in date" and e.records_say == "missing")
        said = f"{item.name}: files and records differ in {differ:,} of {of_all:,}"
        yield said + (f"; {text.plural(without, 'file')} in date of which the records have none." if without else ".")


def drawn_sentences(one: AuditResult) -> Iterator[str]:
    """How the sample was drawn, in sentences."""
    seen = one.standpoint
    known = f" as known on {text.day(seen.known_at)}" if seen.known_at else ""
    whose = f"that were open in structured treatment on {text.day(seen.as_of)}{known}"
    if one.figure:
        whose = f"of the people in {figure_words(one.figure)}, as of {text.day(seen.as_of)}{known}"
    yield f"{text.plural(one.sampled, 'file')} of {one.population:,} {whose}."
    if one.wanted > one.population:
        yield f"{one.wanted:,} were to be drawn: there were fewer, so that all were."
    if one.strata_by != "none":
        parts = (f"{its.name} {its.sampled} of {its.files}" for its in one.strata)
        yield f"Split {STRATA_WORDS[one.strata_by][:1].lower()}{STRATA_WORDS[one.strata_by][1:]}: {'; '.join(parts)}."
    if one.erased:
        yield erased_sentence(one.erased)


def figure_words(figure: AuditFigure) -> str:
    """A figure by its measure, and which of its people."""
    slice_ = Slice(figure.area, None, figure.criminal_justice, figure.young_people)
    some = f" ({text.slice_of(slice_)})" if slice_ != Slice() else ""
    return f"{MEASURE_OF[figure.measure].name} ({figure.measure}){some}"


def erased_sentence(count: int) -> str:
    """What an erasure took from an audit."""
    those = "is of a person who was" if count == 1 else "are of people who were"
    return f"{text.plural(count, 'file')} {those} erased since: the reference is gone, what was found is still counted."


def left_out_table(its: Sequence[LeftOutResult]) -> Table | None:
    """Who could not be drawn; None where everybody could."""
    if not its:
        return None
    rows = [(LEFT_OUT.get(one.code, one.code), one.count) for one in its]
    return Table((Column("Why", folds=True), Column("How many", number=True)), rows, "Who could not be drawn")


def findings_table(one: AuditResult, act: Callable[[int], Any] | None = None) -> Table | None:
    """The findings; `act` is how each leads to an action plan."""
    if not one.findings:
        return None
    names = {item.code: item.name for item in one.item_set.items}
    columns = [Column("Finding", whole=True), Column("In words", folds=True), Column("Item", aside=True)]
    rows: list[tuple[Any, ...]] = [
        (numbered(its.finding), its.words, names.get(its.item, "all")) for its in one.findings
    ]
    if act:
        columns.append(Column("What to do", folds=True))
        rows = [(*row, act(its.finding)) for row, its in zip(rows, one.findings, strict=True)]
    return Table(columns, rows, "Findings")


def actions_table(one: AuditResult, done: Callable[[int], Any] | None = None) -> Table | None:
    """The actions; `done` is how one that is open is said to be done."""
    if not one.actions:
        return None
    columns = (Column("Action", whole=True), Column("What", folds=True), Column("Who", folds=True),
               Column("Due", whole=True), Column("Done", folds=True))  # fmt: skip
    rows = [
        (
            numbered(its.action),
            its.words,
            its.who,
            its.due,
            lines(its.done_on, its.done_words) if its.done_on else (done(its.action) if done else "not yet"),
        )
        for its in one.actions
    ]
    return Table(columns, rows, "Actions")


def files_table(its: AuditedFiles) -> Table:
    """The single files with what was found, beside what the records say."""
    columns = [Column("Place", number=True), Column("File", folds=True)]
    for item in its.item_set.items:
        columns += [Column(item.name, folds=True)]
        if item.beside:
            columns += [Column(f"{item.name} on record", folds=True, aside=True)]
    rows = []
    for one in its.files:
        row: list[Any] = [one.place, one.reference]
        for item, mark in zip(its.item_set.items, one.marks, strict=True):
            row.append(" ".join(filter(None, (mark.state, f"({mark.kind})" if mark.kind else ""))) or None)
            if item.beside:
                row.append(lines(_records(mark.records_say), mark.on_record) if mark.records_say else None)
        rows.append(tuple(row))
    return Table(columns, rows, "The files, in the order in which they were drawn")


def redrawn_sentence(its: RedrawnResult) -> str:
    """Whether it is the same sample, in a sentence."""
    if its.same:
        return "The same files are drawn again."
    if its.unexplained:
        return "Other files are drawn, and no erasure explains it. Run 'recount verify'."
    others = "The next files in the order stand in their place; no other file moved."
    return f"{erased_sentence(len(its.erased))} {others}"


def redrawn_table(its: RedrawnResult) -> Table:
    """The sample as it is drawn now."""
    columns = (Column("Place", folds=True), Column("File", folds=True), Column("Stratum", aside=True),
               Column("Hash", folds=True, aside=True))  # fmt: skip
    rows = [
        (numbered(one.place) if one.place else "new", one.reference, one.stratum or None, one.ticket[:16])
        for one in its.files
    ]
    return Table(columns, rows, "Drawn again")


VERDICTS: Final = {
    "better": "better, by more than chance",
    "worse": "worse, by more than chance",
    "no more than chance": "no more than chance may give",
    "nothing to compare": "nothing to compare",
}


def compared_table(its: AuditsCompared) -> Table:
    """Two audits beside each other."""
    columns = (
        Column("Item", folds=True),
        Column(f"Audit {its.first.number}", folds=True),
        Column(f"Audit {its.second.number}", folds=True),
        Column("What can be said", folds=True),
        Column("Chance alone", folds=True, aside=True),
    )
    rows = [
        (
            one.name,
            lines(_share(one.first), _of_caseload(one.first)),
            lines(_share(one.second), _of_caseload(one.second)),
            VERDICTS[one.verdict],
            f"{one.chance:.3f}" if one.chance >= 0.001 else "under 0.001",
        )
        for one in its.items
    ]
    return Table(columns, rows, "In date, in both audits")


def sheet(its: AuditedFiles, one: AuditResult, named: Named) -> Paper:
    """The sample as a sheet to be filled in by hand, with what is already typed in."""
    widths = [1.2, 5.0] + [10.8 / len(its.item_set.items)] * len(its.item_set.items)
    head = [label("No."), label("File"), *(label(item.name) for item in its.item_set.items)]
    rows = [head]
    for file in its.files:
        typed = (f"{mark.state[:1]}{mark.kind[:1]}" if mark.state else " " for mark in file.marks)
        rows.append([cell(str(file.place)), cell(file.reference), *map(cell, typed)])
    said = [*drawn_sentences(one), LETTERS]
    foot = f"Audit {one.number}. It names single files: keep it locked away, and destroy it once it is typed in."
    agencies = ", ".join(map(named, one.agencies))
    return Paper(f"Case-file audit {one.number}: {agencies}", said, [Grid("The files", widths, rows, heads=1)], foot)


def items_words(its: ItemSet) -> str:
    """What a set looks for."""
    return f"{its.name} ({', '.join(item.name.lower() for item in its.items)})"


# ---- terminal


def print_audits(console: Console, result: AuditsResult) -> None:
    """All audits."""
    if result.audits:
        print_table(console, list_table(result, str))
    else:
        say(console, "No case file was audited.")


def print_audit(console: Console, one: AuditResult) -> None:
    """One audit."""
    say(console, f"Audit {one.number} ({one.state}): {one.purpose}", *drawn_sentences(one), f"Seed: {one.seed}")
    if one.words:
        say(console, one.words)
    its = (found_table(one), kinds_table(one), beside_table(one), findings_table(one), actions_table(one))
    for table in (*its, left_out_table(one.left_out)):
        if table:
            say(console, "", table.title)
            print_table(console, table)


def print_files(console: Console, its: AuditedFiles) -> None:
    """The single files."""
    print_table(console, files_table(its))


def print_redrawn(console: Console, its: RedrawnResult) -> None:
    """The sample drawn again."""
    say(console, redrawn_sentence(its), its.rule, f"Seed: {its.seed}")
    print_table(console, redrawn_table(its))


def print_compared(console: Console, its: AuditsCompared) -> None:
    """Two audits."""
    print_table(console, compared_table(its))
