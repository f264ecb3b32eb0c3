"""Roles and rights: the one table that says who may do what, and how far it reaches.

Every endpoint names the right that it needs (`guard.needs`); whether the person who asks has it, and for which
agencies, is decided here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is to the service."""

    COMMISSIONER = "commissioner"
    PROVIDER = "provider"
    AUDITOR = "auditor"
    PUBLIC = "public"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What an endpoint needs. `DEFINITIONS` is what is the same in every database; `CLIENTS` everything in which a
    single client shows: members, bridges, claims with lists, waiting lists, the events of the trail.
    """

    DEFINITIONS = "definitions"
    FIGURES = "figures"
    CLIENTS = "clients"
    PUBLISHED = "published"
    PUBLISH = "publish"
    DISPUTES = "disputes"
    DISPUTE = "dispute"
    SUBMISSIONS = "submissions"
    SUBMIT = "submit"
    KNOWLEDGE = "knowledge"
    CONTRACTS = "contracts"
    AGREED = "agreed"
    AGREE = "agree"
    LOG = "log"
    ACCESS = "access"
    VERIFY = "verify"
    ACCOUNTS = "accounts"
    BOARD = "board"
    SET_UP = "set-up"
    SUBJECT_ACCESS = "subject-access"
    METRICS = "metrics"
    NATIONAL = "national"


class Reach(StrEnum):
    """How far a right goes: over everything; over one's own agencies (and the sums of the area); over clients, once
    there is a dispute or a reason was given; over what was published, suppressed.
    """

    ALL = "all"
    OWN = "own"
    WITH_REASON = "with reason"
    PUBLISHED = "published"


RIGHTS: Final[Mapping[Right, Mapping[Role, Reach]]] = {
    Right.DEFINITIONS: dict.fromkeys(Role, Reach.ALL),
    Right.FIGURES: {
        Role.COMMISSIONER: Reach.ALL,
        Role.PROVIDER: Reach.OWN,
        Role.AUDITOR: Reach.ALL,
        Role.PUBLIC: Reach.PUBLISHED,
    },
    Right.CLIENTS: {Role.COMMISSIONER: Reach.WITH_REASON, Role.PROVIDER: Reach.OWN, Role.AUDITOR: Reach.ALL},
    Right.PUBLISHED: {
        Role.COMMISSIONER: Reach.ALL,
        Role.PROVIDER: Reach.OWN,
        Role.AUDITOR: Reach.ALL,
        Role.PUBLIC: Reach.PUBLISHED,
    },
    Right.PUBLISH: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN},
    Right.DISPUTES: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN, Role.AUDITOR: Reach.ALL},
    Right.DISPUTE: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN},
    Right.SUBMISSIONS: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN, Role.AUDITOR: Reach.ALL},
    Right.SUBMIT: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN},
    Right.KNOWLEDGE: {Role.COMMISSIONER: Reach.ALL},
    Right.CONTRACTS: {Role.COMMISSIONER: Reach.ALL, Role.AUDITOR: Reach.ALL},
    Right.AGREED: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN, Role.AUDITOR: Reach.ALL},
    Right.AGREE: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN},
    Right.LOG: {Role.COMMISSIONER: Reach.WITH_REASON, Role.PROVIDER: Reach.OWN, Role.AUDITOR: Reach.ALL},
    Right.ACCESS: {Role.COMMISSIONER: Reach.ALL, Role.AUDITOR: Reach.ALL, Role.ADMINISTRATOR: Reach.ALL},
    Right.VERIFY: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.ALL, Role.AUDITOR: Reach.ALL},
    Right.ACCOUNTS: {Role.ADMINISTRATOR: Reach.ALL},
    Right.BOARD: {Role.COMMISSIONER: Reach.ALL, Role.PROVIDER: Reach.OWN, Role.AUDITOR: Reach.ALL},
    Right.SET_UP: {Role.COMMISSIONER: Reach.ALL, Role.ADMINISTRATOR: Reach.ALL},
    Right.SUBJECT_ACCESS: {Role.COMMISSIONER: Reach.WITH_REASON},
    Right.METRICS: {Role.ADMINISTRATOR: Reach.ALL},
    Right.NATIONAL: {Role.COMMISSIONER: Reach.ALL, Role.AUDITOR: Reach.ALL},
}
"""The one table. A role that is not named has the right not at all. `KNOWLEDGE` is what is said by word (a withdrawal,
a handover, a contract), `CONTRACTS` which contracts stand; `AGREED` is what was agreed with a provider, `AGREE` to take
a step towards it (`domain.contract_life.transitions` says who may take which); `ACCESS` the trail of sign-ins, refusals
and client-level looks; `BOARD` the staff board, which a display on a wall shows by a token of its own; `SET_UP` what is
still to be set up, and what the agencies are called; `SUBJECT_ACCESS` is to answer a person who asks what is held about
them: the data controller's own duty, so neither a provider's, who would see part of it, nor an administrator's;
`METRICS` how the service fares; `NATIONAL` where the council stands among others, which has its figures whole: less its
own, they would tell a provider of few clients of others."""

OF_CLIENTS: Final = frozenset({Right.CLIENTS, Right.LOG, Right.SUBJECT_ACCESS})
"""The rights to single clients; a provider's end with its contract, and not only with the grant."""

CHANGES: Final = frozenset(
    {Right.PUBLISH, Right.DISPUTE, Right.SUBMIT, Right.KNOWLEDGE, Right.AGREE, Right.ACCOUNTS, Right.SET_UP}
)
"""The rights that change something; an auditor has none of them."""

DURING_SET_UP: Final = frozenset({Right.SET_UP, Right.ACCOUNTS, Right.CONTRACTS, Right.KNOWLEDGE, Right.SUBMIT})
"""What the first account may do beside its role until the first monthly file is in: the whole set-up. Until then
nobody's record is in the database, so there is nothing that it could see by them.
"""


@dataclass(frozen=True)
class Principal:
    """Who asks: an account that signed in, or a token. `agencies` are those granted; `scopes` narrow the role's rights
    (empty: all of them).
    """

    name: str
    role: Role
    agencies: frozenset[str] = frozenset()
    scopes: frozenset[Right] = field(default_factory=frozenset)
    by_token: bool = False
    beside: frozenset[Right] = field(default_factory=frozenset)
    """Rights beside the role's: those of the first account during set-up."""
    key: str = ""
    """Of the account or the token, for the session and for what is counted against it."""

    def reach(self, right: Right) -> Reach | None:
        """How far this one's right goes; None without it."""
        if self.scopes and right not in self.scopes:
            return None
        return RIGHTS[right].get(self.role) or (Reach.ALL if right in self.beside else None)
