"""By which rules the days of a performance notice are counted: what is due of whom, how many days after what.

Rule sets are data, in `rule_sets/`: another contract's is one file more. A notice keeps the rules that it was drafted
under, whole, so that a file that is changed later changes nothing that was said. What is marked "unconfirmed" was not
checked against a contract, and every page says so.
"""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec

from domain.errors import Refused
from domain.improvement.working_days import working_day_after, working_day_from

Of = Literal["provider", "commissioner", "both"]
RESPONSE: Final = "response"
"""The code of the deadline that a notice may set on a day of its own."""


class DeadlineRule(msgspec.Struct, frozen=True):
    """What is due of whom within so many days after a step, and which steps meet it.

    `states`: it begins only where the step leaves the notice in one of them; in any, where none is named. `counted` in
    working days, or in days of the calendar.
    """

    code: str
    name: str
    of: Of
    after: str
    days: int
    met_by: tuple[str, ...]
    counted: Literal["working", "calendar"] = "working"
    states: tuple[str, ...] = ()
    unconfirmed: bool = False


class Withholding(msgspec.Struct, frozen=True):
    """What may be withheld for one failure, and in all: percentages of the monthly sum, as decimal numbers in text."""

    each: str
    most: str


class NoticeRules(msgspec.Struct, frozen=True):
    """A set of rules. `word` is what it calls a notice, `day_word` a working day.

    `given_on_day_off`: what is said on a day off is taken as said on that day ("same") or on the next working day
    ("next"). `levels` are those of escalation, the first being where a notice begins. `unconfirmed` names the parts
    beside the deadlines that were not checked.
    """

    code: str
    name: str
    word: str
    day_word: str
    deadlines: tuple[DeadlineRule, ...]
    levels: tuple[str, ...]
    withholding: Withholding
    given_on_day_off: Literal["same", "next"] = "same"
    unconfirmed: tuple[str, ...] = ()

    def counted_from(self, said_on: date) -> date:
        """The day from which the days after a step are counted."""
        return working_day_from(said_on) if self.given_on_day_off == "next" else said_on

    def due(self, rule: DeadlineRule, said_on: date) -> date:
        """The last day on which something is in time, after a step that was taken on a day.

        Raises:
            Refused: it lies in a year whose bank holidays are not known.
        """
        first = self.counted_from(said_on)
        return first + timedelta(rule.days) if rule.counted == "calendar" else working_day_after(first, rule.days)


@cache
def rule_sets() -> dict[str, NoticeRules]:
    """The rule sets that come with Recount, by code."""
    folder = resources.files("domain.improvement") / "rule_sets"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    rules = [msgspec.convert(tomllib.loads(one.read_text("utf-8")), NoticeRules, strict=True) for one in files]
    return {one.code: one for one in rules}


def rules_named(code: str) -> NoticeRules:
    """The rule set of a code. Raises Refused if there is none (code "notice-rules-unknown")."""
    rules = rule_sets().get(code)
    if rules is None:
        raise Refused("notice-rules-unknown", f"There is no rule set '{code}'. There is {', '.join(rule_sets())}.")
    return rules
