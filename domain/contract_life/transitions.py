"""What is agreed between the two parties: which step leads from which state to which, and who may take it.

One table for everything that a contract brings: a step that it does not name is taken by nobody. States and steps are
the words of the pages. A stream that nothing was said of is in the state NONE.
"""

from typing import Final, NamedTuple

from domain.errors import ChangedMeanwhile, Refused

COMMISSIONER, PROVIDER = "commissioner", "provider"
BOTH: Final = frozenset({COMMISSIONER, PROVIDER})
NONE: Final = "none"


class Transition(NamedTuple):
    """A step of a `thing` from one of these states to another, and the roles that may take it."""

    thing: str
    step: str
    before: frozenset[str]
    after: str
    roles: frozenset[str]


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition("handover", "say", frozenset({NONE}), "said", frozenset({COMMISSIONER})),
    Transition("handover", "undo", frozenset({"said"}), "undone", frozenset({COMMISSIONER})),
)
"""The table, by thing and in the order of a thing's life."""


def next_state(thing: str, step: str, state: str, role: str) -> str:
    """The state that a step leads to.

    Raises:
        Refused: the role may not take it (code "step-not-yours"), or not in this state (code "step-not-now").
    """
    steps = [one for one in TRANSITIONS if (one.thing, one.step) == (thing, step)]
    if not any(role in one.roles for one in steps):
        raise Refused("step-not-yours", f"A {role} cannot {step} a {thing}.")
    taken = next((one for one in steps if state in one.before and role in one.roles), None)
    if taken is None:
        raise Refused("step-not-now", f"The {thing} is {state}, so a {role} cannot {step} it.")
    return taken.after


def check_version(thing: str, seen: int | None, newest: int) -> None:
    """Hold the version that somebody read against the newest; None says that they read none, as a program may.

    Raises:
        ChangedMeanwhile: there is a newer one (code "changed-meanwhile").
    """
    if seen is not None and seen != newest:
        raise ChangedMeanwhile(
            "changed-meanwhile",
            f"The {thing} was changed since you opened it. Nothing was stored. Compare what you wrote with it.",
            seen,
            newest,
        )
