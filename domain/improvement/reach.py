"""Who reads a plan, a notice or an audit: one table, by thing and state.

The commissioner, the provider to which its agencies are granted, and auditors read everything, save what one party is
still drafting: that is its own, and of the commissioner's auditors read that too. A provider never learns whether
another's exists.
"""

from collections.abc import Collection
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER

DRAFTS: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("action plan", "draft"),
        ("action plan", "discarded"),
        ("performance notice", "draft"),
        ("performance notice", "discarded"),
        ("case-file audit", "draft"),
        ("comment", "draft"),
        ("comment", "discarded"),
        ("case-file audit", "discarded"),
        # Its answers are what the party that kept it may see, and the other may not.
        ("other report", "kept"),
        # It has the figures, plans and notices of all providers; the public edition is everybody's.
        ("committee report", "full edition"),
    }
)
"""Each thing and the state in which only the party that writes it reads it."""


def is_within_reach(
    thing: str, state: str, written_by: str, agencies: Collection[str], own: Collection[str] | None
) -> bool:
    """Whether somebody reads this thing in this state. `own`: a provider's agencies; None for everybody else.

    What the commissioner writes without agencies concerns all of them; a provider's always names its own.
    `written_by` is the party that drafts it.
    """
    concerns_all = not agencies and written_by == COMMISSIONER
    if own is not None and not concerns_all and frozenset(agencies).isdisjoint(own):
        return False
    if (thing, state) not in DRAFTS:
        return True
    return written_by == (COMMISSIONER if own is None else PROVIDER)
