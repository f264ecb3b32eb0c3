"""Naming an agency, for people's eyes; see `web.queries.agency_names`."""

from typing import Final

import sqlalchemy as sa

from domain.errors import Refused
from web.tables import agency_name

LONGEST_NAME: Final = 60
"""Characters of a name."""


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
