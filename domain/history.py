"""What the measures read of an episode, from what is said of it.

`seen_from` is the one place where the two times meet: fold every event up to the standpoint's position first, then
keep the facts with `occurred_on <= as_of`. Days in an `EpisodeView` are ordinals, NEVER where there is none.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from domain.episode.episode import Episode
from domain.episode.facts import (
    CARE_PLAN,
    EXIT,
    HANDOVER,
    INTERVENTION,
    REFERRAL,
    REVIEW,
    START,
    TOP,
    Exit,
    Fact,
    Handover,
    Intervention,
    Referral,
    Review,
    Start,
    Top,
)

from .client import client_number
from .codes import (
    ADMINISTRATIVE_TRANSFER,
    DAYS_OF_TOP,
    DIED,
    NO,
    RECOVERY_PLAN,
    RISK_ASSESSMENT,
    TOP_EXIT,
    YES,
    code_number,
    recoded,
    substance_bit,
)
from .definition import CURRENT, Definition
from .periods import NEVER, day_written
from .standpoint import Standpoint

ALWAYS_ADULT = 0
"""`adult_on` of those who were 18 or older already."""

number_of_client = lru_cache(maxsize=1 << 16)(client_number)
_number: Final = lru_cache(maxsize=1 << 12)(code_number)


class EpisodeCore(NamedTuple):
    """What all measures but those of TOPs and reviews read of an episode.

    `triaged` TRIAGED; `started` the first structured intervention (the episode counts once it has come, then from
    `triaged`); `left` the discharge, or the handover that stands for it; `reason` recoded, -1 while open; `drugs` the
    or-ed substance bits; `adult_on` the 18th birthday of one younger at triage; `referred` REFLD; `offer_wait` days
    from REFMODDT to FAOMODDT of the first structured intervention; `waiting_from` the day from which the client waits
    (REFLD, else TRIAGED) and `waiting_adult_on` the 18th birthday of one younger then.
    """

    client: int
    agency: str
    area: str
    triaged: int
    started: int
    left: int
    reason: int
    drugs: int
    adult_on: int
    criminal_justice: bool
    referred: int
    offer_wait: int
    waiting_from: int
    waiting_adult_on: int


UNSAID, NOT_OFFERED, IMMUNE, OFFERED = range(4)
"""What an episode's columns say of a hepatitis B vaccination; of a journey's episodes the greatest counts."""


class BloodBorne(NamedTuple):
    """What a start says of blood-borne viruses.

    `hepatitis_b` is UNSAID (neither HEPBVAC nor HEPBSTAT is filled in), NOT_OFFERED, IMMUNE or OFFERED. `tested_on` is
    the day of a hepatitis C test: HEPCTSTD, or TRIAGED where HEPCTD says that there was one and not when.
    `hepatitis_c_said`: HEPCTSTD, HEPCSTAT or HEPCTD is filled in.
    """

    hepatitis_b: int
    tested_on: int
    hepatitis_c_said: bool


_NOTHING_SAID: Final = BloodBorne(UNSAID, NEVER, hepatitis_c_said=False)

UNANSWERED, UNFAVOURABLE, FAVOURABLE = range(3)
"""An exit TOP's answer, to both of its questions: none that can be read; a housing problem, no paid work; neither."""


TopView = tuple[int, str, int, int]
"""A TOP: its day, its stage, and of one at the exit what it says of housing (no problem) and of paid work. A plain
tuple: those of an episode are made anew with every one that comes."""


class EpisodeView(NamedTuple):
    """An episode as the measures read it; `key` is (AGNCY, CLIENT, EPISODID), which orders two of one day."""

    episode: UUID
    key: tuple[str, str, str]
    core: EpisodeCore
    blood_borne: BloodBorne
    tops: tuple[TopView, ...]
    plans: tuple[int, ...]
    risks: tuple[int, ...]


