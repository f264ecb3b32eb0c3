"""The audit trail and what verifying found, for people."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from domain.contract_life.colour_rules import (
    ColourRuleAgreed,
    ColourRuleChanged,
    ColourRuleSaid,
    ColourRuleWithdrawn,
)
from domain.contract_life.comparators import (
    ComparatorSetChanged,
    ComparatorSetDefined,
    ComparatorSetWithdrawn,
    ComparatorValuesReleased,
    ComparatorValuesWithdrawn,
)
from domain.contract_life.contract import ContractAgreed, ContractWithdrawn
from domain.contract_life.dispute import DisputeAnswered, DisputeClosed, DisputeOpened
from domain.contract_life.entered import (
    EnteredKpiDefined,
    EnteredKpiEnded,
    ValueConfirmed,
    ValueCorrected,
    ValueEntered,
    ValueQuestioned,
    ValueWithdrawn,
)
from domain.contract_life.hub_targets import HubTargetsAgreed, HubTargetsProposed, HubTargetsWithdrawn
from domain.contract_life.publication import CutPublished, FigurePublished
from domain.contract_life.schedule import (
    ScheduleAgreed,
    ScheduleChanged,
    ScheduleCorrected,
    ScheduleDiscarded,
    ScheduleDrafted,
    ScheduleEdited,
    ScheduleEnded,
    ScheduleResumed,
)
from domain.contract_life.targets import TargetSet, TargetWithdrawn
from domain.episode.events import EpisodeEvent, FactEvent
from domain.episode.facts import Exit, Fact, Handover, Intervention, Review, Start, Top
from domain.improvement.action_plan import PlanEvent
from domain.improvement.audits.case_file_audit import AUDIT_EVENTS
from domain.improvement.committee_report import CommitteeReportGiven
from domain.improvement.disputed.steps import DISPUTE_STEP_EVENTS
from domain.improvement.meetings.commentary import COMMENT_EVENTS
from domain.improvement.meetings.meetings import MEETING_EVENTS
from domain.improvement.other_reports import OtherReportCompared
from domain.improvement.performance_notices import NOTICE_EVENTS
from domain.improvement.return_reviews import RETURN_REVIEW_EVENTS, ReturnRuleSet
from domain.log.mapper import Event
from domain.submission import (
    CaseloadHandedOver,
    CaseloadReturned,
    CoveredDaysCorrected,
    EpisodesRekeyed,
    ErasureCarriedOut,
    RekeyUndone,
    SubmissionReceived,
)
from projections.explain.trail import Entry
from projections.performance.colours.colouring import rule_words
from projections.projector.comparison import Check
from web.presenters import text
from web.presenters.agreement import comparators
from web.presenters.console import print_table, say
from web.presenters.contract_life import targets
from web.presenters.tables import Column, Table
from web.queries.administration.verification import VerificationResult
from web.queries.improvement.plan_words import said_in

_TRAIL: Final = (
    Column("position", number=True),
    Column("happened"),
    Column("received"),
    Column("recorded (UTC)"),
    Column("what", folds=True),
    Column("episode"),
    Column("file", folds=True),
    Column("row", number=True),
    Column("by"),
)

_OF_EPISODES: Final = "episode"
_NAMES: Final = {
    "top-completed": "TOP completed",
    "top-amended": "TOP amended",
    "top-withdrawn": "TOP withdrawn",
    "kpi-defined": "KPI defined",
    "kpi-ended": "KPI ended",
    "re-presented": "re-presented",
    "re-presentation-amended": "re-presentation amended",
    "re-presentation-withdrawn": "re-presentation withdrawn",
}
"""What is not simply read off the topic."""


def print_trail(console: Console, entries: Sequence[Entry], *, earlier: int | None) -> None:
    """The entries, the newest last, and how to see those before them."""
    if not entries:
        say(console, "Nothing was recorded that fits.")
        return
    print_table(console, Table(_TRAIL, list(map(_entry_row, entries))))
    say(console, "")
    if earlier is not None:
        say(console, f"There is more before this: add --to {earlier}, or a greater --limit.")


def _entry_row(entry: Entry) -> tuple[str, ...]:
    event, reference = entry.event, entry.reference
    episode = f"{reference.agency}/{reference.client_reference}/{reference.episode_reference}" if reference else ""
    return (
        str(entry.position),
        text.short_day(entry.occurred_on),
        text.short_day(entry.received_on) if entry.received_on else "",
        f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}",
        what(entry),
        episode,
        entry.file,
        str(event.row) if event and event.row else "",
        event.actor if event else "",
    )


def what(entry: Entry) -> str:
    """What an event says, in a few words; of one that was erased, or is one side's draft, only its kind."""
    event, (about, name, _version) = entry.event, entry.topic.split(".")
    name = _NAMES.get(name, name.replace("-", " "))
    words_for = name if about == _OF_EPISODES else f"{about} {name}"
    if event is None:
        return f"{words_for} ({'a provider’s draft' if entry.drafted else 'erased'})"
    words = _sentence(event)
    return f"{words_for}: {words}" if words else words_for


