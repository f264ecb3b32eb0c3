"""What the measures read of an episode, from what is said of it.

`seen_from` is the one place where the two times meet: fold every event up to the standpoint's position first, then
keep the facts with `occurred_on <= as_of`. Days in an `EpisodeView` are ordinals, NEVER where there is none.
"""

from collections.abc import Iterable, Mapping
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
    DIED,
    RECOVERY_PLAN,
    RISK_ASSESSMENT,
    code_number,
    recoded,
    substance_bit,
)
from .definition import CURRENT, Definition
from .periods import NEVER
from .standpoint import Standpoint

ALWAYS_ADULT = 0
"""`adult_on` of those who were 18 or older already."""

number_of_client = lru_cache(maxsize=1 << 16)(client_number)


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


class EpisodeView(NamedTuple):
    """An episode as the measures read it; `key` is (AGNCY, CLIENT, EPISODID), which orders two of one day."""

    episode: UUID
    key: tuple[str, str, str]
    core: EpisodeCore
    tops: tuple[tuple[int, str], ...]
    plans: tuple[int, ...]
    risks: tuple[int, ...]


def episode_view(episode: UUID, facts: Mapping[str, Fact], definition: Definition = CURRENT) -> EpisodeView | None:
    """The view of an episode of which `facts` are said; None if it was neither referred nor triaged.

    Which interventions are structured, and which referrals the criminal-justice system's, are lists of the definition.
    """
    identity = _identity(facts)
    if identity is None:
        return None
    return EpisodeView(episode, _key(identity), _core(identity, facts, definition), _tops(facts), *_reviews(facts))


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
        rests |= _RESTS_ON.get(key.partition(":")[0], 0)
    _, its_key, core, tops, plans, risks = before
    if rests & _CORE:
        identity = _identity(facts)
        if identity is None:
            return None
        its_key, core = _key(identity), _core(identity, facts, definition)
    if rests & _TOPS:
        tops = _tops(facts)
    if rests & _REVIEWS:
        plans, risks = _reviews(facts)
    return EpisodeView(episode, its_key, core, tops, plans, risks) if rests else before


def _identity(facts: Mapping[str, Fact]) -> Start | Referral | None:
    """The fact that says whose the episode is: the start, and before it the referral."""
    start = facts.get(START)
    return start if isinstance(start, Start) else _referral_before(facts)


def _key(identity: Start | Referral) -> tuple[str, str, str]:
    return identity.agency, identity.client_reference, identity.episode_reference


_CORE, _TOPS, _REVIEWS = 1, 2, 4
_RESTS_ON: Final = {
    REFERRAL: _CORE,
    START: _CORE,
    EXIT: _CORE,
    HANDOVER: _CORE,
    INTERVENTION.rstrip(":"): _CORE,
    TOP.rstrip(":"): _TOPS,
    CARE_PLAN: _REVIEWS,
    REVIEW.rstrip(":"): _REVIEWS,
}
"""Which part of a view rests on the facts of a kind; on ends of interventions and re-presentations none does."""


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
        criminal_justice=code_number(source) in definition.criminal_justice,
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


def _tops(facts: Mapping[str, Fact]) -> tuple[tuple[int, str], ...]:
    return tuple(sorted([(f.completed_on.toordinal(), f.stage) for f in facts.values() if isinstance(f, Top)]))


def _reviews(facts: Mapping[str, Fact]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The days of the reviews of plans and of risks."""
    reviews = [f for f in facts.values() if isinstance(f, Review)]
    if not reviews:
        return (), ()
    plans = [f.reviewed_on.toordinal() for f in reviews if f.what == RECOVERY_PLAN]
    risks = [f.reviewed_on.toordinal() for f in reviews if f.what == RISK_ASSESSMENT]
    return tuple(sorted(plans)), tuple(sorted(risks))


def seen_from(
    standpoint: Standpoint, episodes: Iterable[Episode], definition: Definition = CURRENT
) -> list[EpisodeView]:
    """What is seen at a standpoint of episodes folded up to its position: facts that had occurred by `as_of`."""
    views = (
        episode_view(
            episode.id,
            {key: fact for key, fact in episode.facts.items() if fact.occurred_on <= standpoint.as_of},
            definition,
        )
        for episode in episodes
    )
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
