"""The sections of a committee report, in the order in which councils' papers have them. A new one is a line here."""

from typing import Final

from domain.improvement.committee_report import Edition
from web.presenters.improvement.return_reviews import shares_of, shares_words

from .between.audits import audits_of, audits_words
from .between.commentary import comments_of, comments_words, published_comments
from .between.meetings import meetings_of, meetings_words
from .between.notices import closed_notices, in_question, notices_words, public_notices_words
from .between.plans import every_plan, plans_of, plans_words, public_plans_words
from .changes import changes_words, last_public, public_changes_words, since
from .figures import figure_lines, figures_words, public_words, published_figures
from .hubs import caseload_of, caseload_words, hubs_of, hubs_words
from .next_steps import due_of, public_due, steps_words
from .overview import overview_words, public_overview_words, whole_of
from .view import SectionKind, SectionPart

SECTIONS: Final = (
    SectionKind(
        "overview",
        "Overview",
        SectionPart(whole_of, overview_words),
        SectionPart(published_figures, public_overview_words),
    ),
    SectionKind(
        "figures", "Figures", SectionPart(figure_lines, figures_words), SectionPart(published_figures, public_words)
    ),
    SectionKind("hubs", "Hubs", SectionPart(hubs_of, hubs_words)),
    SectionKind("caseload", "Caseload", SectionPart(caseload_of, caseload_words)),
    SectionKind(
        "plans", "Action plans", SectionPart(plans_of, plans_words), SectionPart(every_plan, public_plans_words)
    ),
    SectionKind("return-reviews", "Reviews of returns", SectionPart(shares_of, shares_words)),
    SectionKind(
        "notices",
        "Notices and disputes",
        SectionPart(in_question, notices_words),
        SectionPart(closed_notices, public_notices_words),
    ),
    SectionKind("meetings", "Meetings", SectionPart(meetings_of, meetings_words)),
    SectionKind("audits", "Case-file audits", SectionPart(audits_of, audits_words)),
    SectionKind(
        "commentary",
        "Commentary",
        SectionPart(comments_of, comments_words),
        SectionPart(published_comments, comments_words),
    ),
    SectionKind(
        "changes",
        "Since the last report",
        SectionPart(since, changes_words),
        SectionPart(last_public, public_changes_words),
    ),
    SectionKind("next-steps", "Next steps", SectionPart(due_of, steps_words), SectionPart(public_due, steps_words)),
)
KEYS: Final = tuple(one.key for one in SECTIONS)
"""What sections are called where one is left out."""


def heading_of(key: str) -> str:
    """The heading of a section; of one that is no more, its key."""
    return next((one.heading for one in SECTIONS if one.key == key), key)


def sections_of(edition: Edition) -> list[SectionKind]:
    """Those that an edition may have."""
    return [one for one in SECTIONS if one.part(edition) is not None]
