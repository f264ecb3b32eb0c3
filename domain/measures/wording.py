"""The measures in plain words: the sentence of each family, and what each rule asks and says of a person.

A measure names its rules in the few words that certificates carry; people read these. A test fails for a rule or a
family without them.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from . import families


class Wording(NamedTuple):
    """Of whom a figure tells (`cohort`), what it counts, and its window; {who} are adults, people or young people,
    {group} what they are treated for, {first}, {last} and {as_of} days.
    """

    cohort: str
    counted: str
    window: str


_TREATED: Final = "treatment from {first} to {last}"
_REVIEWED: Final = "reviews from {first} to {last}"
_BEGUN: Final = "treatment begun from {first} to {last}"
_TESTED: Final = "treatment begun from {first} to {last}, tests to {as_of}"
_ENDED: Final = "completions from {first} to {last}"
_COMPLETED: Final = "completions from {first} to {last}, returns to {as_of}"
_ON_THE_DAY: Final = "on {last}"
_EPISODES: Final = "treatment episodes open on the day"
_BEGINNINGS: Final = "treatments that began"

WORDINGS: Final[Mapping[str, Wording]] = {
    families.PHOF.name: Wording(
        "{who} whose latest treatment was for {group}",
        "completed it and did not come back within six months",
        "treatment from {first} to {last}, returns to {as_of}",
    ),
    families.COMPLETIONS.name: Wording("{who} in treatment for {group}", "completed it successfully", _TREATED),
    families.RE_PRESENTATIONS.name: Wording(
        "{who} who completed treatment for {group}", "came back within six months", _COMPLETED
    ),
    families.RE_PRESENTATIONS_UNLAGGED.name: Wording(
        "{who} who completed treatment for {group}", "have come back so far", _COMPLETED
    ),
    families.START_TOPS.name: Wording(_BEGINNINGS, "have a start TOP within 14 days", _BEGUN),
    families.REVIEW_TOPS.name: Wording(
        "{who} who reached half a year of treatment",
        "had a review TOP in it",
        "half a year reached from {first} to {last}",
    ),
    families.EXIT_TOPS.name: Wording("successful completions", "have an exit TOP within 14 days", _ENDED),
    families.RECOVERY_PLANS.name: Wording(_EPISODES, "had their recovery plan reviewed in 84 days", _REVIEWED),
    families.RISK_ASSESSMENTS.name: Wording(_EPISODES, "had their risk assessment reviewed in 84 days", _REVIEWED),
    families.OFFERED_IN_TIME.name: Wording(_BEGINNINGS, "were offered within 21 days of the referral", _BEGUN),
    families.STARTED_IN_TIME.name: Wording(_BEGINNINGS, "began within 21 days of the referral", _BEGUN),
    families.WAITING.name: Wording("", "people are referred and still wait for treatment to start", _ON_THE_DAY),
    families.EARLY_EXITS.name: Wording(_BEGINNINGS, "ended unplanned within 84 days", _BEGUN),
    families.EFFECTIVE_TREATMENT.name: Wording(_BEGINNINGS, "lasted 84 days, or were completed before", _BEGUN),
    families.HEPATITIS_B.name: Wording(
        "treatments begun by {who} not immune to hepatitis B", "had a vaccination offered", _BEGUN
    ),
    families.HEPATITIS_C.name: Wording(_BEGINNINGS, "had a test for hepatitis C", _TESTED),
    families.HOUSING.name: Wording(
        "successful completions whose exit TOP tells how they are housed", "had no housing problem", _ENDED
    ),
    families.PAID_WORK.name: Wording(
        "successful completions whose exit TOP tells whether they work", "were in paid work", _ENDED
    ),
    families.PEOPLE_IN_TREATMENT.name: Wording("", "people were in treatment", _TREATED),
    families.PEOPLE_OPEN.name: Wording("", "people were in treatment", _ON_THE_DAY),
    families.JOURNEYS_STARTED.name: Wording("", "treatments began", "from {first} to {last}"),
    families.JOURNEYS_ENDED.name: Wording("", "treatments ended", "from {first} to {last}"),
}
"""By the name of the family of measures."""


RECORDED_OF: Final[Mapping[str, str]] = {
    families.HEPATITIS_B.name: "a hepatitis B vaccination",
    families.HEPATITIS_C.name: "a test for hepatitis C",
    families.HOUSING.name: "housing",
    families.PAID_WORK.name: "paid work",
}
"""What a family reads that may be left empty, by its name."""


class Plain(NamedTuple):
    """A rule: what it asks, what is said of somebody who meets it as the last, and of somebody who does not."""

    condition: str
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
    "not immune to hepatitis B": Plain(
        "No episode of the treatment says that the person was immunised already, or immune; or it was offered all the "
        "same.",
        "not known to be immune to hepatitis B",
        "immune to hepatitis B: there was nothing to offer",
    ),
    "offered a hepatitis B vaccination": Plain(
        "A hepatitis B vaccination was offered, whether accepted or refused, or one was given.",
        "offered a hepatitis B vaccination",
        "no offer of a hepatitis B vaccination is recorded",
    ),
    "tested for hepatitis C": Plain(
        "A test for hepatitis C by the day is recorded, also one before the treatment.",
        "tested for hepatitis C",
        "no test for hepatitis C by the day is recorded",
    ),
    "exit TOP on time tells of housing": Plain(
        "An exit TOP within 14 days of the end, before or after it, says whether there is an acute housing problem, or "
        "a risk of eviction.",
        "exit TOP on time tells of housing",
        "no exit TOP on time tells of housing",
    ),
    "no housing problem": Plain(
        "It says of neither an acute housing problem nor a risk of eviction.",
        "no housing problem at exit",
        "a housing problem at exit, or a risk of eviction",
    ),
    "exit TOP on time tells of paid work": Plain(
        "An exit TOP within 14 days of the end, before or after it, says on how many of the 28 days before it the "
        "person was in paid work.",
        "exit TOP on time tells of paid work",
        "no exit TOP on time tells of paid work",
    ),
    "in paid work": Plain(
        "It says that the person was in paid work on a day or more of the 28.",
        "in paid work at exit",
        "not in paid work at exit",
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


def condition(rule: str) -> str:
    """What a rule asks, as a sentence."""
    return PLAIN[rule].condition
