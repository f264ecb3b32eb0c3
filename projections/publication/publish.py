"""Publishing: a certificate of one figure with a commitment to its members, or a scorecard under a name.

The members of a certified figure are kept beside the log, a salted leaf each, so that one client's place can be shown
later. When a person is erased, client and salt of their leaves go and the hashes stay: what was published still
checks, and nobody can be found in it any more.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import client_text
from domain.contract_life.publication import (
    PUBLICATION_EVENTS,
    CutPublished,
    FigurePublished,
    cut_name,
    cut_stream,
    figure_stream,
)
from domain.definition import definition_named
from domain.episode.events import Erased
from domain.errors import Refused, WrongUse
from domain.log.database import chunks, insert_many
from domain.log.heads import head_at
from domain.log.large_commits import events_of
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded
from domain.log.tables import log, metadata
from domain.measures.registry import definition_terms
from domain.proof.inclusion import inclusion, root_of, tree_of
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Standing
from projections.store import tables

from . import certificate, documents
from .documents import Document
from .published import Publication, publication_numbered

if TYPE_CHECKING:
    from domain.proof.signing import Signer
    from domain.register import Recording

published_member = sa.Table(
    "published_member",
    metadata,
    sa.Column("certificate", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("client", sa.BigInteger, index=True),
    sa.Column("counted", sa.Boolean),
    sa.Column("salt", sa.LargeBinary),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
)
"""The leaves of a certificate's members in the order of their tree; the nullable columns go when a person is erased."""

SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Issue:
    """Who publishes, when: the moment, and the day that it is in London."""

    at: datetime
    on: date
    actor: str
    role: str


def publish_figure(
    recording: "Recording",
    signer: "Signer",
    figure: Figure,
    members: Iterable[Standing],
    document: Document,
    issue: Issue,
    beside: Document,
) -> Publication:
    """Issue the certificate of a figure, whose FIGURE is `document`; `beside` goes into it too.

    Raises:
        Refused: nothing was known at the standpoint.
    """
    number = _next_number(recording)
    leaves = _Leaves(number, members)
    text = certificate.sealed(
        {"certificate": certificate.CERTIFICATE}
        | beside
        | {
            "number": number,
            "figure": document,
            "definition": _definition(figure),
            "members": certificate.members_part(leaves.hashes, leaves.counted, root_of(leaves.hashes)),
        }
        | _history(recording, figure.standpoint, issue),
        signer,
    )
    event = FigurePublished(
        originator_id=figure_stream(number),
        measure=figure.measure.code,
        **_body(number, figure.standpoint, text, issue),
    )
    insert_many(recording.connection, published_member, leaves.rows)
    return Publication(recording.append([event])[0])


def publish_cut(
    recording: "Recording",
    signer: "Signer",
    name: str,
    figures: Sequence[Figure],
    documents: Sequence[Document],
    issue: Issue,
    beside: Document,
    entered: Sequence[Document] = (),
) -> Publication:
    """Freeze figures of one standpoint under a name, with those that are `entered` by hand, if there are any.

    Raises:
        Refused: the name is taken or none, or nothing was known at the standpoint.
    """
    name = cut_name(name)
    if recording.read_streams([cut_stream(name)]):
        raise Refused("name-taken", f"A cut named '{name}' was published before. Give another name.")
    number, standpoint = _next_number(recording), figures[0].standpoint
    text = certificate.sealed(
        {"scorecard": certificate.SCORECARD}
        | beside
        | {
            "number": number,
            "name": name,
            **{key: documents[0][key] for key in ("as_of", "known_at", "position")},
            "figures": list(documents),
            "definitions": [_definition(figure) for figure in figures],
        }
        | ({"entered": list(entered)} if entered else {})
        | _history(recording, standpoint, issue),
        signer,
    )
    event = CutPublished(originator_id=cut_stream(name), name=name, **_body(number, standpoint, text, issue))
    return Publication(recording.append([event])[0])


def _next_number(recording: "Recording") -> int:
    topics = [event.TOPIC for event in PUBLICATION_EVENTS]
    count = sa.select(sa.func.count()).select_from(log).where(log.c.topic.in_(topics))
    return int(recording.connection.execute(count).scalar_one()) + 1


def _definition(figure: Figure) -> Document:
    terms = definition_terms(figure.measure, definition_named(figure.definition))
    return certificate.definition_part(figure.definition, terms)


