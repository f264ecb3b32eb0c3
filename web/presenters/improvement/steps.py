"""A step that somebody may take, as it is offered to people: of a notice and of a dispute alike."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StepWords:
    """How a step is offered: its address, its button and heading, what its text is, and what happened once taken."""

    slug: str
    button: str
    label: str
    hint: str
    happened: str
    done: str


LASTS: Final = "It stays on record for good. Do not name anybody."
"""What is said beside a text that goes into the log."""
