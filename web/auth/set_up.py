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


def is_first(connection: sa.Connection, who: Principal) -> bool:
    """Whether somebody who signed in is who may do the set-up; the connection is to the access database."""
    return who.role in _MAY_BE_FIRST and who.key == f"{KEY}{_first(connection)}"


def with_rights(connection: sa.Connection, first: Principal) -> Principal:
    """The first account with the rights of the set-up, if it is not over; the connection is to the log."""
    return first if has_monthly_file(connection) else replace(first, beside=DURING_SET_UP)


def _first(connection: sa.Connection) -> int | None:
    """The number of the first account that is open and may do the set-up."""
    may_be_first = account.c.role.in_([str(role) for role in _MAY_BE_FIRST]), account.c.closed_at.is_(None)
    number: int | None = connection.execute(sa.select(sa.func.min(account.c.number)).where(*may_be_first)).scalar()
    return number
