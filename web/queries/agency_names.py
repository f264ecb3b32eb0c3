"""What agencies are called: names for people's eyes, beside the codes that the files carry.

A name is no fact of anybody's treatment: it is kept beside the log, counts for every standpoint, and decides nothing.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from web.tables import agency_name


def agency_names(connection: sa.Connection) -> Mapping[str, str]:
    """The names by code, in the order of the codes."""
    query = sa.select(agency_name.c.code, agency_name.c.name).order_by(agency_name.c.code)
    return {row.code: row.name for row in connection.execute(query)}