def episode_view(episode: UUID, facts: Mapping[str, Fact], definition: Definition = CURRENT) -> EpisodeView | None:
    """The view of an episode of which `facts` are said; None if it was neither referred nor triaged.

    Which interventions are structured, and which referrals the criminal-justice system's, are lists of the definition.
    """
    identity = identity_said(facts)
    if identity is None:
        return None
    return EpisodeView(
        episode,
        key_of(identity),
        _core(identity, facts, definition),
        blood_borne_said(facts, definition),
        _tops(facts, definition),
        *_reviews(facts),
    )


def view_after(
    before: EpisodeView | None,
    episode: UUID,
    facts: Mapping[str, Fact],
    changed: Iterable[str],
    definition: Definition = CURRENT,
) -> EpisodeView | None:
    """`episode_view`, where only the facts under the `changed` keys differ from those of `before`.

    What rests on none of them is taken over from `before`: of a long episode most changes are a TOP or a review.
    """
    if before is None:
        return episode_view(episode, facts, definition)
    rests = 0
    for key in changed:
        rests |= rests_on(key)
    _, its_key, core, blood_borne, tops, plans, risks = before
    if rests & CORE:
        identity = identity_said(facts)
        if identity is None:
            return None
        its_key, core = key_of(identity), core_after(core, identity, facts, rests, definition)
    if rests & BLOOD_BORNE:
        blood_borne = blood_borne_said(facts, definition)
    if rests & TOPS:
        tops = _tops(facts, definition)
    if rests & REVIEWS:
        plans, risks = _reviews(facts)
    return EpisodeView(episode, its_key, core, blood_borne, tops, plans, risks) if rests else before


def identity_said(facts: Mapping[str, Fact]) -> Start | Referral | None:
    """The fact that says whose the episode is: the start, and before it the referral."""
    start = facts.get(START)
    return start if isinstance(start, Start) else _referral_before(facts)


def key_of(identity: Start | Referral) -> tuple[str, str, str]:
    """(AGNCY, CLIENT, EPISODID)."""
    return identity.agency, identity.client_reference, identity.episode_reference


_IDENTITY, _TREATED, _LEFT, BLOOD_BORNE, TOPS, REVIEWS = 1, 2, 4, 8, 16, 32
CORE: Final = _IDENTITY | _TREATED | _LEFT
_RESTS_ON: Final = {
    REFERRAL: _IDENTITY,
    START: _IDENTITY | BLOOD_BORNE,
    EXIT: _LEFT,
    HANDOVER: _LEFT,
    INTERVENTION.rstrip(":"): _TREATED,
    TOP.rstrip(":"): TOPS,
    CARE_PLAN: REVIEWS,
    REVIEW.rstrip(":"): REVIEWS,
}


def rests_on(key: str) -> int:
    """Which parts of a view rest on the fact under a key: bits of CORE, BLOOD_BORNE, TOPS and REVIEWS.

    None rests on ends of interventions, re-presentations and joins.
    """
    return _RESTS_ON.get(key.partition(":")[0], 0)


def core_after(
    before: EpisodeCore | None,
    identity: Start | Referral,
    facts: Mapping[str, Fact],
    rests: int,
    definition: Definition,
) -> EpisodeCore:
    """What measures read of an episode now that the parts that `rests` names have changed since `before`."""
    if before is None or rests & _IDENTITY:
        return _core(identity, facts, definition)
    started, left, reason, offer_wait = before.started, before.left, before.reason, before.offer_wait
    if rests & _TREATED:
        first, offer_wait = _first_structured(facts, definition)
        started = max(first, before.triaged)
    if rests & _LEFT:
        left, reason = _departure(facts)
    # Not `_replace`, which takes four times as long: an episode is begun once, and treated and ended often.
    return EpisodeCore._make((*before[:4], started, left, reason, *before[7:11], offer_wait, *before[12:]))


