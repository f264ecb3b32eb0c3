"""The viewer: whom an answer is for, and how far they may see. Every query takes one; it knows no request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from projections.standings.slices import Slice

from .roles import Reach

Answer = TypeVar("Answer")
Redacted = TypeVar("Redacted")
Own = frozenset[str]

_AUDIENCES: Final = {Reach.ALL: "full", Reach.WITH_REASON: "full", Reach.OWN: "own", Reach.PUBLISHED: "published"}


class NotOwn(LookupError):
    """What a provider asks for is another agency's; nobody is to learn whether it exists."""


class NotAllowed(Exception):
    """Whoever asks may not do this; `code` is stable for programs, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whom an answer is for: how far they may see, and a provider's `own` agencies."""

    reach: Reach
    own: Own = frozenset()
    agencies: Own = frozenset()
    """Those whose figures a provider may ask for: its own, and those granted whose contract has ended."""

    @property
    def audience(self) -> str:
        """What an answer says of whom it is for."""
        return _AUDIENCES[self.reach]

    @property
    def key(self) -> tuple[str, ...]:
        """What of the viewer an answer depends on."""
        return (self.audience, *sorted(self.own))

    @property
    def is_provider(self) -> bool:
        """Whether they see their own records alone."""
        return self.reach is Reach.OWN

    @property
    def is_public(self) -> bool:
        """Whether they see what was published alone."""
        return self.reach is Reach.PUBLISHED

    def redacted(self, answer: Answer, redact: Callable[[Answer, Own], Redacted]) -> Answer | Redacted:
        """The answer as far as this viewer sees it; `redact` leaves a provider what is its own.

        Raises:
            LookupError: such an answer is not for the public.
        """
        if self.reach in {Reach.ALL, Reach.WITH_REASON}:
            return answer
        if self.is_public:
            raise LookupError(f"{type(answer).__name__} is not for the public")
        return redact(answer, self.own)

    def may_ask_for(self, slice_: Slice) -> bool:
        """Whether a slice is their own, or a sum over all agencies."""
        return not self.is_provider or slice_.agency is None or slice_.agency in self.agencies


EVERYTHING: Final = Viewer(Reach.ALL)
"""Of whoever has the machine's command line, and of what is the same for everybody."""


def unchanged(answer: Answer, _own: Own) -> Answer:
    """Nothing in it is anybody's own."""
    return answer
