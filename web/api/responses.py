"""How an answer leaves: as which representation, for whom, how long it may be kept, and whether it is known already.

What an answer depends on is told by its ETag. For whoever sees everything it is worked out without counting anything,
so a reader who has the answer gets 304 at the price of a standpoint.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import Response, current_app, request
from werkzeug.exceptions import NotAcceptable

from domain.standpoint import Standpoint
from projections.standings.slices import Slice
from projections.standings.stored import DatabaseState
from web.auth.guard import snapshot
from web.auth.viewer import Viewer
from web.queries.performance.figure import StandpointResult
from web.queries.result import Result
from web.snapshot import NOTICE, Snapshot

from .blueprint import CSV, FHIR, JSON

Document = Mapping[str, Any]
FORMATS: Final = {"json": JSON, "csv": CSV, "fhir": FHIR}
VARY: Final = "Authorization, Cookie, Accept"
"""A browser's cookie says who asks, as a token does: two who share a browser share nothing that it keeps."""
FULL: Final = "full"
"""The audience that sees everything, erasures too."""
A_YEAR: Final = 31_536_000
"""Seconds."""


def media_asked(args: Mapping[str, Any], *offered: str) -> str:
    """The representation asked for, by parameter or by the header Accept.

    Raises:
        NotAcceptable: none that is offered (406).
    """
    if args.get("format"):
        return FORMATS[args["format"]]
    if not request.accept_mimetypes:
        return offered[0]
    best = request.accept_mimetypes.best_match(offered)
    if best is None:
        raise NotAcceptable(f"There is {', '.join(offered)}.")
    return best


def erasures(snapshot: Snapshot) -> int:
    """How many episodes were erased: figures of earlier standpoints lose them too."""
    state = snapshot.loaded.snapshot if snapshot.loaded else DatabaseState.of(snapshot.connection)
    return state.erased


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a representation depends on, from which its ETag is made; `is_fixed`: no byte of it ever changes.

    `by_content`: also on what is in it. Whoever sees everything sees erasures too, so that their number may go into the
    ETag and nothing need be counted for it. Others must not learn of erasures that change nothing for them: for these
    the answer itself goes into it.
    """

    depends: tuple[Any, ...]
    by_content: bool = False
    is_fixed: bool = False

    @classmethod
    def of(cls, snapshot: Snapshot, viewer: Viewer, media: str, slice_: Slice, *more: Any) -> "Freshness":
        """`more` says what is asked, with the position that `known_at` resolves to, and not `known_at` itself."""
        depends = (media, viewer.key, slice_, *more)
        if viewer.audience == FULL:
            return cls((*depends, erasures(snapshot)))
        return cls(depends, by_content=True)

    def tag(self, content: bytes = b"") -> str:
        """The ETag: keyed, so that nobody can try out what it was made from."""
        key = f"etag {current_app.config['SECRET_KEY']}".encode()
        return hmac.new(key, repr(self.depends).encode() + content, sha256).hexdigest()[:32]

    @property
    def cache_control(self) -> str:
        """What is not fixed is asked for again each time: an erasure changes figures of every standpoint."""
        return f"private, max-age={A_YEAR}, immutable" if self.is_fixed else "private, no-cache"


def unless_known(freshness: Freshness, make: Callable[[], Response]) -> Response:
    """The answer, or 304 to somebody who has it; where the ETag needs no content, nothing is worked out for that."""
    response = make() if freshness.by_content else None
    tag = freshness.tag(response.get_data() if response else b"")
    if request.if_none_match.contains(tag) or request.if_none_match.star_tag:
        response = Response(status=304)
        del response.headers["Content-Type"]
    elif response is None:
        response = make()
    response.set_etag(tag)
    response.headers["Cache-Control"] = freshness.cache_control
    response.headers["Vary"] = VARY
    return response


def encoded(answer: Document | Result) -> bytes:
    """An answer as JSON; of the demonstration it says that nobody in it is real."""
    if not isinstance(answer, Result):
        return msgspec.json.encode({**answer, **notice()})
    if sentence := notice():
        return answer.encoded()[:-1] + b"," + msgspec.json.encode(sentence)[1:]
    return answer.encoded()


def notice() -> dict[str, str]:
    """What every document of the demonstration says."""
    return {"notice": NOTICE} if snapshot().is_demonstration else {}


def answered(
    answer: Document | Result, viewer: Viewer, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer as it is, to be kept by nobody."""
    return sent(encoded(answer), JSON, viewer, status, headers)


def sent(
    body: bytes | str, media: str, viewer: Viewer, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer in any representation, with the audience that it is for."""
    response = Response(body, status, headers, content_type=media if media != CSV else f"{CSV}; charset=utf-8")
    response.headers["Recount-Audience"] = viewer.audience
    response.headers.setdefault("Vary", VARY)
    return response


def next_page(**changed: Any) -> dict[str, str]:
    """The header that leads to the next page: the same question with these parameters changed; None leaves one out."""
    parameters = {name: request.args.getlist(name) for name in request.args} | changed
    sentence = {name: value for name, value in parameters.items() if value is not None}
    return {"Link": f'<{request.path}?{urlencode(sentence, doseq=True)}>; rel="next"'}


def next_page_of(standpoint: Standpoint | StandpointResult, after: int) -> dict[str, str]:
    """The same for a list of one standpoint: all its pages are of one position, whatever is submitted meanwhile."""
    return next_page(after=after, as_of=standpoint.as_of, known_at=f"@{standpoint.position}", cut=None)
