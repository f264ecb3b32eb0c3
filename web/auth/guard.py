"""At the door: who asks, by token or by session; whether they have the right; and of whose clients they may see.

Every endpoint names the right that it needs with `needs`; what has none is not reachable (a test walks them all).
What is looked at of single clients is noted before it is shown, and so is every refusal of somebody who is known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial, wraps
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import unquote

import sqlalchemy as sa
from flask import Flask, current_app, g, request

from domain.log.database import at_once, database_errors, reading
from domain.measures.registry import Measure
from projections.claims import disputes
from projections.standings.cache import LoadedStandings
from projections.standings.slices import Slice
from projections.store import generations
from web.auth.trail import access
from web.auth.trail.access import Deed
from web.clock import now, today
from web.problems import Problem, not_here
from web.services import Services
from web.snapshot import Snapshot

from . import displays, sessions, set_up, tokens
from .roles import OF_CLIENTS, Principal, Reach, Right, Role
from .viewer import NotAllowed, NotOwn, Viewer

View = TypeVar("View", bound=Callable[..., Any])
T = TypeVar("T")

READS: Final = frozenset({"GET", "HEAD"})
"""The methods of what only reads."""
NEEDS: Final = "needs_right"
"""Where an endpoint keeps the right that it needs."""
FILES: Final = frozenset({"static"})
"""What serves files of the project alone."""
REASON: Final = "Recount-Reason"
"""The header with which a commissioner says why single clients are looked at."""
LONGEST_REASON: Final = 500
OPEN: Final = "open"
"""The mark of what anybody may reach: whether the service lives, and the way to sign in."""


def services() -> Services:
    """The surroundings of this process: settings, database, keys."""
    found: Services = current_app.extensions["recount"]
    return found


def snapshot() -> Snapshot:
    """The snapshot of this request: all of its questions are answered from it."""
    if "snapshot" not in g:
        its, loaded = services(), _loaded_at_the_door()
        if loaded is None:
            g.snapshot = Snapshot.of(_connection(), its.mapper, its.cache, access_connection)
        else:
            g.snapshot = Snapshot.over(loaded, partial(_connection_of, loaded), its.mapper, access_connection)
    snapshot_of_request: Snapshot = g.snapshot
    return snapshot_of_request


def standings_at_the_door() -> LoadedStandings | None:
    """The standings that this process has, if nothing has become known since; for who asks by token."""
    cache = services().cache
    return cache.current(log_at_the_door()) if cache else None


class LogWentOn(Exception):
    """Something was committed after it was looked who asks, and before the snapshot was opened."""


def answer_from_memory(answer: Callable[[], T]) -> T:
    """Work an answer out from the standings in memory, and open a snapshot of the database only where that is not
    enough. It must do nothing but read: it is worked out once more where the log went on meanwhile.
    """
    g.from_memory = True
    try:
        return answer()
    except LogWentOn:
        del g.snapshot
    finally:
        del g.from_memory
    return answer()


def _loaded_at_the_door() -> LoadedStandings | None:
    return standings_at_the_door() if "from_memory" in g and "connection" not in g else None


def _connection_of(loaded: LoadedStandings) -> sa.Connection:
    connection = _connection()
    if "is_same_snapshot" not in g:
        if generations.live_at(connection) != (loaded.snapshot.generation, loaded.snapshot.position):
            raise LogWentOn
        g.is_same_snapshot = True
    return connection


def _connection() -> sa.Connection:
    """What the whole of this request is read from, in one transaction."""
    if "connection" not in g:
        g.reading = reading(services().engine)
        g.connection = g.reading.__enter__()
    connection: sa.Connection = g.connection
    return connection


def log_at_the_door() -> generations.State | None:
    """How far the log had come when it was looked who asks; None where nobody asks by token."""
    state: generations.State | None = g.get("log_at_the_door")
    return state


def access_connection() -> sa.Connection:
    """Where this request reads accounts, tokens and the trail of access, in one transaction."""
    if services().settings.access_file is None:
        return _connection()
    if "access_connection" not in g:
        g.access_reading = reading(services().access_engine)
        g.access_connection = g.access_reading.__enter__()
    connection: sa.Connection = g.access_connection
    return connection


@contextmanager
def _at_the_door(own: Callable[[], sa.Connection], engine: sa.Engine) -> Iterator[sa.Connection]:
    """Where to look who asks: in the request's own snapshot, if it is one that only reads. What changes something
    takes its snapshot later, and sees in it what it has changed.
    """
    if request.method in READS:
        yield own()
    else:
        with reading(engine) as connection:
            yield connection


def principal() -> Principal:
    """Who asks.

    Raises:
        Problem: nobody is known (401).
    """
    who = sessions.who_asks()
    if who is None:
        raise Problem(401, "not-signed-in", headers={"WWW-Authenticate": 'Bearer realm="recount"'})
    return who


def needs(right: Right) -> Callable[[View], View]:
    """Let an endpoint be reached only by those who have the right."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            with database_errors(services().engine):
                reach(right)
                try:
                    return view(*args, **kwargs)
                except NotOwn:
                    refuse_as_not_there(principal())
                except NotAllowed as error:
                    refuse(principal(), error.code, str(error))

        setattr(guarded, NEEDS, right)
        return guarded  # type: ignore[return-value]

    return decorate


