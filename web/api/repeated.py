"""A question that was asked before, answered with the same bytes while nothing has become known since.

Who asks is looked up first, and in the same statement how far the log has come, anew with every request: a token that
was revoked stops at once, and a commit makes every answer new. An answer is kept with the standings that it is of, and
goes with them; the other processes of a service have it from `shared_answers`.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar

import msgspec
from flask import Response, current_app, request
from werkzeug.datastructures import Headers

from web.auth import guard
from web.clock import today

from .shared_answers import EXTENSION, SharedAnswers

View = TypeVar("View", bound=Callable[..., Any])

MOST: Final = 512
"""Answers that are kept of one state of the log."""
LARGEST: Final = 16 * 1024
"""Bytes of an answer that is kept."""
_ANSWERS: Final = "answers by request"


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer with its ETag: its headers, and its bytes, where they were worked out."""

    tag: str
    headers: list[tuple[str, str]]
    body: bytes | None

    @classmethod
    def of(cls, response: Response) -> "_Answer | None":
        """What may be given again of a response; None if it has no ETag or is too large."""
        tag, _is_weak = response.get_etag()
        if tag is None or response.status_code not in {200, 304}:
            return None
        body = response.get_data() if response.status_code == 200 else None
        return cls(tag, list(response.headers), body) if len(body or b"") <= LARGEST else None

    def response(self) -> Response | None:
        """The answer to this request: 304 to somebody who has it; None if its bytes are asked for and are not here."""
        if request.if_none_match.contains(self.tag) or request.if_none_match.star_tag:
            return Response(status=304, headers=Headers(self._headers_without_body()))
        return None if self.body is None else Response(self.body, headers=Headers(self.headers))

    def _headers_without_body(self) -> list[tuple[str, str]]:
        return [header for header in self.headers if header[0] in {"ETag", "Cache-Control", "Vary"}]


_ANSWER: Final = msgspec.msgpack.Decoder(_Answer)


def repeated(view: View) -> View:
    """Answer from what was answered before, if it is the same question by the same right; of an endpoint that reads,
    notes nothing in the trail, and answers from the log alone.
    """

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        question = _question()
        before = _kept(question)
        if before and (response := before.response()):
            return response
        response = guard.answer_from_memory(lambda: view(*args, **kwargs))
        loaded, answer = guard.snapshot().loaded, _Answer.of(response)
        if loaded and answer and (answer.body is not None or before is None):
            loaded.results(_ANSWERS, MOST).keep(question, answer)
            if answer.body is not None and (shared := _shared()):
                state = loaded.snapshot.generation, loaded.snapshot.position
                shared.keep(state, repr(question).encode(), msgspec.msgpack.encode(answer))
        return response

    return answered  # type: ignore[return-value]


def _kept(question: Hashable) -> _Answer | None:
    """What was answered before, by this process or another one, if nothing has become known since; for who asks by
    token.
    """
    loaded, state = guard.standings_at_the_door(), guard.log_at_the_door()
    own: _Answer | None = loaded.results(_ANSWERS, MOST).get(question) if loaded else None
    if (own and own.body is not None) or state is None or (shared := _shared()) is None:
        return own
    others = shared.get(state, repr(question).encode())
    if others is None:
        return own
    answer = _ANSWER.decode(others)
    return loaded.results(_ANSWERS, MOST).keep(question, answer) if loaded else answer


def _shared() -> SharedAnswers | None:
    shared: SharedAnswers | None = current_app.extensions.get(EXTENSION)
    return shared


def _question() -> tuple[Hashable, ...]:
    """All that an answer depends on beside the log: what is asked, in which representation, and what they may see who
    ask. What a provider may see changes also with the day.
    """
    who = guard.principal()
    return (
        request.path,
        request.query_string,
        request.headers.get("Accept"),
        # Sets have no order, and processes must say the same of the same.
        str(who.role),
        *(tuple(sorted(its)) for its in (who.agencies, who.scopes, who.beside)),
        today(),
    )
