"""Performance notices: drafted, issued, answered by the provider, escalated and closed. They change no figure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from domain.contract_life.transitions import NONE, check_version, next_state
from domain.errors import Refused
from domain.improvement.notice_rules import rules_named
from domain.improvement.performance_notices import (
    MOST_AGENCIES,
    MOST_FIGURES,
    STEPS,
    THING,
    NoticeDrafted,
    NoticeEdited,
    NoticeEscalated,
    NoticeIssued,
    NoticeMeetingHeld,
    NoticePlanProposed,
    NoticeStep,
    NoticeWithholdingBegun,
    NoticeWithholdingEnded,
    PerformanceNotice,
    notice_stream,
)
from domain.improvement.working_days import is_working_day
from domain.improvement.written import WRITING_REFUSALS, OpenedFrom, WrittenAbout, written_line, written_text
from domain.register import Recording, Register
from projections.improvement.performance_notices import deadlines, notices, within_reach
from web.auth.viewer import NotOwn
from web.commands.commit import next_number
from web.commands.improvement.author import Author, check_day

REFUSALS: Final = WRITING_REFUSALS | {
    "notice-unknown": "There is no performance notice with this number.",
    "notice-rules-unknown": "There is no such rule set.",
    "notice-figures": "A notice is about 1 to 30 figures of one standpoint.",
    "notice-agencies": "A notice goes to 1 to 50 agencies of one provider.",
    "agency-unknown": "Nothing is known of one of the agencies: a slip of its code.",
    "notice-response-due": "The response would be due on or before the day of the notice.",
    "notice-no-level": "The rules have no further level of escalation.",
    "notice-percentage": "What is withheld is no percentage above 0 up to 100.",
    "notice-withholding": "A withholding is in force already, or none is, or it would end before it begins.",
    "notice-still-withheld": "A notice does not end while a withholding is in force.",
    "working-days-unknown": "Days are counted in a year whose bank holidays are not known.",
}
"""Why a step of a notice is refused, by code; nothing is stored then."""

MAY_BE_WORDLESS: Final = frozenset({"issue", "discard", "accept the plan of"})
"""The steps that need no words."""
_ENDING: Final = frozenset({"close", "withdraw"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What a notice is to say; see `NoticeText`. `rules` is the code of a rule set."""

    figures: tuple[WrittenAbout, ...]
    agencies: tuple[str, ...]
    reasons: str
    rules: str
    response_due: date | None = None
    origin: OpenedFrom | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a step says; each takes its own of these."""

    words: str = ""
    action_plan: int | None = None
    attendees: str = ""
    percentage: str = ""
    since: date | None = None
    last_day: date | None = None


def draft_notice(register: Register, draft: Draft, author: Author) -> PerformanceNotice:
    """Write a notice, which nobody but the commissioner reads before it is issued.

    Raises:
        Refused: it lacks something, a day does not fit, or the step is not the author's.
    """
    next_state(THING, "draft", NONE, author.party)
    fields = _text_fields(draft, author)
    with register.recording() as recording:
        check_day(author, None)
        number = next_number(recording, NoticeDrafted)
        event = NoticeDrafted(**author.fields(notice_stream(number), 1, number), **fields)
        return PerformanceNotice.folded(recording.append([event]))


def edit_notice(
    register: Register, number: int, draft: Draft, author: Author, seen: int | None = None
) -> PerformanceNotice:
    """Write a draft anew; its figures and its origin stay where none are given.

    Raises:
        Refused: as `draft_notice`, or it is no draft any more.
        ChangedMeanwhile: it is not the version that was `seen`.
    """
    next_state(THING, "edit", "draft", author.party)
    with register.recording() as recording:
        notice = _one(recording, register, number, author)
        next_state(THING, "edit", notice.state, author.party)
        check_version(THING, seen, notice.version)
        check_day(author, notice.newest_day)
        before = notice.text
        whole = Draft(
            draft.figures or before.figures,
            draft.agencies,
            draft.reasons,
            draft.rules,
            draft.response_due,
            draft.origin or before.origin,
        )
        fields = _text_fields(whole, author)
        event = NoticeEdited(**author.fields(notice_stream(number), notice.version + 1, number), **fields)
        return PerformanceNotice.folded((*notice.recorded, *recording.append([event])))


def _text_fields(draft: Draft, author: Author) -> dict[str, Any]:
    """What the event of a draft says, checked."""
    standpoints = {(about.as_of, about.position, about.known_at) for about in draft.figures}
    if not 1 <= len(draft.figures) <= MOST_FIGURES or len(standpoints) != 1:
        raise Refused("notice-figures", f"Choose 1 to {MOST_FIGURES} figures of one standpoint.")
    agencies = tuple(sorted(set(draft.agencies)))
    if not 1 <= len(agencies) <= MOST_AGENCIES:
        raise Refused("notice-agencies", "Choose the agencies of the provider that the notice goes to.")
    _check_response(draft.response_due, author.on)
    return {
        "figures": draft.figures,
        "agencies": agencies,
        "reasons": written_text(draft.reasons, "text of the reasons"),
        "rules": rules_named(draft.rules),
        "response_due": draft.response_due,
        "origin": draft.origin,
    }


def _check_response(due: date | None, on: date) -> None:
    """The day by which a response is due lies after the notice, and can be counted to."""
    if due is None:
        return
    if due <= on:
        raise Refused("notice-response-due", f"The response would be due on {due}; give a day after {on}.")
    is_working_day(due)  # refuses a day to which none can be counted


def take_step(
    register: Register, number: int, step: str, said: Said, author: Author, seen: int | None = None
) -> PerformanceNotice:
    """Take a step after drafting: one of `STEPS`.

    Raises:
        Refused: the step is not the author's or not to be taken now, or what it says does not fit.
        ChangedMeanwhile: it is not the version that was `seen`.
        NotOwn: the notice is not within the author's reach.
    """
    with register.recording() as recording:
        notice = _one(recording, register, number, author)
        next_state(THING, step, notice.state, author.party)
        check_version(THING, seen, notice.version)
        check_day(author, notice.newest_day)
        fields = author.fields(notice_stream(number), notice.version + 1, number)
        fields |= _words_of(step, said) | _more_of(step, said, notice, author)
        event = STEPS[step](**fields)
        after = PerformanceNotice.folded((*notice.recorded, *recording.append([event])))
        deadlines(after)  # refuses a day from which none can be counted; nothing is stored then
        return after


def _words_of(step: str, said: Said) -> dict[str, str]:
    needed = step not in MAY_BE_WORDLESS and not (step == "propose a plan for" and said.action_plan)
    return {"words": written_text(said.words, "text", needed=needed)}


def _more_of(step: str, said: Said, notice: PerformanceNotice, author: Author) -> dict[str, Any]:
    """What the event of a step says beside its words, checked."""
    kind: type[NoticeStep] = STEPS[step]
    if kind is NoticePlanProposed:
        return {"action_plan": said.action_plan}
    if kind is NoticeIssued:
        _check_response(notice.text.response_due, author.on)
    if kind is NoticeMeetingHeld:
        return {"level": notice.level, "attendees": written_line(said.attendees, "list of who was there")}
    if kind is NoticeEscalated:
        return {"level": _next_level(notice)}
    if kind is NoticeWithholdingBegun:
        return _withholding(said, notice, author)
    if kind is NoticeWithholdingEnded:
        return {"last_day": _last_day(said, notice, author)}
    if step in _ENDING and notice.withholding:
        raise Refused("notice-still-withheld", "A withholding is in force. Say first on which day it ended.")
    return {}


def _next_level(notice: PerformanceNotice) -> int:
    level, levels = notice.level + 1, notice.text.rules.levels
    if level > len(levels):
        raise Refused("notice-no-level", f"It has reached the last level of the rules: {levels[-1]}.")
    return level


def _withholding(said: Said, notice: PerformanceNotice, author: Author) -> dict[str, Any]:
    if notice.withholding:
        raise Refused("notice-withholding", "A withholding is in force already. End it first.")
    try:
        percentage = Decimal(said.percentage.strip().removesuffix("%").strip())
    except InvalidOperation:
        percentage = Decimal(0)
    if not (percentage.is_finite() and 0 < percentage <= 100) or len(said.percentage) > 20:
        raise Refused("notice-percentage", "Write the percentage like 2 or 2.5: above 0, up to 100.")
    return {"percentage": f"{percentage:f}", "since": said.since or author.on}


def _last_day(said: Said, notice: PerformanceNotice, author: Author) -> date:
    last_day, begun = said.last_day or author.on, notice.withholding
    if begun is None or last_day < begun.since:
        raise Refused(
            "notice-withholding",
            f"It is withheld since {begun.since}; its last day cannot lie before." if begun else "Nothing is withheld.",
        )
    return last_day


def _one(recording: Recording, register: Register, number: int, author: Author) -> PerformanceNotice:
    """The notice with this number, if it is within the author's reach."""
    every = notices(recording.connection, register.mapper)
    notice = next((one for one in every if one.number == number), None)
    if notice is None:
        raise Refused("notice-unknown", f"There is no performance notice {number}. 'recount notice list' names them.")
    if not within_reach(notice, author.own):
        raise NotOwn
    return notice
