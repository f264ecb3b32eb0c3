"""What can be said of an episode of treatment: its facts, each under a key.

An episode is one client's spell with one agency.

    referral                  the client was referred                       on REFLD
    start                     triaged; drugs, identity, area come with it   on TRIAGED
    intervention:MODID        an intervention started (or was offered)      on MODST
    intervention-end:MODID    it ended                                      on MODEND
    top:TOPID                 a Treatment Outcomes Profile was completed    on TOPDATE
    care-plan                 the recovery plan's date of NDTMS             on CPLANDT
    exit                      discharged, with a reason                     on DISD
    review:WHAT:DATE          a review, from the agency's review file       on its date
    handover                  an administrative transfer, ours              on the day of the handover
    re-presented              the client came back within six months       on the return's first structured day
    joined                    it is the same episode as another, ours       on the day of the rekey
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from domain.codes import Modality

TREATMENT, REVIEW_FILE, OURS = "TREAT", "REVIEWS", "RECOUNT"
"""Who speaks of a fact: the monthly file, the review file, or this service (handover, re-presentation, join)."""

REFERRAL, START, EXIT, CARE_PLAN, HANDOVER, RE_PRESENTED, JOINED = (
    "referral",
    "start",
    "exit",
    "care-plan",
    "handover",
    "re-presented",
    "joined",
)
INTERVENTION, INTERVENTION_END, TOP, REVIEW = "intervention:", "intervention-end:", "top:", "review:"


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that an agency says of an episode; equal facts say the same."""

    @property
    def occurred_on(self) -> date:
        """The day on which it happened."""
        raise NotImplementedError


class Referral(Fact, frozen=True):
    """A client was referred to an agency. `adult_on` is the 18th birthday of one who was younger on that day."""

    referred_on: date
    client: str
    agency: str
    client_reference: str
    episode_reference: str
    near: tuple[str, ...] = ()
    area: str = ""
    source: str = ""
    adult_on: date | None = None

    @property
    def occurred_on(self) -> date:
        return self.referred_on


class Start(Fact, frozen=True):
    """A client was triaged. Identity, drugs, area, referral source and career come with it, the newest as submitted.

    `area` is the DAT of residence. `adult_on` is the 18th birthday of one who was younger at triage, never a birth
    date otherwise. `first_use_age` is DRUG1AGE in years. `details` holds the other columns, as submitted.
    """

    triaged_on: date
    client: str
    agency: str
    client_reference: str
    episode_reference: str
    near: tuple[str, ...] = ()
    area: str = ""
    drugs: tuple[int, ...] = ()
    referral_source: str = ""
    age_at_triage: int = 0
    adult_on: date | None = None
    first_use_age: int | None = None
    previously_treated: bool | None = None
    details: dict[str, str] = {}

    @property
    def occurred_on(self) -> date:
        return self.triaged_on


class Intervention(Fact, frozen=True):
    """An intervention: offered, or started once `started_on` is there. `modality` is MODAL.

    `referred_on` is REFMODDT, `first_offered_on` FAOMODDT; `day` is the day that the fact counts from: MODST, else
    REFMODDT, else FAOMODDT, else the episode's triage or referral.
    """

    modality: Modality
    day: date
    started_on: date | None = None
    referred_on: date | None = None
    first_offered_on: date | None = None
    setting: str = ""

    @property
    def occurred_on(self) -> date:
        return self.day


class InterventionEnd(Fact, frozen=True):
    """An intervention ended (MODEND); `exit` is MODEXIT as submitted."""

    ended_on: date
    exit: str = ""

    @property
    def occurred_on(self) -> date:
        return self.ended_on


class Top(Fact, frozen=True):
    """A Treatment Outcomes Profile: its day, its stage (S, R, E, P), its answers as submitted."""

    completed_on: date
    stage: str
    answers: dict[str, str] = {}

    @property
    def occurred_on(self) -> date:
        return self.completed_on


class Exit(Fact, frozen=True):
    """A discharge (DISD) with its reason (DISRSN) as submitted; it is recoded where it is counted."""

    discharged_on: date
    reason: int

    @property
    def occurred_on(self) -> date:
        return self.discharged_on


class Review(Fact, frozen=True):
    """A review of a recovery plan, a risk assessment, or a medical one; by a role; `low_dose` where it was said."""

    what: str
    reviewed_on: date
    role: str = ""
    low_dose: bool | None = None

    @property
    def occurred_on(self) -> date:
        return self.reviewed_on


class Handover(Fact, frozen=True):
    """The caseload passed to another agency on that day: an administrative transfer until a real discharge comes."""

    handed_over_on: date
    to_agency: str

    @property
    def occurred_on(self) -> date:
        return self.handed_over_on


class RePresentation(Fact, frozen=True):
    """The client came back within six months of this successful completion: first structured day, and by what."""

    returned_on: date
    episode: UUID

    @property
    def occurred_on(self) -> date:
        return self.returned_on


class Join(Fact, frozen=True):
    """This is the same episode as `into`, which has another key; since `joined_on` all that is said stands there."""

    into: UUID
    joined_on: date

    @property
    def occurred_on(self) -> date:
        return self.joined_on


def identity_of(facts: Mapping[str, Fact]) -> Start | Referral | None:
    """What says whose an episode is: its start, or its referral while it has none; None where nothing is said."""
    fact = facts.get(START) or facts.get(REFERRAL)
    return fact if isinstance(fact, Start | Referral) else None


def names_another_person(before: Start | Referral, now: Start | Referral) -> bool:
    """Whether two identities differ in more than one element: a correction changes one, as a rule.

    Of a person only hashes are known, of the whole identity and of it with one element left out, so that it cannot be
    told how many more differ.
    """
    return before.client != now.client and not set(before.near) & set(now.near)
