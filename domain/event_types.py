"""Every type of event that the log holds: what is not here, nobody can read back."""

from typing import Final

from domain.contract_life.colour_rules import COLOUR_RULE_EVENTS
from domain.contract_life.comparators import COMPARATOR_EVENTS
from domain.contract_life.entered import ENTERED_EVENTS
from domain.contract_life.hub_targets import HUB_TARGET_EVENTS
from domain.contract_life.publication import PUBLICATION_EVENTS
from domain.contract_life.schedule import SCHEDULE_EVENTS
from domain.contract_life.targets import TARGET_EVENTS
from domain.episode.events import EPISODE_EVENTS
from domain.improvement.action_plan import PLAN_EVENTS
from domain.improvement.audits.case_file_audit import AUDIT_EVENTS
from domain.improvement.committee_report import COMMITTEE_REPORT_EVENTS
from domain.improvement.disputed.steps import EVERY_DISPUTE_EVENT
from domain.improvement.meetings.commentary import COMMENT_EVENTS
from domain.improvement.meetings.meetings import MEETING_EVENTS
from domain.improvement.other_reports import OTHER_REPORT_EVENTS
from domain.improvement.performance_notices import NOTICE_EVENTS
from domain.improvement.return_reviews import RETURN_REVIEW_EVENTS, RETURN_RULE_EVENTS
from domain.submission import SUBMISSION_EVENTS

EVENT_TYPES: Final = (
    *EPISODE_EVENTS,
    *SUBMISSION_EVENTS,
    *PUBLICATION_EVENTS,
    *EVERY_DISPUTE_EVENT,
    *TARGET_EVENTS,
    *COLOUR_RULE_EVENTS,
    *COMPARATOR_EVENTS,
    *ENTERED_EVENTS,
    *SCHEDULE_EVENTS,
    *HUB_TARGET_EVENTS,
    *PLAN_EVENTS,
    *OTHER_REPORT_EVENTS,
    *COMMITTEE_REPORT_EVENTS,
    *NOTICE_EVENTS,
    *COMMENT_EVENTS,
    *AUDIT_EVENTS,
    *RETURN_RULE_EVENTS,
    *RETURN_REVIEW_EVENTS,
    *MEETING_EVENTS,
)
