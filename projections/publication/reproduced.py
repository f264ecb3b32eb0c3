"""Whether what was published can be made again: its documents, its figures from their own standpoints, its members.

Every figure is asked again, always. One that saw records which were erased since cannot come out as it was, and is
held to what remains. Of a certificate each member that still has a leaf must stand in the figure as it says, and there
may be others only of people who lost records. Of a scorecard, which stores no members, no number may differ by more
than the records that were erased.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from domain.client import client_text
from domain.episode.events import Erased
from domain.errors import Refused
from domain.log.database import stored_bytes
from domain.log.mapper import JsonMapper
from domain.log.reading import read_topics
from domain.proof.inclusion import root_of
from projections.standings.engine import Figure
from projections.standings.stored import ErasedSince, erased_since

from . import certificate
from .publish import published_member
from .published import Engines, FigureOnRecord, Publication, numbers, publications

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys

_Leaves = Mapping[int, Sequence[Any]]
"""The stored leaves, by the number of their certificate."""


def publication_faults(connection: sa.Connection, mapper: JsonMapper, keys: "PublicKeys | None") -> Iterator[str]:
    """What is wrong with what was published, a sentence each: a document that does not hold, a figure that is not
    reproduced from its standpoint, members that are not those committed to.
    """
    engines, everything, leaves = Engines(connection, mapper), publications(connection, mapper), _leaves(connection)
    erasures = _Erasures(connection, mapper)
    for publication in everything:
        if keys is not None:
            yield from _document_faults(publication, keys)
        its = leaves.get(publication.event.number, ())
        for on_record in publication.figures:
            yield from _Asked(engines, on_record, erasures.seen_by(publication), its).faults()
        if not publication.is_cut:
            yield from _member_faults(publication, its, erasures)
    certificates = {publication.event.number for publication in everything if not publication.is_cut}
    for number in sorted(leaves.keys() - certificates):
        yield f"Members are stored of certificate {number}, which was never published."


def _document_faults(publication: Publication, keys: "PublicKeys") -> Iterator[str]:
    try:
        certificate.check(publication.event.document.encode(), keys, f"Publication {publication.event.number}")
    except Refused as refused:
        yield refused.message


class _Erasures:
    """What was erased, when, and how many members of which certificate went with it."""

    def __init__(self, connection: sa.Connection, mapper: JsonMapper) -> None:
        self._records: list[ErasedSince] = erased_since(connection)
        self._members: Counter[int] = Counter()
        self._last_uncounted = 0
        """The position of the last erasure of a program that did not count the members that it took."""
        for one in read_topics(connection, mapper, [Erased.TOPIC]):
            members = getattr(one.event, "members", None)
            if members is None:
                self._last_uncounted = one.position
            self._members.update(dict(members or ()))

    def seen_by(self, publication: Publication) -> int:
        """How many records a publication saw that were erased since."""
        at, published = publication.standpoint, publication.recorded.position
        return sum(
            one.known_from <= at.position and one.occurred_on <= at.as_of and published < one.erased_at
            for one in self._records
        )

    def account_for(self, publication: Publication, blank: int) -> bool:
        """Whether so many of a certificate's members went with erasures."""
        accounted = self._members[publication.event.number]
        return blank == accounted or (accounted < blank and publication.recorded.position < self._last_uncounted)

    def counted(self, publication: Publication) -> int:
        """How many of a certificate's members the erasures say that they took."""
        return self._members[publication.event.number]


class _Member(NamedTuple):
    client: int
    counted: bool


