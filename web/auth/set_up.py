"""The first account: until the first monthly file is in, it may do the whole set-up, whatever its role.

Nothing of this is stored. Who is first, and whether a file is in, is read from what is there.
"""

from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from projections.store.submissions import has_monthly_file
from web.tables import account

from .accounts import KEY
from .roles import DURING_SET_UP, Principal, Role

_MAY_BE_FIRST: Final = (Role.ADMINISTRATOR, Role.COMMISSIONER)
"""Never a provider: should the first account be closed, its rights do not pass to one."""


def with_rights(connection: sa.Connection, who: Principal) -> Principal:
    """Somebody who signed in, with the rights of the set-up if they are the first and it is not over."""
    if who.role not in _MAY_BE_FIRST or who.key != f"{KEY}{_first(connection)}" or has_monthly_file(connection):
        return who
    return replace(who, beside=DURING_SET_UP)


def _first(connection: sa.Connection) -> int | None:
    """The number of the first account that is open and may do the set-up."""
    may_be_first = account.c.role.in_([str(role) for role in _MAY_BE_FIRST]), account.c.closed_at.is_(None)
    number: int | None = connection.execute(sa.select(sa.func.min(account.c.number)).where(*may_be_first)).scalar()
    return number
