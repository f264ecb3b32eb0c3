"""Publications: figures for which a certificate was issued, and scorecards frozen under a name (cuts).

A publication is an event of a stream of its own: it brings no knowledge and takes no part in what `known_at` resolves
to. The event keeps the document as it was signed, letter by letter. `occurred_on` is the day on which it was published.
"""

import unicodedata
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.errors import Refused
from domain.log.mapper import Event

_PUBLICATIONS: Final = UUID("0d5c7a3e-7b0e-4c59-8f43-52a8a5d0c6be")
"""Namespace of the publications' stream ids."""

LONGEST_NAME: Final = 100
"""Characters of a cut's name."""


class Published(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all publications say: their ordinal, the standpoint, and the document as it was signed."""

    number: int
    as_of: date
    known_at: date | None = None
    position: int
    document: str


class FigurePublished(Published, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A certificate of one figure was issued."""

    TOPIC: ClassVar[str] = "figure.published.v1"
    measure: str


class CutPublished(Published, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The scorecard of a standpoint was frozen under a name, which stands for the standpoint from then on."""

    TOPIC: ClassVar[str] = "cut.published.v1"
    name: str


PUBLICATION_EVENTS: Final[tuple[type[Published], ...]] = (FigurePublished, CutPublished)


def figure_stream(number: int) -> UUID:
    """The stream of the certificate with this ordinal; its one event has version 1."""
    return uuid5(_PUBLICATIONS, f"figure {number}")


def cut_stream(name: str) -> UUID:
    """The stream of the cut of this name, as `cut_name` gives it: so that no second one can have it."""
    return uuid5(_PUBLICATIONS, f"cut {name}")


def cut_name(text: str) -> str:
    """A cut's name as it is kept: in one way of writing its letters, single spaces between words.

    Raises:
        Refused: it is empty, too long, or not all of it can be read.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise Refused("no-name", "A cut needs a name, like 'Board 16 Aug 2017'.")
    if len(name) > LONGEST_NAME:
        raise Refused("name-too-long", f"A cut's name has at most {LONGEST_NAME} characters; this one has {len(name)}.")
    if not name.isprintable():
        raise Refused("name-unreadable", "A cut's name has letters, digits, spaces and signs that can be printed.")
    return name
