"""Every table that there is: whoever opens the database knows them all, and so makes, copies and clears all of them.

A table that only some of the program's parts knew would be missing from a backup that another part writes.
"""

from typing import Final

import sqlalchemy as sa

from domain.log.heads import signed_head
from domain.log.tables import log, metadata, setting, tree_node
from projections.publication.publish import published_member
from projections.store import tables
from projections.store.generations import generation
from web.queries.agency_names import agency_name

from .auth.tables import access, account, last_look, sign_in_link, token
from .operations.verifications import outcome

_KNOWN: Final = (
    log, tree_node, setting, signed_head,
    generation, tables.submission, tables.contract, tables.episode, tables.standing, tables.slice_of, tables.erased,
    tables.stop_list, tables.taken_in, published_member,
    account, token, sign_in_link, access, last_look, outcome, agency_name,
)  # fmt: skip


def all_tables() -> list[sa.Table]:
    """The tables in an order in which they can be made. A test holds that no other part of the program has more."""
    return [table for table in metadata.sorted_tables if table in _KNOWN]