def _core(identity: Start | Referral, facts: Mapping[str, Fact], definition: Definition) -> EpisodeCore:
    start, referral = facts.get(START), _referral_before(facts)
    started, offer_wait = _first_structured(facts, definition)
    left, reason = _departure(facts)
    triaged = start.triaged_on.toordinal() if isinstance(start, Start) else NEVER
    referred = referral.referred_on.toordinal() if referral else NEVER
    source = identity.referral_source if isinstance(identity, Start) else identity.source
    return EpisodeCore(
        client=number_of_client(identity.client),
        agency=identity.agency,
        area=identity.area,
        triaged=triaged,
        # A structured start before triage is one that stood when TRIAGED was corrected: nobody is treated before.
        started=max(started, triaged),
        left=left,
        reason=reason,
        drugs=_drugs(identity.drugs) if isinstance(identity, Start) else 0,
        adult_on=_adult_on(identity),
        criminal_justice=_number(source) in definition.criminal_justice,
        referred=referred,
        offer_wait=offer_wait,
        waiting_from=min(referred, triaged),
        waiting_adult_on=_adult_on(referral or identity),
    )


def _first_structured(facts: Mapping[str, Fact], definition: Definition) -> tuple[int, int]:
    """The day of the first structured start (of two the lesser key's), and the days that its offer took."""
    first: tuple[int, str] = (NEVER, "")
    offer_wait = NEVER
    for key, fact in facts.items():
        if isinstance(fact, Intervention) and fact.started_on and fact.modality in definition.structured:
            candidate = (fact.started_on.toordinal(), key)
            if candidate < first:
                first, offer_wait = candidate, _offer_wait(fact)
    return first[0], offer_wait


def blood_borne_said(facts: Mapping[str, Fact], definition: Definition) -> BloodBorne:
    """What the start says of blood-borne viruses."""
    start = facts.get(START)
    if not isinstance(start, Start) or not start.details:
        return _NOTHING_SAID
    detail = start.details.get
    given, status, tested_on = detail("HEPBVAC", ""), detail("HEPBSTAT", ""), detail("HEPCTSTD", "")
    tested = detail("HEPCTD", "")
    said = bool(tested_on or tested or detail("HEPCSTAT"))
    if not (given or status or said):
        return _NOTHING_SAID
    return BloodBorne(_hepatitis_b(given, status, definition), _tested_on(tested_on, tested, start, definition), said)


def _hepatitis_b(given: str, status: str, definition: Definition) -> int:
    """An offer counts, whatever else is said; else who is immune is offered nothing."""
    given, status = _code(given), _code(status)
    offered = definition.hepatitis_b_offered
    if given in definition.hepatitis_b_given or given in offered or status in offered:
        return OFFERED
    if status in definition.hepatitis_b_immune:
        return IMMUNE
    return NOT_OFFERED if given or status else UNSAID


def _tested_on(day: str, tested: str, start: Start, definition: Definition) -> int:
    """A day that can be read decides, also one that lies ahead of HEPCTD's word."""
    if day and (read := day_written(day)):
        return read.toordinal()
    return start.triaged_on.toordinal() if _code(tested) in definition.hepatitis_c_tested else NEVER


def _code(text: str) -> str:
    """A code in its one form: capitals, and of a number 1 for `01` and `1.0`."""
    number = _number(text)
    return str(number) if number >= 0 else text.upper()


def _tops(facts: Mapping[str, Fact], definition: Definition) -> tuple[TopView, ...]:
    return tuple(sorted([top_view(fact, definition) for fact in facts.values() if isinstance(fact, Top)]))


def top_view(fact: Top, definition: Definition) -> TopView:
    """What measures read of a TOP."""
    day, stage = fact.completed_on.toordinal(), fact.stage
    if stage != TOP_EXIT or not fact.answers:
        return day, stage, UNANSWERED, UNANSWERED
    answer = fact.answers.get
    housing = _housing(answer("ACUTHPBM", ""), answer("HRISK", ""), risk_counts=definition.housing_risk_is_problem)
    return day, stage, housing, _work(answer("PWORK", ""), definition.least_paid_days)


