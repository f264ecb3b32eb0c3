"""What a database remembers of how it was set up: the check value of the key that names its persons."""

import hmac

import sqlalchemy as sa

from domain.errors import WrongClientKey

from .tables import setting

CLIENT_KEY = "client key check"


def check_client_key(connection: sa.Connection, check_value: bytes) -> None:
    """Hold the check value of the client key against the database's; a database that has none takes it.

    The connection is the writer's, since the first one writes.

    Raises:
        WrongClientKey: the database was filled with another key.
    """
    known = connection.execute(sa.select(setting.c.value).where(setting.c.name == CLIENT_KEY)).scalar()
    if known is None:
        connection.execute(setting.insert().values(name=CLIENT_KEY, value=check_value))
    elif not hmac.compare_digest(known, check_value):
        raise WrongClientKey(
            "This database was filled with another client key. "
            "Set RECOUNT_CLIENT_KEY to the key that it was filled with, or name another database."
        )
