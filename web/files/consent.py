"""What a file says of consent: who refuses, whose word is neither yes nor no, and the rows that say nothing but that.

A refusal often comes as a bare row: an agency, a client reference and CONSENT alone. It has no EPISODID, and so speaks
for every episode of the client. Such rows are no episode's: they are set apart here, before anything else is read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.submission import Notice

from .schemas import AGENCY, CLIENT, CONSENT, EPISODE
from .sheets.rows import Rows
from .values import clean

GIVEN, REFUSED, UNCLEAR = "Y", "N", "?"
"""What CONSENT says, and what a prepared file writes there; empty where nothing is said."""
_WORDS: Final = {"": "", "Y": GIVEN, "YES": GIVEN, "N": REFUSED, "NO": REFUSED}

NOTICES: Final = {
    "no-consent": "CONSENT is no: nothing of the episode, or of every episode of the client, is kept.",
    "consent-unclear": "CONSENT is neither yes nor no: nothing new is stored of the client until it is answered.",
    "refused-later": "Consent was refused in a file of later days: nothing of the episode is kept.",
    "refusal-of-another-agency": "A bare refusal of consent is of another agency than the file; it is left out.",
    "refusal-of-nobody": "A row says that consent is refused, and not by whom. Nobody is left out for it.",
}
"""What a file's notices about consent say, by code."""


@dataclass
class Consents:
    """Who refuses or is unclear, each with the first row that says so.

    `refused_clients` refuse for all of their episodes, by CLIENT; `refused_episodes` are those of which one row says
    no, by (CLIENT, EPISODID). Of `unclear` clients nothing is stored, whatever other rows say. Rows of `another_agency`
    and those of `nobody` concern nobody here. `apart` are the rows that are no episode's.
    """

    refused_clients: dict[str, int] = field(default_factory=dict)
    refused_episodes: dict[tuple[str, str], int] = field(default_factory=dict)
    unclear: dict[str, int] = field(default_factory=dict)
    another_agency: list[int] = field(default_factory=list)
    nobody: list[int] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.refused_clients or self.refused_episodes or self.unclear or self.apart)

    @property
    def refusing(self) -> int:
        """How many clients refuse, for one episode or for all."""
        return len({*self.refused_clients, *(client for client, _ in self.refused_episodes)})

    def word(self, client: str, episode: str) -> str:
        """REFUSED or UNCLEAR of an episode; empty where nothing keeps it out."""
        if client in self.refused_clients or (client, episode) in self.refused_episodes:
            return REFUSED
        return UNCLEAR if client in self.unclear else ""

    def notices(self) -> list[Notice]:
        """What there is to notice, naming rows and nobody."""
        said = [
            *(Notice(row, CONSENT, "no-consent", _OF_CLIENT) for row in self.refused_clients.values()),
            *(
                Notice(row, CONSENT, "no-consent", _OF_EPISODE)
                for (client, _), row in self.refused_episodes.items()
                if client not in self.refused_clients
            ),
            *(
                Notice(row, CONSENT, "consent-unclear", STILL_UNCLEAR)
                for client, row in self.unclear.items()
                if client not in self.refused_clients
            ),
            *(Notice(row, AGENCY, "refusal-of-another-agency", _OF_ANOTHER) for row in self.another_agency),
            *(Notice(row, CLIENT, "refusal-of-nobody", _OF_NOBODY) for row in self.nobody),
        ]
        return sorted(said, key=lambda notice: notice.row)


STILL_UNCLEAR: Final = (
    "CONSENT is neither yes nor no, so nothing new is stored of this client, and nothing changes. Ask, and send the "
    "file with Y or N."
)
_OF_CLIENT: Final = "This client refuses consent: nothing of any of their episodes is kept; what was known is erased."
_OF_EPISODE: Final = "CONSENT is no: nothing of this episode is kept, and what was known of it is erased."
_OF_ANOTHER: Final = (
    "This refusal of consent is of another agency's client, and is left out. Send it in that agency's file."
)
_OF_NOBODY: Final = (
    "This row says that consent is refused, and it cannot be told by whom. Give the reference that CLIENT has in the "
    "other rows."
)


def consent_in(value: str) -> str:
    """What a value of CONSENT says: GIVEN, REFUSED, UNCLEAR, or empty for nothing."""
    return _WORDS.get(clean(value).upper(), UNCLEAR)


def same_agency(one: str, other: str) -> bool:
    """Whether two codes are of one agency: upper and lower case do not matter."""
    return one.upper() == other.upper()


def consents_in(agency: str, rows: Rows, places: Mapping[str, int], client_id_place: int | None) -> Consents:
    """What the rows of an agency's file say of consent.

    Where such a row has its client reference in CLIENTID alone, it is put into CLIENT, and an agency code that is
    missing is the file's.
    """
    place = places.get(CONSENT)
    if place is None:
        return Consents()
    words = {value: consent_in(value) for value in rows.distinct(place)}
    if not {REFUSED, UNCLEAR} & set(words.values()):
        return Consents()
    reading = _Reading(agency, rows, places, client_id_place)
    for at, value in enumerate(rows.column(place)):
        if (word := words[value]) in {REFUSED, UNCLEAR}:
            row = rows[at]
            reading.add(at + 1, row, word)
            rows[at] = row
    return reading.consents


class _Reading:
    """Fills Consents, row by row."""

    def __init__(self, agency: str, rows: Rows, places: Mapping[str, int], client_id_place: int | None) -> None:
        self.agency, self.places, self.client_id_place = agency, places, client_id_place
        self.clients = _clients_by_id(rows, places[CLIENT], client_id_place)
        self.one_numbering = all(clients == {client_id} for client_id, clients in self.clients.items())
        self.consents = Consents()

    def add(self, number: int, row: list[str], word: str) -> None:
        consents, places = self.consents, self.places
        episode = clean(row[places[EPISODE]])
        if (agency := clean(row[places[AGENCY]])) and not same_agency(agency, self.agency):
            if word == REFUSED and self._is_bare(row):
                consents.another_agency.append(number)
                consents.apart.add(number)
            return
        row[places[AGENCY]] = self.agency
        client = row[places[CLIENT]] = clean(row[places[CLIENT]]) or self._client_by_id(row)
        if word == UNCLEAR:
            if client:
                consents.unclear.setdefault(client, number)
        elif not client:
            consents.nobody.append(number)
        elif episode:
            consents.refused_episodes.setdefault((client, episode), number)
        else:
            consents.refused_clients.setdefault(client, number)
        if (client and not episode) or (word == REFUSED and not client):
            consents.apart.add(number)

    def _is_bare(self, row: Sequence[str]) -> bool:
        says = {AGENCY, CLIENT, CONSENT}
        return not any(clean(row[place]) for column, place in self.places.items() if column not in says)

    def _client_by_id(self, row: Sequence[str]) -> str:
        """The client whom CLIENTID names; empty if it cannot be told, since CLIENT has other numbers than CLIENTID."""
        client_id = clean(row[self.client_id_place]) if self.client_id_place is not None else ""
        clients = self.clients.get(client_id, set())
        if len(clients) == 1:
            return next(iter(clients))
        return client_id if self.one_numbering and not clients else ""


def _clients_by_id(rows: Rows, client_place: int, client_id_place: int | None) -> Mapping[str, set[str]]:
    """The CLIENT of each CLIENTID, by the rows that have both."""
    clients: defaultdict[str, set[str]] = defaultdict(set)
    if client_id_place is not None:
        for values in rows.columns(client_id_place, client_place):
            client_id, client = map(clean, values)
            if client_id and client:
                clients[client_id].add(client)
    return clients