def _housing(acute: str, risk: str, *, risk_counts: bool) -> int:
    """FAVOURABLE: no acute problem, and no risk where that counts; a risk that nobody spoke of is none."""
    acute = acute.upper()
    if acute in YES or (risk_counts and risk.upper() in YES):
        return UNFAVOURABLE
    return FAVOURABLE if acute in NO else UNANSWERED


def _work(days: str, least: int) -> int:
    """FAVOURABLE: so many days of paid work at least, of the 28 that the question is about."""
    number = _number(days)
    if not 0 <= number <= DAYS_OF_TOP:
        return UNANSWERED
    return FAVOURABLE if number >= least else UNFAVOURABLE


def _reviews(facts: Mapping[str, Fact]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The days of the reviews of plans and of risks."""
    reviews = [f for f in facts.values() if isinstance(f, Review)]
    if not reviews:
        return (), ()
    plans = [f.reviewed_on.toordinal() for f in reviews if f.what == RECOVERY_PLAN]
    risks = [f.reviewed_on.toordinal() for f in reviews if f.what == RISK_ASSESSMENT]
    return tuple(sorted(plans)), tuple(sorted(risks))


def facts_seen(as_of: date, episode: Episode) -> dict[str, Fact]:
    """What is said of a folded episode that had occurred by a day."""
    said = episode.standing_events.items()
    return {key: event.fact for key, event in said if event.fact.occurred_on <= as_of}


def seen_from(
    standpoint: Standpoint, episodes: Iterable[Episode], definition: Definition = CURRENT
) -> list[EpisodeView]:
    """What is seen at a standpoint of episodes folded up to its position: facts that had occurred by `as_of`."""
    as_of = standpoint.as_of
    views = (episode_view(episode.id, facts_seen(as_of, episode), definition) for episode in episodes)
    return [view for view in views if view is not None]


def _referral_before(facts: Mapping[str, Fact]) -> Referral | None:
    """The referral, unless it lies after triage: one that stood when TRIAGED was corrected begins no wait."""
    start, referral = facts.get(START), facts.get(REFERRAL)
    if isinstance(referral, Referral) and not (isinstance(start, Start) and start.triaged_on < referral.referred_on):
        return referral
    return None


@lru_cache(maxsize=4096)
def _drugs(drugs: tuple[int, ...]) -> int:
    bits = 0
    for drug in drugs:
        bits |= substance_bit(drug)
    return bits


def _adult_on(identity: Start | Referral) -> int:
    return identity.adult_on.toordinal() if identity.adult_on else ALWAYS_ADULT


def _offer_wait(fact: Intervention) -> int:
    if fact.referred_on and fact.first_offered_on:
        return (fact.first_offered_on - fact.referred_on).days
    return NEVER


def _departure(facts: Mapping[str, Fact]) -> tuple[int, int]:
    exit_ = facts.get(EXIT)
    if isinstance(exit_, Exit):
        return exit_.discharged_on.toordinal(), recoded(exit_.reason)
    handover = facts.get(HANDOVER)
    if isinstance(handover, Handover):
        return handover.handed_over_on.toordinal(), ADMINISTRATIVE_TRANSFER
    return NEVER, -1


class TreatedAfterDeath(NamedTuple):
    """An episode that was treated from a day (an ordinal) after the person died, by what another episode says."""

    death: EpisodeView
    treated: EpisodeView
    day: int


def treated_after_death(views: Iterable[EpisodeView]) -> list[TreatedAfterDeath]:
    """Of the episodes of one client, those triaged, or first treated, after the earliest discharge as died (89)."""
    views = list(views)
    died = [view for view in views if view.core.reason == DIED]
    if not died:
        return []
    death = min(died, key=lambda view: (view.core.left, view.key))
    treated = []
    for view in views:
        days = [day for day in (view.core.triaged, view.core.started) if death.core.left < day < NEVER]
        if days and view is not death:
            treated.append(TreatedAfterDeath(death, view, min(days)))
    return treated
