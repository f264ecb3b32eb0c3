"""The codes of NDTMS that a count depends on: discharge reasons, substances, interventions, TOP stages, roles.

Marks as in the rules of counting: [V] read in a public source, [K] common knowledge of the field and therefore a
named constant, to be changed in one place.
"""

from enum import StrEnum
from functools import lru_cache
from typing import Final


class ExitKind(StrEnum):
    """What kind of exit a journey's reason is; death and custody are always shown apart from unplanned exits."""

    SUCCESSFUL = "successful"
    TRANSFERRED = "transferred"
    UNPLANNED = "unplanned"
    DIED = "died"
    CUSTODY = "custody"
    UNKNOWN = "unknown"


class SubstanceGroup(StrEnum):
    """The four separate groups of Appendix C, in the order of its KPIs (x.0 to x.3)."""

    OPIATE = "opiate"
    NON_OPIATE = "non-opiate"
    ALCOHOL = "alcohol"
    NON_OPIATE_AND_ALCOHOL = "non-opiate-and-alcohol"


SUBSTANCE_GROUPS: Final = tuple(SubstanceGroup)
EXIT_KINDS: Final = tuple(ExitKind)

SUCCESSFUL: Final = frozenset({80, 81, 82})
"""Drug free, alcohol free, occasional user (not heroin or crack). [V]"""
DIED: Final = 89
RETAINED_IN_CUSTODY: Final = 87
ADMINISTRATIVE_TRANSFER: Final = 83
INCONSISTENT: Final = 999
"""The reason of a journey whose episodes of the last day disagree; no success. [V]"""
LARGEST_OF: Final = (SUCCESSFUL, frozenset({71, 88}))
"""Different reasons that lie all in one of these sets become the largest of them. [V]"""

# [V] what a reason, as submitted, is counted as
RECODED: Final[dict[int, int]] = (
    dict.fromkeys((1, *range(15, 22), 90), 80)
    | {91: 82, 92: 81}
    | dict.fromkeys((2, *range(22, 29)), 82)
    | {9: 89, 6: 85, 3: 86, 8: 87, 14: 87, 12: 88}
    | dict.fromkeys((74, *range(93, 98)), 83)
    | {0: 0, 11: 0}
)
_TRANSFERRED: Final = frozenset({83, 84, 5, 33, 40, 47, 54, 61, 68})
_UNPLANNED: Final = frozenset(
    {
        85,
        86,
        88,
        4,
        7,
        10,
        13,
        71,
        62,
        63,
        *range(29, 33),
        *range(34, 40),
        *range(41, 47),
        *range(48, 54),
        *range(55, 61),
    }
)
_UNKNOWN: Final = frozenset({0, 64, 65, 66, 67, 69, 70, 98, 99, 500, INCONSISTENT})

KIND_OF_EXIT: Final[dict[int, ExitKind]] = (
    dict.fromkeys(SUCCESSFUL, ExitKind.SUCCESSFUL)
    | dict.fromkeys(_TRANSFERRED, ExitKind.TRANSFERRED)
    | dict.fromkeys(_UNPLANNED, ExitKind.UNPLANNED)
    | {DIED: ExitKind.DIED, RETAINED_IN_CUSTODY: ExitKind.CUSTODY}
    | dict.fromkeys(_UNKNOWN, ExitKind.UNKNOWN)
)
"""The kind of each reason, after recoding. [V]"""
DISCHARGE_REASONS: Final = frozenset(KIND_OF_EXIT) | frozenset(RECODED)
"""Every discharge reason that a file may carry; any other is rejected."""


def recoded(reason: int) -> int:
    """The reason that `reason`, as submitted, is counted as."""
    return RECODED.get(reason, reason)


OPIATE_BIT, ALCOHOL_BIT, OTHER_BIT = 1, 2, 4


def substance_bit(drug: int) -> int:
    """Which kind of substance a drug code is, as a bit; 0 for the codes that mean none (9996-9999). [V]"""
    if 9996 <= drug <= 9999:
        return 0
    if 1000 <= drug <= 1999:
        return OPIATE_BIT
    return ALCOHOL_BIT if 7000 <= drug <= 7999 else OTHER_BIT


