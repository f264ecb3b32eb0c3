"""Up to where somebody had seen what is known, when they last looked: what moved since is told first.

A look lasts as long as a session: what had been seen before it began stays the yardstick until it ends.
"""

from typing import Final

import sqlalchemy as sa
from flask import session

from domain.log.database import writing
from web.auth.guard import principal, services, snapshot
from web.tables import last_look

_SINCE: Final = "looked"
_SEEN: Final = "seen-to"


def seen_before() -> int | None:
    """The position that this person had seen to before this session; None the first time. Notes what is seen now."""
    who, newest = principal(), snapshot().submissions.newest
    if who.by_token or newest is None:
        return None
    if _SINCE not in session:
        here = last_look.c.account == who.key
        position_seen = snapshot().access.execute(sa.select(last_look.c.position).where(here)).scalar()
        session[_SINCE] = int(position_seen or 0)
    if session.get(_SEEN) != newest.position:
        _note(who.key, newest.position)
        session[_SEEN] = newest.position
    return int(session[_SINCE]) or None


def _note(account: str, position: int) -> None:
    with writing(services().access_engine) as connection:
        changed = connection.execute(
            last_look.update().where(last_look.c.account == account).values(position=position)
        ).rowcount
        if not changed:
            connection.execute(last_look.insert().values(account=account, position=position))