class _Asked:
    """A figure on record, asked again from its own standpoint, of which `erased` records are gone since."""

    def __init__(self, engines: Engines, on_record: FigureOnRecord, erased: int, leaves: Sequence[Any]) -> None:
        self._engines, self._on_record, self._erased, self._leaves = engines, on_record, erased, leaves
        self._publication = on_record.publication
        self._standpoint = self._publication.standpoint

    def faults(self) -> Iterator[str]:
        """What does not come out as it should."""
        figure = self._engines.answer(self._on_record, self._standpoint)
        if not self._has_status(figure) or not (self._is_same(figure) if not self._erased else self._is_near(figure)):
            yield self._differs(figure)
        elif not self._publication.is_cut:
            yield from self._other_members()

    def _is_same(self, figure: Figure) -> bool:
        return numbers(figure) == self._on_record.numbers

    def _is_near(self, figure: Figure) -> bool:
        """Whether no number differs by more than the erased records. The members of a certificate say more."""
        document = self._on_record.document
        pairs = (
            (figure.numerator, document["numerator"]),
            (figure.denominator or 0, document["denominator"] or 0),
        )
        return not self._publication.is_cut or all(abs(now - then) <= self._erased for now, then in pairs)

    def _has_status(self, figure: Figure) -> bool:
        """Whether it has the status that was published; what is complete was once called final, and what is immature
        had the status of its coverage. With the only open record of an agency goes that it was expected to report.
        """
        published = self._on_record.document["status"]
        if self._erased and list(figure.coverage.expected) != self._on_record.document["coverage"]["expected"]:
            return set(figure.coverage.expected) < set(self._on_record.document["coverage"]["expected"])
        return published == figure.status or figure.coverage.status == (
            "complete" if published == "final" else published
        )

    def _differs(self, figure: Figure) -> str:
        document = self._on_record.document
        explained = f", and the {self._erased} records that were erased since do not explain it" if self._erased else ""
        return (
            f"Publication {self._publication.event.number} has {document['numerator']} of {document['denominator']} in "
            f"{self._on_record.measure.code}, but from its standpoint it is {figure.numerator} of {figure.denominator}"
            f"{explained}."
        )

    def _other_members(self) -> Iterator[str]:
        """Who of the certificate does not stand in the figure as it says; and others, if they are too many."""
        number = self._publication.event.number
        said = Counter(_Member(row.client, row.counted) for row in self._leaves if row.client is not None)
        now = Counter(
            _Member(row.client, row.counted) for row in self._engines.members(self._on_record, self._standpoint)
        )
        for member in sorted(said - now):
            yield (
                f"Certificate {number} has client {client_text(member.client)} as "
                f"{'counted' if member.counted else 'not counted'}, but from its standpoint it is not so."
            )
        others = {member.client for member in now - said}
        if len(others) > sum(row.client is None for row in self._leaves) + self._erased:
            yield f"From its standpoint {len(others)} people are in certificate {number} to whom it does not commit."


def _leaves(connection: sa.Connection) -> _Leaves:
    t = published_member.c
    query = sa.select(t.certificate, t.place, t.client, t.counted, t.salt, t.leaf).order_by(t.certificate, t.place)
    return {number: list(rows) for number, rows in groupby(connection.execute(query), lambda row: int(row[0]))}


_OF_A_PERSON: Final = ("client", "counted", "salt")
"""What of a leaf goes when its person is erased: all of it, or nothing."""


def _member_faults(publication: Publication, rows: Sequence[Any], erasures: _Erasures) -> Iterator[str]:
    number = publication.event.number
    leaves = [stored_bytes(row.leaf) for row in rows]
    committed = publication.document["members"]
    in_place = [row.place for row in rows] == list(range(len(rows)))
    if not in_place or certificate.members_part(leaves, committed["counted"], root_of(leaves)) != committed:
        yield f"The stored members of certificate {number} are not those that it commits to."
    blank = [row for row in rows if _is_blank(row)]
    for row in rows:
        if not _is_blank(row) and row.leaf != _leaf_of(row):
            yield f"The stored member {row.place + 1} of certificate {number} is not the one that it commits to."
    if not erasures.account_for(publication, len(blank)):
        yield (
            f"Of certificate {number} {len(blank)} members are blank, but erasures account for "
            f"{erasures.counted(publication)}."
        )


def _is_blank(row: Any) -> bool:
    return all(getattr(row, name) is None for name in _OF_A_PERSON)


def _leaf_of(row: Any) -> bytes | None:
    if any(getattr(row, name) is None for name in _OF_A_PERSON):
        return None
    return certificate.member_leaf(row.certificate, client_text(row.client), row.counted, row.salt)
