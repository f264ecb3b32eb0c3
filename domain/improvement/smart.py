"""What an action lacks to be specific, measurable, assigned, relevant and timed. It is said beside it and stops nobody.

It reads words as a person would skim them: it can tell that nothing measurable is named, and not that what is named
will be measured.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.improvement.plan_terms import ActionTerms

MOST_WORDS: Final = 40
"""Words of an action; one of more says several things."""

_MEASURABLE: Final = re.compile(
    r"\d|\b(all|every|each|none|nobody|zero|half|weekly|fortnightly|monthly|quarterly|audit(ed|s)?|report(ed|s)?|"
    r"polic(y|ies)|procedures?|minutes|plans?|register|log|list|letter|template|protocols?|signed?|certificate|"
    r"documents?|documented|forms?|files?|rota|survey|checklist|spreadsheet|dashboard)\b",
    re.IGNORECASE,
)
"""A number, "all" or the like, or a document: what somebody can hold the day against."""


def lacks(action: ActionTerms, today: date, last_day: date | None = None, *, is_linked: bool = False) -> Iterator[str]:
    """What an action lacks, each in a sentence, in the order of the word SMART.

    `last_day` is the plan's end, None of one that runs on; `is_linked`: its strand is linked to a KPI.
    """
    if (count := len(action.text.split())) > MOST_WORDS:
        yield f"Specific: it has {count} words. Say one thing in {MOST_WORDS} at most, or make two actions of it."
    if not action.output:
        yield "Measurable: it does not say what will be there when it is done."
    elif not _MEASURABLE.search(action.output):
        yield "Measurable: its output names no number, no “all” and no document, so nobody can say when it is reached."
    if not action.owner:
        yield "Assigned: nobody is named who does it."
    if not (is_linked or action.kpis):
        yield "Relevant: it is linked to no KPI."
    yield from _timed(action.due, today, last_day)


def _timed(due: date | None, today: date, last_day: date | None) -> Iterator[str]:
    if due is None:
        yield "Timed: it has no due day."
    elif due < today:
        yield "Timed: its due day is in the past."
    elif last_day and due > last_day:
        yield "Timed: its due day is after the end of the plan."
