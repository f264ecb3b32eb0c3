"""The clients who are asked about since CONSENT was neither yes nor no: from file to file, until somebody answers.

Nothing of such a client may be stored, so a question only holds a keyed id. Each monthly file's event has all questions
of its agency that are open once it is in; so the last of these events has what the next file needs to know.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from domain.client import ClientKey
from domain.submission import Notice
from web.files.consent import GIVEN, REFUSED, STILL_UNCLEAR, UNCLEAR, consent_in
from web.files.reading import File
from web.files.schemas import CONSENT

from .agency_episodes import AgencyEpisodes


@dataclass(frozen=True)
class Questions:
    """What a file says to the questions that were `open` before it, and whom it raises new ones about."""

    file: File
    open: frozenset[UUID]
    client_key: ClientKey

    def client_id(self, reference: str) -> UUID:
        """The keyed id of a client in a question: that of no episode, since each of those has an EPISODID."""
        return self.client_key.episode(self.file.name.agency, reference, "")

    @cached_property
    def clients(self) -> frozenset[str]:
        """The clients in the file whose consent is unclear, by CLIENT."""
        consents = self.file.consents
        return frozenset({*consents.unclear, *self.unanswered} - consents.refused_clients.keys())

    @cached_property
    def unanswered(self) -> Mapping[str, int]:
        """Those whom an earlier file left open, and of whom this one says nothing; with their first rows."""
        rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for rows in self.file.episodes if self.open else ():
            rows_of[rows.client_reference] += rows.numbers
        return {
            client: min(numbers)
            for client, numbers in rows_of.items()
            if self.client_id(client) in self.open and not self._says(numbers) & {GIVEN, REFUSED, UNCLEAR}
        }

    def _says(self, numbers: Iterable[int]) -> set[str]:
        return {consent_in(self.file.values(number).get(CONSENT, "")) for number in numbers}

    def notices(self) -> list[Notice]:
        """What there is to notice of those of whom the file itself says nothing."""
        return [Notice(row, CONSENT, "consent-unclear", STILL_UNCLEAR) for row in self.unanswered.values()]

    def open_after(self, *, lacks_nobody: bool) -> frozenset[UUID]:
        """The questions that are open once the file is in; `lacks_nobody`: who is not in it is the agency's no more."""
        if not (self.open or self.clients):
            return frozenset()
        consents = self.file.consents
        said_of = {*(rows.client_reference for rows in self.file.episodes), *consents.refused_clients}
        left = frozenset() if lacks_nobody else self.open - set(map(self.client_id, said_of))
        return left | set(map(self.client_id, self.clients))

    def episodes_of(self, questions: frozenset[UUID], known: AgencyEpisodes) -> list[UUID]:
        """The known episodes of the clients who are asked about."""
        if not questions:
            return []
        # Of clients who are in no file since, only keyed ids are left.
        return [stream for stream, one in known.all().items() if self.client_id(one.client_reference) in questions]