def open_to_all(view: View) -> View:
    """An endpoint that needs nobody to be known."""

    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    setattr(opened, NEEDS, OPEN)
    return opened  # type: ignore[return-value]


def known_to(app: Flask) -> Callable[[dict[str, Any]], bool]:
    """Tells by the headers of a request, before its body is read, whether somebody asks whom the application knows."""

    def is_known(environ: dict[str, Any]) -> bool:
        with app.request_context(environ):
            return sessions.who_asks() is not None

    return is_known


def is_awaited() -> Callable[[], bool]:
    """Tells, also later and from elsewhere, whether whoever made this request still waits for its answer."""
    has_gone: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    return lambda: has_gone is None or not has_gone()


def reach(right: Right) -> Reach:
    """How far the right of the one who asks goes.

    Raises:
        Problem: nobody is known (401), or they do not have it (403, which is noted).
    """
    who = principal()
    its_reach = who.reach(right)
    if its_reach is None:
        refuse(who, "right-missing", f"Your role here is {who.role}, which may not see or do this.")
    return its_reach


def refuse(who: Principal, code: str, detail: str) -> NoReturn:
    """Refuse somebody who is known, and note it.

    Raises:
        Problem: always (403).
    """
    note(Deed.REFUSED, who=who, question={"code": code})
    raise Problem(403, code, detail)


def refuse_as_not_there(who: Principal) -> NoReturn:
    """Refuse somebody else's object, and note it.

    Raises:
        Problem: always (404), as if there were none.
    """
    note(Deed.REFUSED, who=who, question={"code": "not-own"})
    raise not_here()


def refuse_as_missing() -> NoReturn:
    """Refuse what does not exist. Of somebody who does not see everything it is noted, as `refuse_as_not_there` notes
    what is somebody else's: an answer that came sooner would tell the one from the other.

    Raises:
        Problem: always (404).
    """
    who = principal()
    if who.role in {Role.PROVIDER, Role.PUBLIC}:
        note(Deed.REFUSED, who=who, question={"code": "not-there"})
    raise not_here()


def own_agencies(who: Principal) -> frozenset[str]:
    """The agencies whose clients a provider may see today: what was granted, as contracts and handovers have it."""
    return snapshot().agencies_of_provider(who.agencies, today())


def sees(slice_: Slice, right: Right = Right.FIGURES) -> Reach:
    """Whether the slice may be asked for: a provider asks for own agencies and for the sums of the area; for single
    clients of agencies whose records are its own today, for figures also of those granted whose contract has ended.

    Raises:
        Problem: the agency is somebody else's, or is none (404: nobody can tell which); the right is missing (403).
    """
    its_reach = reach(right)
    if its_reach is Reach.OWN and slice_.agency is not None:
        who = principal()
        granted = frozenset[str]() if right in OF_CLIENTS else who.agencies
        if slice_.agency not in granted and slice_.agency not in own_agencies(who):
            refuse_as_not_there(who)
    return its_reach


def viewer(right: Right, *slices: Slice) -> Viewer:
    """Who asks, if they may ask for these slices.

    Raises:
        Problem: a slice is somebody else's (404), or the right is missing (403).
    """
    its_reach = reach(right)
    for slice_ in slices:
        sees(slice_, right)
    if its_reach is not Reach.OWN:
        return Viewer(its_reach)
    who = principal()
    own = own_agencies(who)
    return Viewer(its_reach, own, own | who.agencies)


def viewer_of_party(right: Right) -> Viewer:
    """Who reads what was said to a party: a provider that of the agencies granted to it, and not that of agencies whose
    caseload it took over from another.
    """
    its = viewer(right)
    granted = principal().agencies
    return replace(its, own=its.own & granted, agencies=granted) if its.is_provider else its