def group_of_bits(bits: int) -> int:
    """Index into SUBSTANCE_GROUPS of the or-ed bits of all drugs cited; -1 for no group. [V]"""
    if bits & OPIATE_BIT:
        return 0
    if bits & OTHER_BIT:
        return 3 if bits & ALCOHOL_BIT else 1
    return 2 if bits & ALCOHOL_BIT else -1


Modality = int | str
"""A kind of intervention (MODAL): a number, but for two that are written with a letter."""
RECOVERY_SUPPORT: Final = 96
STRUCTURED_MODALITIES: Final[frozenset[Modality]] = frozenset({94, 95, *range(1, 7), 11, 12})
"""Pharmacological, psychosocial, and of the old list inpatient, specialist and GP prescribing, psychosocial, day
programme, residential, alcohol and other structured. The default of a definition's list. [K, since about 2012]"""
UNSTRUCTURED_MODALITIES: Final[frozenset[Modality]] = frozenset({7, 8, 9, 10, 76, 93, RECOVERY_SUPPORT, "F1", "F2"})
"""Aftercare, needle exchange, outreach, advice and information, brief interventions and recovery support. [code names
read in a public case-management system; that they never count: K]"""
MODALITIES: Final = STRUCTURED_MODALITIES | UNSTRUCTURED_MODALITIES
"""Every kind that a file may carry; an intervention of any other is left out."""

TOP_START, TOP_REVIEW, TOP_EXIT, TOP_POST_EXIT = "S", "R", "E", "P"
TOP_STAGES: Final = (TOP_START, TOP_REVIEW, TOP_EXIT, TOP_POST_EXIT)

RECOVERY_PLAN, RISK_ASSESSMENT, MEDICAL = "recovery-plan", "risk-assessment", "medical"
REVIEWS: Final = (RECOVERY_PLAN, RISK_ASSESSMENT, MEDICAL)
SEXES: Final = ("M", "F", "U")

CRIMINAL_JUSTICE_SOURCES: Final = frozenset({5, 6, 8, 13, 69, 70, 71, 80, 81})
"""Referral sources (RFLS) of the criminal-justice system. 5 arrest referral, 6 drug rehabilitation requirement, 8
probation and 13 prison were read in a public system; 69, 70, 71, 80, 81: [K]. 16 is education, and none. The default
of a definition's list."""

HEPATITIS_B_GIVEN: Final = frozenset({"1", "2", "3", "C"})
"""HEPBVAC, the vaccinations given: one, two, three, or the course completed; each says that it was offered. [codes read
in a public case-management system]"""
HEPATITIS_B_OFFERED: Final = frozenset({"A", "B"})
"""HEPBSTAT: offered and accepted, offered and refused. D is not offered. [read in the same system] Where HEPBVAC has
one of them, the status was written there: it is no number of vaccinations. [K]"""
HEPATITIS_B_IMMUNE: Final = frozenset({"C", "E"})
"""HEPBSTAT: immunised already, acquired immunity. There is nothing to offer. [read in the same system]"""
YES: Final = frozenset({"Y", "YES"})
NO: Final = frozenset({"N", "NO"})
"""Answers to a question with yes or no, in any case. [K, of HEPCTD, ACUTHPBM and HRISK]"""
DAYS_OF_TOP: Final = 28
"""The days before a TOP that it asks about: PWORK is 0 to 28 of them. [K]"""


_DIGITS: Final = 18
"""More than any code or count has that is read here."""
_REMEMBERED: Final = 4_096
"""Codes as they are written, which are few, and each of them in thousands of rows."""


def code_number(text: str) -> int:
    """The whole number that is written, where `080` and `80.0` are 80; -1 for what is none, or far beyond any code."""
    return _short_number(text) if len(text) <= _DIGITS else _number(text)


@lru_cache(_REMEMBERED)
def _short_number(text: str) -> int:
    return _number(text)


def _number(text: str) -> int:
    whole, _, rest = text.partition(".")
    if len(whole) <= _DIGITS and whole.isascii() and whole.isdigit() and not rest.strip("0"):
        return int(whole)
    return -1


def modality_in(text: str) -> Modality | None:
    """The modality that is written; None for one that we do not know."""
    number = code_number(text)
    modality = number if number >= 0 else text.upper()
    return modality if modality in MODALITIES else None
