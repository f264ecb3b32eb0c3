"""The sections of a committee report, in the order in which councils' papers have them. A new one is a line here."""

from typing import Final

from domain.improvement.committee_report import Edition

from .changes import changes_words, last_public, public_changes_words, since
from .commentary import comments_of, comments_words
from .figures import figure_lines, figures_words, public_words, published_figures
from .hubs import caseload_of, caseload_words, hubs_of, hubs_words
from .next_steps import due_of, public_due, steps_words
from .notices import closed_notices, in_question, notices_words, public_notices_words
from .overview import overview_words, public_overview_words, whole_of
from .plans import every_plan, plans_of, plans_words, public_plans_words
from .view import Part, SectionKind

SECTIONS: Final = (
    SectionKind("overview", "Overview", Part(whole_of, overview_words), Part(published_figures, public_overview_words)),
    SectionKind("figures", "Figures", Part(figure_lines, figures_words), Part(published_figures, public_words)),
    SectionKind("hubs", "Hubs", Part(hubs_of, hubs_words)),
    SectionKind("caseload", "Caseload", Part(caseload_of, caseload_words)),
    SectionKind("plans", "Action plans", Part(plans_of, plans_words), Part(every_plan, public_plans_words)),
    SectionKind(
        "notices", "Notices and disputes", Part(in_question, notices_words), Part(closed_notices, public_notices_words)
    ),
    SectionKind("commentary", "Commentary", Part(comments_of, comments_words)),
    SectionKind(
        "changes", "Since the last report", Part(since, changes_words), Part(last_public, public_changes_words)
    ),
    SectionKind("next-steps", "Next steps", Part(due_of, steps_words), Part(public_due, steps_words)),
)
KEYS: Final = tuple(one.key for one in SECTIONS)
"""What sections are called where one is left out."""


def heading_of(key: str) -> str:
    """The heading of a section; of one that is no more, its key."""
    return next((one.heading for one in SECTIONS if one.key == key), key)


def sections_of(edition: Edition) -> list[SectionKind]:
    """Those that an edition may have."""
    return [one for one in SECTIONS if one.part(edition) is not None]
