"""What agencies are called: names for people's eyes, beside the codes that the files carry.

A name is no fact of anybody's treatment: it is kept beside the log, counts for every standpoint, and decides nothing.
"""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from domain.errors import Refused
from web.tables import agency_name

LONGEST_NAME: Final = 60
"""Characters of a name."""


def agency_names(connection: sa.Connection) -> Mapping[str, str]:
    """The names by code, in the order of the codes."""
    query = sa.select(agency_name.c.code, agency_name.c.name).order_by(agency_name.c.code)
    return {row.code: row.name for row in connection.execute(query)}


def name_agency(connection: sa.Connection, code: str, name: str) -> None:
    """Call an agency by a name; an empty one takes its name away. The connection is the writer's.

    Raises:
        Refused: the name is too long, or not all of it can be read.
    """
    words = " ".join(name.split())
    if len(words) > LONGEST_NAME or not words.isprintable():
        raise Refused("agency-name-unfit", f"A name has at most {LONGEST_NAME} characters, all of which can be read.")
    connection.execute(agency_name.delete().where(agency_name.c.code == code))
    if words:
        connection.execute(agency_name.insert().values(code=code, name=words))
