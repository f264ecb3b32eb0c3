"""The values of a KPI that wait for whoever reads it: the other party entered them, and nobody has answered yet."""

import re
from collections.abc import Iterable
from typing import Final

from domain.contract_life.transitions import ENTERED_VALUE, next_state
from domain.errors import Refused
from web.auth import guard
from web.auth.guard import principal
from web.auth.roles import Right
from web.commands.agreement.parties import party_of
from web.pages.frame.forms import Form, HiddenField
from web.queries.agreement.entered import EnteredValueResult

_SEEN: Final = re.compile(r"[1-9][0-9]{0,8}:[1-9][0-9]{0,8}( [1-9][0-9]{0,8}:[1-9][0-9]{0,8})*")


class ConfirmAllForm(Form):
    """Which values were read, and in which version: 12:1 13:2."""

    seen = HiddenField()

    @property
    def versions(self) -> dict[int, int]:
        """The versions by the numbers of the values; empty where it is none of this page's."""
        if not _SEEN.fullmatch(self.seen.data or ""):
            return {}
        pairs = (one.split(":") for one in self.seen.data.split())
        return {int(number): int(version) for number, version in pairs}


def waiting(values: Iterable[EnteredValueResult]) -> list[EnteredValueResult]:
    """Those that this person may confirm or question; what was questioned waits for whoever entered it."""
    party = party_of(principal().role)
    if principal().reach(Right.AGREE) is None or party is None:
        return []
    viewer = guard.viewer(Right.AGREE)
    may_answer = (one for one in values if not viewer.is_provider or one.agency is None or one.agency in viewer.own)
    return [one for one in may_answer if leads_on("confirm", one, party) and not one.state.startswith("questioned")]


def form_of(values: Iterable[EnteredValueResult]) -> ConfirmAllForm:
    """The form that confirms all of them, as they were read."""
    return ConfirmAllForm(None, data={"seen": " ".join(f"{one.number}:{one.version}" for one in values)})


def leads_on(step: str, one: EnteredValueResult, party: str) -> bool:
    """Whether a party may take a step now."""
    try:
        next_state(ENTERED_VALUE, step, one.state, party)
    except Refused:
        return False
    return True
