"""The rules of the measures in plain words: what a rule asks, and why somebody was counted or was not.

A measure names its rules in the few words that certificates carry; people read these. A rule without them fails a test.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Plain(NamedTuple):
    """A rule: what it asks, what is said of somebody who meets it as the last, and of somebody who does not."""

    asks: str
    met: str
    unmet: str


PLAIN: Final[Mapping[str, Plain]] = {
    "in treatment in the window": Plain(
        "Was in treatment on a day of the window, the first and the last included.",
        "in treatment in the window",
        "not in treatment in the window",
    ),
    "by the latest journey": Plain(
        "Of several treatments in the window, the one that began last decides: everybody counts once.",
        "in treatment in the window",
        "another treatment began later",
    ),
    "in a substance group": Plain(
        "The drugs and the alcohol that were named put the treatment into the group.",
        "in the substance group",
        "in no substance group",
    ),
    "ended in the window": Plain(
        "The treatment ended by the last day of the window; an end after it counts as none.",
        "treatment ended in the window",
        "treatment had not ended by the end of the window",
    ),
    "in success": Plain(
        "It was completed: drug free, alcohol free, or occasional use of neither heroin nor crack; before April 2009 "
        "also by being referred on.",
        "completed treatment",
        "left without completing treatment",
    ),
    "not re-presented": Plain(
        "No other treatment began within six months of the end.",
        "completed treatment and did not come back within six months",
        "came back within six months",
    ),
    "re-presented": Plain(
        "Another treatment, of any group, began within six months of the end.",
        "came back within six months",
        "has not come back within six months, as far as is seen",
    ),
    "by the latest successful completion": Plain(
        "Of several completions in the window, the one that ended last decides: everybody counts once.",
        "completed treatment",
        "another completion ended later",
    ),
    "ended within 84 days": Plain(
        "The treatment ended within 84 days of its start.",
        "left within 84 days",
        "was still in treatment after 84 days",
    ),
    "unplanned, death apart": Plain(
        "It ended unplanned; those who died are left aside.",
        "left unplanned within 84 days",
        "did not leave unplanned, or died",
    ),
    "retained 84 days or completed earlier": Plain(
        "Stayed for 84 days, or completed treatment before that.",
        "stayed 84 days, or completed earlier",
        "left before 84 days without completing",
    ),
    "started in the window": Plain(
        "The treatment began in the window.", "treatment began in the window", "treatment did not begin in the window"
    ),
    "started by the day": Plain("The treatment had begun by the day.", "treatment had begun", "not begun by the day"),
    "open": Plain("It had not ended by the day.", "open on the day", "ended by the day"),
    "in structured treatment": Plain(
        "A structured intervention had started.", "in structured treatment", "not in structured treatment"
    ),
    "recovery plan reviewed in the last 84 days": Plain(
        "A recovery plan was reviewed in the 84 days to the day.",
        "recovery plan reviewed in the last 84 days",
        "no recovery plan reviewed in the last 84 days",
    ),
    "risk assessment reviewed in the last 84 days": Plain(
        "A risk assessment was reviewed in the 84 days to the day.",
        "risk assessment reviewed in the last 84 days",
        "no risk assessment reviewed in the last 84 days",
    ),
    "first structured intervention in the window": Plain(
        "The first structured intervention of the treatment started in the window.",
        "structured treatment began in the window",
        "structured treatment did not begin in the window",
    ),
    "start TOP within 14 days": Plain(
        "A start TOP was completed within 14 days of that start, before or after it.",
        "start TOP within 14 days",
        "no start TOP within 14 days",
    ),
    "day 182 in the window": Plain(
        "Day 182 after the first structured intervention lies in the window.",
        "day 182 in the window",
        "day 182 not in the window",
    ),
    "open on day 182": Plain(
        "The treatment was still open on day 182.", "open on day 182", "treatment had ended by day 182"
    ),
    "has a start TOP": Plain("There is a start TOP to compare with.", "has a start TOP", "has no start TOP"),
    "review TOP on day 29 to 182": Plain(
        "A review TOP was completed on day 29 to 182.", "review TOP on day 29 to 182", "no review TOP on day 29 to 182"
    ),
    "owes an exit TOP": Plain(
        "The way in which the treatment ended asks for an exit TOP.", "owes an exit TOP", "owes no exit TOP"
    ),
    "exit TOP within 14 days": Plain(
        "An exit TOP was completed within 14 days of the end, before or after it.",
        "exit TOP within 14 days",
        "no exit TOP within 14 days",
    ),
    "offered within 21 days of referral to it": Plain(
        "An appointment was offered within 21 days of the referral to the intervention.",
        "offered within 21 days",
        "offered later than 21 days, or not known when",
    ),
    "referral date known": Plain(
        "The day of the referral is known.", "day of referral known", "day of referral not known"
    ),
    "started within 21 days of referral": Plain(
        "The first structured intervention started within 21 days of the referral.",
        "started within 21 days",
        "started later than 21 days",
    ),
    "not in structured treatment": Plain(
        "Structured treatment had not started by the day.", "not in structured treatment", "in structured treatment"
    ),
    "not discharged": Plain("The referral was not closed by the day.", "not discharged", "discharged"),
    "by the longest wait": Plain(
        "Of several referrals of a person, the one that waits longest decides: everybody counts once.",
        "still waiting",
        "another referral waits longer",
    ),
}
"""What people read in place of a rule's own words, by those."""


def why(rule: str, *, counted: bool) -> str:
    """Why somebody is counted, or by which rule not."""
    plain = PLAIN[rule]
    return plain.met if counted else plain.unmet


def asks(rule: str) -> str:
    """What a rule asks, as a sentence."""
    return PLAIN[rule].asks