def not_public(its: Viewer) -> Viewer:
    """The viewer of what is never published.

    Raises:
        Problem: it is the public (404).
    """
    if its.is_public:
        raise not_here()
    return its


def viewer_of_clients(
    right: Right, question: Mapping[str, Any], *slices: Slice, measure: Measure | None = None, reason: str = ""
) -> Viewer:
    """Who looks at single clients, and why; noted in the trail before anything is shown.

    `question` is what is asked, as the trail keeps it; it holds nothing of a client. Of a commissioner an open dispute
    over the `measure` in all of the slices is reason enough.

    Raises:
        Problem: no dispute is open and no reason was given (403), or as `viewer`.
    """
    its = viewer(right, *slices)
    why = " ".join((reason or reason_in_header()).split())
    if len(why) > LONGEST_REASON:
        raise Problem(422, "reason-too-long", f"A reason has at most {LONGEST_REASON} characters.")
    if its.reach is Reach.WITH_REASON and not why:
        why = _disputed(measure, slices)
    if its.reach is Reach.WITH_REASON and not why:
        refuse(
            principal(),
            "reason-needed",
            f"Single clients are shown while a dispute of the figure is open, or for a reason: say it in the header "
            f"{REASON}. It goes into the trail.",
        )
    note(Deed.LOOKED, question=question, reason=why)
    return its


def may_see_clients_of(agency: str, question: Mapping[str, Any], reason: str | None = None) -> bool:
    """Whether whoever asks may see single clients of an agency; noted in the trail, if so.

    `reason` is a commissioner's; None for the one in the header.
    """
    who = principal()
    how_far, why = who.reach(Right.CLIENTS), reason_in_header() if reason is None else reason
    if how_far is None or (how_far is Reach.WITH_REASON and not why):
        return False
    if how_far is Reach.OWN and agency not in own_agencies(who):
        return False
    viewer_of_clients(Right.CLIENTS, question, reason=why)
    return True


def reason_in_header() -> str:
    """Why single clients are looked at, as a program says it."""
    return unquote(request.headers.get(REASON, "")).strip()


def _disputed(measure: Measure | None, slices: Sequence[Slice]) -> str:
    """The open dispute that all of the slices belong to; empty if there is none."""
    if measure is None or not slices:
        return ""
    everything = snapshot().disputes
    covering = [disputes.opens_to_commissioner(everything, measure, slice_) for slice_ in slices]
    return "; ".join(f"dispute {one.number}" for one in dict.fromkeys(filter(None, covering))) if all(covering) else ""


def note(
    deed: Deed,
    *,
    who: Principal | None = None,
    question: Mapping[str, Any] | None = None,
    reason: str = "",
    about: str | None = None,
) -> None:
    """Add a line to the trail of access; of the request it takes the endpoint, never its address."""
    by = who or principal()
    at_endpoint = about if about is not None else (request.endpoint or "")
    access.note(services().access_engine, now(), by.name, by.role, deed, at_endpoint, question, reason)


def guard(app: Flask) -> None:
    """Let the application know who asks."""
    sessions.let_know(app, _by_session, _by_token)

    @app.before_request
    def _door() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if view and not hasattr(view, NEEDS) and request.endpoint not in FILES:
            raise LookupError(f"{request.endpoint} names no right")

    @app.teardown_request
    def _close(_error: BaseException | None) -> None:
        for name in ("snapshot", "is_same_snapshot", "log_at_the_door", "connection", "access_connection"):
            g.pop(name, None)
        for name in ("reading", "access_reading"):
            if its := g.pop(name, None):
                its.__exit__(None, None, None)


def by_bearer() -> bool:
    """Whether the request carries a token, so that no browser was led into it."""
    return tokens.carried_in(request.headers.get("Authorization")) is not None


def _by_token() -> Principal | None:
    text = tokens.carried_in(request.headers.get("Authorization"))
    return None if text is None else holder(text)


def holder(text: str) -> Principal | None:
    """Whom a token speaks for; None if it is none of ours, or holds no more. Notes how far the log has come by then."""
    at = now()
    with at_once(services().door) as connection:
        held = tokens.held(connection, text, at)
        if held is None:
            return None
        g.log_at_the_door = held.log
        return displays.bounded(connection, held.principal, held.made_by, at)


def _by_session(key: str) -> Principal | None:
    with _at_the_door(access_connection, services().access_engine) as connection:
        who = sessions.holder(connection, key, now())
        if who is None or not set_up.is_first(connection, who):
            return who
    with _at_the_door(_connection, services().engine) as connection:
        return set_up.with_rights(connection, who)
