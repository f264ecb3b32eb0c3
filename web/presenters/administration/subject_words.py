"""What is held about a person in the words of a letter to that person: facts, codes and columns spelt out.

A code whose meaning was read in a public source is given in words; of any other the document has the code, and says
from which list it is.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from domain.codes import ALCOHOL_BIT, OPIATE_BIT, OTHER_BIT, Modality, recoded, substance_bit
from domain.episode.facts import (
    Exit,
    Fact,
    Handover,
    Intervention,
    InterventionEnd,
    Join,
    Referral,
    RePresentation,
    Review,
    Start,
    Top,
)
from web.presenters import text


class Line(NamedTuple):
    """Something that is held, in words, and the day that it is about; None where it has none of its own."""

    words: str
    day: date | None


def fact_lines(key: str, fact: Fact) -> list[Line]:
    """A fact as lines of a letter, the most important first."""
    if key == CARE_PLAN:
        return [Line("A recovery plan was agreed", fact.occurred_on)]
    for kind, lines in _LINES.items():
        if isinstance(fact, kind):
            return list(lines(fact))
    return [Line(key.replace("-", " "), fact.occurred_on)]


CARE_PLAN: Final = "care-plan"


def _referral(fact: Referral) -> Iterator[Line]:
    yield Line("You were referred to the service", fact.referred_on)
    yield from _of_both(fact, fact.source)


def _start(fact: Start) -> Iterator[Line]:
    yield Line("You were assessed when treatment began (triage)", fact.triaged_on)
    if fact.drugs:
        yield Line(f"Substances that the treatment was for: {text.listed([_drug(one) for one in fact.drugs])}", None)
    if fact.age_at_triage:
        yield Line(f"Your age at that time: {fact.age_at_triage}", None)
    if fact.first_use_age is not None:
        yield Line(f"Your age when you first used the main substance: {fact.first_use_age}", None)
    if fact.previously_treated is not None:
        yield Line(f"Whether you had been in treatment before: {_yes(fact.previously_treated)}", None)
    yield from _of_both(fact, fact.referral_source)
    for column, value in fact.details.items():
        words = column_words(column, value)
        yield Line(words[:1].upper() + words[1:], None)


def _of_both(fact: Start | Referral, source: str) -> Iterator[Line]:
    if fact.area:
        yield Line(f"The area where you lived, as a code: {fact.area}", None)
    if source:
        yield Line(f"Who referred you: {_SOURCES.get(source.lstrip('0'), _coded('referral source', source))}", None)
    if fact.adult_on:
        yield Line("Your 18th birthday", fact.adult_on)


def _intervention(fact: Intervention) -> Iterator[Line]:
    what = f"Kind of treatment: {modality_words(fact.modality)}"
    yield Line(f"{what}. It began" if fact.started_on else f"{what}. It has not begun", fact.started_on)
    if fact.referred_on:
        yield Line("You were referred for this kind of treatment", fact.referred_on)
    if fact.first_offered_on:
        yield Line("The first appointment that you were offered for it", fact.first_offered_on)
    if fact.setting:
        yield Line(f"Where it took place: {_coded('setting', fact.setting)}", None)


def _intervention_end(fact: InterventionEnd) -> Iterator[Line]:
    how = f", with {_coded('exit', fact.exit)}" if fact.exit else ""
    yield Line(f"A kind of treatment ended{how}", fact.ended_on)


def _top(fact: Top) -> Iterator[Line]:
    yield Line(f"You answered the treatment outcomes questionnaire (TOP) {_STAGES[fact.stage]}", fact.completed_on)
    for column, value in fact.answers.items():
        yield Line(f"Your answer: {column_words(column, value)}", None)


def _exit(fact: Exit) -> Iterator[Line]:
    yield Line(f"Treatment ended: {reason_words(fact.reason)}", fact.discharged_on)


def _review(fact: Review) -> Iterator[Line]:
    yield Line(f"{_REVIEWS[fact.what]} was reviewed", fact.reviewed_on)
    if fact.low_dose is not None:
        yield Line(f"Whether the dose was low: {_yes(fact.low_dose)}", None)


def _handover(fact: Handover) -> Iterator[Line]:
    yield Line(f"Your care passed to another service, {fact.to_agency}", fact.handed_over_on)


def _returned(fact: RePresentation) -> Iterator[Line]:
    yield Line("You came back into treatment within six months. Recount worked this out", fact.returned_on)


def _joined(fact: Join) -> Iterator[Line]:
    yield Line("This record was joined with another one of yours", fact.joined_on)


_LINES: Final[Mapping[type[Fact], Callable[[Any], Iterator[Line]]]] = {
    Referral: _referral,
    Start: _start,
    Intervention: _intervention,
    InterventionEnd: _intervention_end,
    Top: _top,
    Exit: _exit,
    Review: _review,
    Handover: _handover,
    RePresentation: _returned,
    Join: _joined,
}

_STAGES: Final = {"S": "at the start", "R": "at a review", "E": "at the end", "P": "after the end"}
_REVIEWS: Final = {
    "recovery-plan": "Your recovery plan",
    "risk-assessment": "Your risk assessment",
    "medical": "Your medical care",
}
_SOURCES: Final = {
    "5": "after an arrest",
    "6": "a drug rehabilitation requirement",
    "8": "the probation service",
    "13": "a prison",
    "16": "an education service",
}
_MODALITIES: Final[Mapping[Modality, str]] = {
    94: "medicines (pharmacological)",
    95: "talking and other support (psychosocial)",
    96: "recovery support",
    7: "aftercare",
    8: "needle exchange",
    9: "outreach",
    10: "advice and information",
    93: "a brief intervention",
}
_REASONS: Final = {
    80: "completed, free of the drugs that you came for",
    81: "completed, free of alcohol",
    82: "completed, with occasional use (not of heroin or crack)",
    83: "you moved on to another service, not in custody",
    84: "you moved on to a service in custody",
    85: "before it was completed, since you stopped coming",
    86: "before it was completed, since the service withdrew it",
    87: "before it was completed, since you were in custody",
    88: "before it was completed, since you did not want it",
    89: "the service recorded a death",
    0: "no reason was given",
}


def reason_words(reason: int) -> str:
    """Why treatment ended, with the code that the service sent."""
    counted = recoded(reason)
    meaning = _REASONS.get(counted)
    if meaning is None:
        return _coded("reason for leaving", str(reason))
    return f"{meaning} (code {reason})" if counted == reason else f"{meaning} (code {reason}, counted as {counted})"


def modality_words(modality: Modality) -> str:
    """A kind of treatment, with its code."""
    words = _MODALITIES.get(modality)
    return f"{words} (code {modality})" if words else _coded("kind of treatment", str(modality))


def _drug(drug: int) -> str:
    kinds = {OPIATE_BIT: "an opiate", ALCOHOL_BIT: "alcohol", OTHER_BIT: "a drug that is no opiate", 0: "none"}
    return f"{kinds[substance_bit(drug)]} (code {drug})"


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _coded(what: str, code: str) -> str:
    return f"code {code} of the national list ({what})"


_COLUMNS: Final = {
    "TOPCC": "care coordination",
    "ALCUSE": "days on which you drank alcohol in the last four weeks",
    "OPIUSE": "days on which you used opiates in the last four weeks",
    "CRAUSE": "days on which you used crack in the last four weeks",
    "COCAUSE": "days on which you used cocaine in the last four weeks",
    "AMPHUSE": "days on which you used amphetamines in the last four weeks",
    "CANNUSE": "days on which you used cannabis in the last four weeks",
    "OTDRGUSE": "days on which you used another drug in the last four weeks",
    "PSYHSTAT": "how you felt in your mind, from 0 to 20",
    "PHSTAT": "how your body felt, from 0 to 20",
    "QUALLIFE": "your quality of life, from 0 to 20",
    "ACUTHPBM": "an urgent housing problem",
    "HRISK": "a risk of losing your housing",
    "PWORK": "days of paid work in the last four weeks",
    "EDUCAT": "days of education in the last four weeks",
    "LA": "the local authority",
    "HLCASSDT": "the day of a health care assessment",
    "HEPBVAC": "hepatitis B vaccinations",
    "HEPBSTAT": "hepatitis B",
    "HEPCTSTD": "the day of a hepatitis C test",
    "HEPCSTAT": "hepatitis C",
    "HEPCTD": "whether you were tested for hepatitis C",
}
"""The columns of the monthly file that are kept as they were sent, by their names there."""


def column_words(column: str, value: str) -> str:
    """A value of the monthly file that is kept as it was sent."""
    return f"{_COLUMNS.get(column, 'column')} ({column}): {value}"


GLOSSARY: Final = (
    ("Area", "The area where you live, as the council’s list has it. It is used to count by area."),
    ("Certificate", "A figure that was published with a signature, so that nobody can change it later."),
    ("Code", "A short number that stands for something in the national lists that all services use."),
    ("Counted", "You did what the figure looks for, such as completing treatment."),
    ("Figure", "A number about many people, such as how many of 400 completed treatment. It names nobody."),
    ("Hash", "A number made from your details with a secret key. Your details cannot be read from it."),
    ("Log", "The book in which everything that was reported is written down, one entry after another."),
    ("Position", "The number of an entry in the log."),
    ("Record", "What one service reported about one course of treatment, from assessment to the end."),
    ("Row", "A line of the file that a service sent."),
    ("TOP", "Treatment Outcomes Profile: a short questionnaire at the start, during and at the end of treatment."),
    ("Triage", "The first assessment, with which treatment begins."),
)
"""What each term of the document means."""
