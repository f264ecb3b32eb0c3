"""A committee report put together: every section that it has, and no sentence twice."""

import re
from collections.abc import Iterable
from typing import Final

from domain.errors import Refused
from domain.improvement.committee_report import Edition
from domain.improvement.written import WrittenAbout
from web.presenters import text as words
from web.queries.improvement.about import figure_about
from web.queries.improvement.committee.document import CommitteeReport, ReportSection, ReportTable
from web.queries.performance.figure import standpoint_result
from web.snapshot import NOTICE

from .figures import all_lines
from .registry import sections_of
from .view import ReportView, SectionKind, SectionWords

TITLE: Final = "Performance report: substance misuse treatment"
SIGNATORY: Final = "Director of Public Health"
"""The role of the person who signs a report."""
FOR_EVERYBODY: Final = "Everybody. Counts under 5 are not in it."
"""For whom the public edition is."""
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“])")


def compose(view: ReportView) -> CommitteeReport:
    """The report as its reader sees it."""
    seen, said = view.seen, set[str]()
    sections = [
        ReportSection(kind.key, kind.heading, its.sentences, its.points, its.tables)
        for kind in sections_of(view.edition)
        if kind.key not in view.left_out and not (its := _fresh(_words(kind, view), said)).is_empty
    ]
    return CommitteeReport(
        TITLE,
        view.edition,
        FOR_EVERYBODY if view.is_public else words.AUDIENCES[seen.who.audience],
        standpoint_result(seen.standpoint),
        words.standpoint(seen.standpoint),
        seen.slice_,
        words.slice_of(seen.slice_, seen.named),
        NOTICE if seen.snapshot.is_demonstration else "",
        SIGNATORY,
        sections,
        [kind.key for kind in sections_of(view.edition) if kind.key in view.left_out],
    )


def figures_kept(view: ReportView) -> tuple[WrittenAbout, ...]:
    """The figures that a full edition is given out with; the next report says how they have changed.

    Of the public edition there are none: what differs between two of them would tell of a few people.
    """
    if view.edition is Edition.PUBLIC:
        return ()
    figures = [line.figure for line in all_lines(view)]
    ripe = [one for one in figures if not one.immature and one.is_covered and not one.withheld]
    return tuple(map(figure_about, ripe))


def _words(kind: SectionKind, view: ReportView) -> SectionWords:
    """What a section says, kept with the snapshot: the page shows it first, and each file has the same again."""
    return view.seen.snapshot.cached(view.key(kind.key), lambda: _words_of(kind, view))


def _words_of(kind: SectionKind, view: ReportView) -> SectionWords:
    """What a section says; where its reader may not see the sums of all from there, why not."""
    part = kind.part(view.edition)
    assert part
    try:
        return part.words(view, part.query(view))
    except Refused as refused:
        return SectionWords([f"{kind.heading}: {refused.message}"])


def _fresh(its: SectionWords, said: set[str]) -> SectionWords:
    """What a section says that the report has not said before."""
    return SectionWords(_once(its.sentences, said), _once(its.points, said), [_table(one, said) for one in its.tables])


def _table(one: ReportTable, said: set[str]) -> ReportTable:
    return ReportTable(one.title, one.columns, one.widths, one.rows, _once(one.notes, said))


def _once(texts: Iterable[str], said: set[str]) -> list[str]:
    """The texts without the sentences that the report has said before; those that lose all are left out."""
    kept_texts = []
    for text in texts:
        fresh = [one for one in sentences_in(text) if one not in said]
        said.update(fresh)
        if fresh:
            kept_texts.append(" ".join(fresh))
    return kept_texts


def sentences_in(text: str) -> list[str]:
    """The sentences of a text."""
    return [one for one in _SENTENCE_ENDS.split(text.strip()) if one]