def _sentence(event: Event) -> str:
    if isinstance(event, FactEvent):
        return _fact(event.fact)
    if words_for := _SUBMISSIONS.get(type(event)):
        return words_for(event)
    if isinstance(event, PlanEvent):
        return ". ".join(filter(None, (f"no. {event.number}", said_in(event))))
    return event.key if isinstance(event, EpisodeEvent) and ":" in event.key else ""


def _received(event: SubmissionReceived) -> str:
    counts = f"{event.new} new, {event.amended} amended, {event.withdrawn} withdrawn, {event.unchanged} unchanged"
    return f"{text.plural(event.rows, 'row')}, facts: {counts}"


def _contract(event: ContractAgreed) -> str:
    until = f"to {text.short_day(event.last_day)}" if event.last_day else "on"
    return f"{event.agency} from {text.short_day(event.first_day)} {until}"


def _rule(event: ColourRuleSaid) -> str:
    return f"no. {event.number} “{event.terms.name}”, {event.terms.measure or 'every KPI'}: {rule_words(event.terms)}"


def _days(event: CoveredDaysCorrected) -> str:
    return text.window(event.first_day, event.last_day) if event.first_day and event.last_day else "no day"


_SUBMISSIONS: Final[dict[type[Event], Callable[[Any], str]]] = {
    SubmissionReceived: _received,
    CaseloadHandedOver: lambda event: f"{text.plural(event.episodes, 'episode')} to {event.to_agency}",
    CaseloadReturned: lambda event: f"{text.plural(event.episodes, 'episode')} of submission {event.undoes} open again",
    EpisodesRekeyed: lambda event: f"{text.plural(len(event.pairs), 'episode')} under a new reference",
    RekeyUndone: lambda event: (
        f"{text.plural(len(event.pairs), 'episode')} of submission {event.undoes} under two references again"
    ),
    CoveredDaysCorrected: lambda event: f"submission {event.corrects} covers {_days(event)}: {event.reason}",
    ContractAgreed: _contract,
    ContractWithdrawn: lambda event: f"{event.agency} from {text.short_day(event.first_day)}",
    ErasureCarriedOut: lambda event: (
        f"{text.plural(event.episodes, 'episode')}, {text.plural(event.records, 'event')}: {event.reason}"
    ),
    FigurePublished: lambda event: event.measure,
    CutPublished: lambda event: event.name,
    DisputeOpened: lambda event: f"no. {event.number} over {event.measure}",
    DisputeAnswered: lambda event: f"no. {event.number}",
    DisputeClosed: lambda event: f"no. {event.number}",
    TargetSet: lambda event: f"no. {event.number} of {event.measure}: {targets.agreed(event)}",
    TargetWithdrawn: lambda event: f"no. {event.number}",
    ColourRuleAgreed: _rule,
    ColourRuleChanged: _rule,
    ColourRuleWithdrawn: lambda event: f"no. {event.number}",
    EnteredKpiDefined: lambda event: f"{event.code} {event.name}",
    EnteredKpiEnded: lambda event: f"no. {event.number} on {text.short_day(event.last_day)}",
    ValueEntered: lambda event: f"no. {event.number}, {text.window(event.first_day, event.last_day)}",
    ValueCorrected: lambda event: f"no. {event.number}: {event.reason}",
    ValueConfirmed: lambda event: f"no. {event.number}",
    ValueQuestioned: lambda event: f"no. {event.number}: {event.question}",
    ValueWithdrawn: lambda event: f"no. {event.number}: {event.reason}",
    ComparatorSetDefined: comparators.set_said,
    ComparatorSetChanged: comparators.set_said,
    ComparatorSetWithdrawn: lambda event: f"no. {event.number}",
    ComparatorValuesReleased: comparators.values_said,
    ComparatorValuesWithdrawn: lambda event: f"no. {event.number}",
    ScheduleDrafted: lambda event: f"no. {event.number}, {text.plural(len(event.lines), 'line')}",
    ScheduleEdited: lambda event: f"no. {event.number}",
    ScheduleDiscarded: lambda event: f"no. {event.number}",
    ScheduleAgreed: lambda event: f"no. {event.number}, {text.plural(len(event.targets), 'target')} set",
    ScheduleChanged: lambda event: f"no. {event.number}: {event.reason}",
    ScheduleCorrected: lambda event: f"no. {event.number} begins on {text.short_day(event.first_day)}: {event.reason}",
    ScheduleResumed: lambda event: f"no. {event.number}: {event.reason}",
    ScheduleEnded: lambda event: f"no. {event.number} on {text.short_day(event.last_day)}: {event.reason}",
    HubTargetsProposed: lambda event: (
        f"of target {event.number}: {text.plural(event.whole, 'completion')} of {event.measure}, {event.rule}"
    ),
    HubTargetsAgreed: lambda event: f"of target {event.number}, for {' '.join(event.party) or 'the commissioner'}",
    HubTargetsWithdrawn: lambda event: f"of target {event.number}",
    **{event: lambda event: f"no. {event.number}" for event in DISPUTE_STEP_EVENTS},
    CommitteeReportGiven: lambda event: f"no. {event.number}, {event.edition} edition: {event.name}",
    OtherReportCompared: lambda event: f"no. {event.number}, {text.plural(len(event.rows), 'figure')}",
    # A draft is the commissioner's alone: its number is all that the trail says of it.
    ReturnRuleSet: lambda event: f"{event.agency}, {text.plural(event.rule.days, 'day')}",
    **{event: lambda event: f"no. {event.number}" for event in RETURN_REVIEW_EVENTS},
    **{event: lambda event: f"no. {event.number}" for event in (*NOTICE_EVENTS, *AUDIT_EVENTS)},
    **{event: lambda event: f"no. {event.number}" for event in (*COMMENT_EVENTS, *MEETING_EVENTS)},
}
"""What the events that are no episode's say beside their kind."""


