"""What every event of an improvement says, and the figure that a sentence was written about.

Nothing here brings knowledge or changes a figure. Texts stay in the log for good, so they name no client.
"""

from datetime import date
from typing import Final

import msgspec

from domain.errors import Refused
from domain.log.mapper import Event
from domain.words import as_kept

LONGEST_TEXT: Final = 4000
"""Characters of a text of several lines."""
LONGEST_LINE: Final = 300
"""Characters of a text of one line."""


class ImprovementEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the ordinal of the plan, notice or audit, and for which `party` the actor spoke
    ("commissioner" or "provider"). `occurred_on` is the day on which it was said.
    """

    number: int
    party: str


class WrittenAbout(msgspec.Struct, frozen=True, omit_defaults=True):
    """A figure as it was known when something was written about it.

    A sentence about a figure stays tied to this one, also when the figure is restated. `position` is the place in the
    log that `known_at` resolved to. A count has no denominator; `definition` is the version that it was counted by.
    """

    measure: str
    definition: str
    as_of: date
    position: int
    numerator: int
    denominator: int | None = None
    known_at: date | None = None
    area: str | None = None
    agency: str | None = None
    criminal_justice: bool = False
    young_people: bool = False


class OpenedFrom(msgspec.Struct, frozen=True):
    """What something was opened from: "figure", "plan", "notice", "audit", "meeting", "inspection", "hand".

    `number` is that of the plan, notice, audit or meeting; `part` what of it (a finding, an action).
    """

    kind: str
    number: int | None = None
    part: str = ""


def written_text(text: str, what: str, *, needed: bool = True, longest: int = LONGEST_TEXT) -> str:
    """A text as it is kept (`as_kept`). `what` names it.

    Raises:
        Refused: it is empty and must not be (code "text-missing"), too long ("text-too-long"), or not all of it can be
            read ("text-unreadable").
    """
    normalised = as_kept(text)
    if needed and not normalised:
        raise Refused("text-missing", f"The {what} is empty. Write it in a sentence, naming no client.")
    if len(normalised) > longest:
        raise Refused("text-too-long", f"The {what} has {len(normalised)} characters; {longest} is the most.")
    if not all(line.isprintable() for line in normalised.split("\n")):
        raise Refused("text-unreadable", f"The {what} has signs that cannot be printed. Leave them out.")
    return normalised


def written_line(text: str, what: str, *, needed: bool = True) -> str:
    """A text of one line, with single spaces between its words. Raises Refused as `written_text` does."""
    return written_text(" ".join(text.split()), what, needed=needed, longest=LONGEST_LINE)


WRITING_REFUSALS: Final = {
    "text-missing": "A text that is needed is empty.",
    "text-too-long": "A text is too long.",
    "text-unreadable": "A text has signs that cannot be printed.",
    "said-in-future": "It would be said after today.",
    "said-too-early": "It would be said so long ago that no working day can be counted from it.",
    "said-out-of-order": "It would be said before what was said of the same thing last.",
    "step-not-yours": "Your side cannot take this step.",
    "step-not-now": "The step cannot be taken in this state.",
    "changed-meanwhile": "It was changed since it was read.",
}
"""Why something written is refused, by code; nothing is stored then. Commands put their own beside these."""