def _history(recording: "Recording", standpoint: Standpoint, issue: Issue) -> Document:
    """The head over exactly what the figures were drawn from."""
    if standpoint.position == 0:
        raise Refused("nothing-known", "Nothing was known at that standpoint, so there is nothing to publish.")
    head = documents.head_part(head_at(recording.connection, standpoint.position))
    return {"head": head, "issued_at": issue.at.isoformat(timespec="seconds")}


def _body(number: int, standpoint: Standpoint, text: str, issue: Issue) -> dict[str, Any]:
    return {
        "originator_version": 1,
        "occurred_on": issue.on,
        "actor": issue.actor,
        "role": issue.role,
        "number": number,
        "as_of": standpoint.as_of,
        "known_at": standpoint.known_at,
        "position": standpoint.position,
        "document": text,
    }


class _Leaves:
    """The salted leaves of a figure's members: the counted first, then by hash."""

    def __init__(self, number: int, members: Iterable[Standing]) -> None:
        salted = []
        for member in members:
            salt = secrets.token_bytes(SALT_BYTES)
            leaf = certificate.member_leaf(number, client_text(member.client), member.counted, salt)
            salted.append((not member.counted, leaf, member.client, salt))
        salted.sort()
        self.hashes = [leaf for _, leaf, _, _ in salted]
        self.counted = sum(not after for after, *_ in salted)
        self.rows = [
            (number, place, client, not after, salt, leaf) for place, (after, leaf, client, salt) in enumerate(salted)
        ]


def member_proof(connection: sa.Connection, mapper: JsonMapper, number: int, client: int) -> Document:
    """That a client is in the figure of a certificate, and counted or not, showing nobody else.

    Raises:
        WrongUse: there is no such certificate.
        Refused: the client is not in it, or was erased since.
    """
    if publication_numbered(connection, mapper, number).is_cut:
        raise WrongUse(f"Publication {number} is a scorecard, which names no members. Publish the figure itself.")
    t = published_member.c
    query = sa.select(t.place, t.client, t.counted, t.salt, t.leaf).where(t.certificate == number).order_by(t.place)
    rows = connection.execute(query).all()
    part = tree_of([bytes(row.leaf) for row in rows])
    opened = [
        certificate.member_leaf_document(row.counted, row.salt, row.place, inclusion(part, row.place, len(rows)))
        for row in rows
        if row.client == client
    ]
    if not opened:
        raise Refused(
            "not-a-member", f"Client {client_text(client)} is not in the figure of certificate {number}, or was erased."
        )
    return certificate.member_proof(number, client_text(client), opened)


def forgetting(connection: sa.Connection, recorded: Sequence[Recorded]) -> None:
    """The projection for `Register` that forgets erased persons in what was published.

    It stands in front of the read models, which still know whose the erased episodes were.
    """
    erased = [event.originator_id for event in events_of(recorded, Erased)]
    for client in clients_of(connection, erased):
        rows = published_member.update().where(published_member.c.client == client)
        connection.execute(rows.values(client=None, counted=None, salt=None))


class CountingMembers:
    """Says in the erasures of one commit how many members of certificates will be forgotten by them.

    A member is counted once, with the first of the person's episodes.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._counted: set[int] = set()

    def counted(self, event: Event) -> Event:
        """The event, with the members if it is an erasure's."""
        if not isinstance(event, Erased):
            return event
        clients = clients_of(self._connection, [event.originator_id]) - self._counted
        self._counted |= clients
        return msgspec.structs.replace(event, members=_members_of(self._connection, clients))


def _members_of(connection: sa.Connection, clients: Iterable[int]) -> tuple[tuple[int, int], ...]:
    t, members = published_member.c, Counter[int]()
    for chunk in chunks(clients):
        query = sa.select(t.certificate, sa.func.count()).where(t.client.in_(chunk)).group_by(t.certificate)
        members.update(dict(list(connection.execute(query))))
    return tuple(sorted(members.items()))


def clients_of(connection: sa.Connection, streams: Sequence[UUID]) -> set[int]:
    """Every client that these episodes were ever known to be of."""
    t, clients = tables.episode.c, set[int]()
    for chunk in chunks(streams):
        query = sa.select(t.client).where(t.episode.in_(chunk))
        clients.update(connection.execute(query).scalars())
    return clients