def _fact(fact: Fact) -> str:
    for kind, words in _FACTS.items():
        if isinstance(fact, kind):
            return words(fact).strip()
    return ""


_FACTS: Final[dict[type[Fact], Callable[[Any], str]]] = {
    Start: lambda fact: f"drugs {' '.join(map(str, fact.drugs))}, area {fact.area}",
    Intervention: lambda fact: f"modality {fact.modality}",
    Exit: lambda fact: f"reason {fact.reason}",
    Top: lambda fact: f"stage {fact.stage}",
    Review: lambda fact: ", ".join(filter(None, (fact.what, fact.role))),
    Handover: lambda fact: f"to {fact.to_agency}",
}
"""What a fact says beside its day."""


def print_verification(console: Console, result: VerificationResult) -> None:
    """What was checked, how much of it, and what differs."""
    columns = (Column("checked"), Column("how many", number=True), Column("differences", number=True))
    print_table(
        console, Table(columns, [(c.name, f"{c.size:,}", f"{c.found:,}" if c.found else "none") for c in result.checks])
    )
    for check in result.checks:
        if check.differences:
            say(console, "", f"{check.name}:", *(f"  {difference}" for difference in check.differences))
        if check.found > len(check.differences):
            say(console, f"  and {check.found - len(check.differences):,} more.")
    say(
        console,
        "",
        f"All agrees, up to position {result.position} of the log."
        if result.holds
        else "Not all agrees. See docs/how-to/verify-and-rebuild.md for what to do.",
    )


def rebuild_sentences(checks: Sequence[Check]) -> Iterator[str]:
    """What a rebuild found to be at fault: it is not in the new tables, and must not be taken for never having been."""
    yield "What was found before the tables were made anew is kept beside the verifications:"
    for check in checks:
        yield f"{check.name}: {text.plural(check.found, 'difference')}, such as: {check.differences[0]}"
    yield "Find out what altered them. 'recount verify' now looks at the new tables."
