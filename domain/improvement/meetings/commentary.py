"""Commentary: what a party says about a figure, tied to the figure as it was known when it was written.

A comment is a stream of its own. It brings no knowledge and changes no figure. It is a draft of one side until it is
shared; what was shared is rewritten in a new version, and the old one stays readable. The public reads it only once
the party that wrote it has published it. Words stay in the log for good, so they name no client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.contract_life.transitions import by
from domain.improvement.written import ImprovementEvent, WrittenAbout
from domain.log.reading import Recorded

_COMMENTS: Final = UUID("b2f0f0f4-5a52-4d0a-8a3e-1f6f0c9b7d31")
"""Namespace of the comments' stream ids; they are told apart by their number."""
COMMENT: Final = "comment"
"""What it is called in the tables of steps and of reach."""


class CommentText(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Words about a figure as it was known on the day. `agencies`: of a provider those that were granted to it, of the
    commissioner the agency of the figure; none where it concerns all.
    """

    about: WrittenAbout
    agencies: tuple[str, ...] = ()
    words: str


class CommentDrafted(CommentText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was written, for the eyes of one's own side."""

    TOPIC: ClassVar[str] = "comment.drafted.v1"


class CommentEdited(CommentText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft was written anew."""

    TOPIC: ClassVar[str] = "comment.edited.v1"


class CommentRewritten(CommentText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A new version of what both parties could read already."""

    TOPIC: ClassVar[str] = "comment.rewritten.v1"


class CommentStep(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was done with it; `reason` in words, where there is one."""

    reason: str = ""


class CommentDiscarded(CommentStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft was given up."""

    TOPIC: ClassVar[str] = "comment.discarded.v1"


class CommentShared(CommentStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Both parties and auditors read it from now on."""

    TOPIC: ClassVar[str] = "comment.shared.v1"


class CommentWithdrawn(CommentStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Its party does not stand by it any more; its words stay readable as withdrawn."""

    TOPIC: ClassVar[str] = "comment.withdrawn.v1"


class CommentPublished(CommentStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The version that stands may be printed for the public."""

    TOPIC: ClassVar[str] = "comment.published.v1"


class CommentUnpublished(CommentStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It is for the parties alone again."""

    TOPIC: ClassVar[str] = "comment.unpublished.v1"


STEPS: Final[Mapping[str, type[CommentStep]]] = {
    "share": CommentShared,
    "discard": CommentDiscarded,
    "withdraw": CommentWithdrawn,
    "publish": CommentPublished,
    "unpublish": CommentUnpublished,
}
"""The steps that say no new words, as the table of transitions calls them, each with its event."""
STEP_OF: Final = {event: step for step, event in STEPS.items()}
REWRITINGS: Final[Mapping[str, type[CommentText]]] = {"edit": CommentEdited, "rewrite": CommentRewritten}
"""The steps that say new words."""
COMMENT_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (CommentDrafted, *REWRITINGS.values(), *STEPS.values())

_IN_STATE: Final[Mapping[type[ImprovementEvent], str]] = {
    CommentDrafted: "draft",
    CommentEdited: "draft",
    CommentDiscarded: "discarded",
    CommentWithdrawn: "withdrawn",
}
_BY_PARTY: Final[Mapping[type[ImprovementEvent], str]] = {
    CommentShared: "shared",
    CommentRewritten: "shared",
    CommentPublished: "published",
    CommentUnpublished: "shared",
}


def comment_stream(number: int) -> UUID:
    """The stream of the comment with this ordinal."""
    return uuid5(_COMMENTS, str(number))


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as its events tell it, in the order in which they were said."""

    recorded: tuple[Recorded, ...]

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "Comment":
        """The comment of a stream's events, of which the first drafted it."""
        return cls(tuple(recorded))

    @property
    def events(self) -> list[ImprovementEvent]:
        """What was said, the oldest first."""
        return [one.event for one in self.recorded if isinstance(one.event, ImprovementEvent)]

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.events[0].number

    @property
    def party(self) -> str:
        """Whose words they are."""
        return self.events[0].party

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def newest_day(self) -> date:
        """The day on which something was said of it last."""
        return max(event.occurred_on for event in self.events)

    @property
    def text(self) -> CommentText:
        """What it says, as it was written last."""
        return [event for event in self.events if isinstance(event, CommentText)][-1]

    @property
    def state(self) -> str:
        """The word for it."""
        last = type(self.events[-1])
        return _IN_STATE[last] if last in _IN_STATE else by(_BY_PARTY[last], self.party)

    @property
    def stands(self) -> bool:
        """Whether both parties read it beside its figure."""
        return type(self.events[-1]) in _BY_PARTY

    @property
    def is_published(self) -> bool:
        """Whether the public may read it."""
        return isinstance(self.events[-1], CommentPublished)

    @property
    def versions(self) -> list[Recorded]:
        """The texts that both parties could read, the oldest first: what was drafted before it was shared is not."""
        shared: list[Recorded] = []
        text: Recorded | None = None
        for one in self.recorded:
            if isinstance(one.event, CommentText):
                text = one
            if text and isinstance(one.event, CommentShared | CommentRewritten):
                shared.append(text)
        return shared
