"""What an action plan says: its strands, its actions, the days of its reviews, and what a review said of an action.

Texts stay in the log for good, so they name no client.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from domain.improvement.written import OpenedFrom, WrittenAbout
from domain.periods import add_months

Unit = Literal["days", "months"]


class Strand(msgspec.Struct, frozen=True, omit_defaults=True):
    """One aim of a plan, which is signed off by itself.

    `number` stays when others are added or left out. `values` are the form's fields of a strand by key, `kpis` the
    codes of the measures that it is linked to.
    """

    number: int
    title: str
    values: Mapping[str, str] = {}
    kpis: tuple[str, ...] = ()


class Cadence(msgspec.Struct, frozen=True, omit_defaults=True):
    """How often the plan is reviewed: a `kind` ("phone", "formal"), every so many days or months, first on a day."""

    kind: str
    every: int
    unit: Unit
    first_day: date

    def after(self, held: date) -> date:
        """The day on which the next review is due once one was held."""
        if self.unit == "months":
            return add_months(held, self.every)
        return date.fromordinal(held.toordinal() + self.every)


class PlanTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a plan says besides its actions.

    `form` is the code of one of `plan_forms`, and `values` its fields by key. `about` are the figures as they were
    known when the plan was written. A plan without `agencies` concerns all of them. `last_day` is its end as it was
    agreed first, None of one that runs until it is closed; extensions are events of their own.
    """

    form: str
    title: str
    origin: OpenedFrom
    first_day: date
    last_day: date | None = None
    agencies: tuple[str, ...] = ()
    about: tuple[WrittenAbout, ...] = ()
    values: Mapping[str, str] = {}
    strands: tuple[Strand, ...] = ()
    cadence: tuple[Cadence, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The codes of all measures that the plan is about or linked to, each once."""
        linked = (code for strand in self.strands for code in strand.kpis)
        return tuple(dict.fromkeys([*(one.measure for one in self.about), *linked]))


class ActionTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an action says: what is done, by whom, by which day, what can be measured then, and for which measures.

    Only the text is needed: what else is missing is said by `smart`, which never stops anybody.
    """

    text: str
    owner: str = ""
    due: date | None = None
    output: str = ""
    kpis: tuple[str, ...] = ()


class Progress(msgspec.Struct, frozen=True):
    """What a review said of one action."""

    action: int
    words: str
