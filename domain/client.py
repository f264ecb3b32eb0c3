"""Person key to pseudonymous client id. Nothing behind this page sees initials or a birth date.

A client is initials, date of birth and sex (NDTMS's national attributor). The id is a keyed hash of them: without
the key nobody can try names against it. Beside it stand hashes of the key less one element each, so that
"may be one person" can be asked, and a check value that tells one key from another.
"""

import base64
import hmac
from datetime import date
from uuid import UUID

CLIENT_BYTES = 8
"""63 bits name a person: at 300,000 people the chance that any two share an id is below 1 in 100 million."""


ROWS_BYTES = 16
"""Two different sets of rows of one episode would have to agree in 128 bits to be taken for the same."""


class ClientKey:
    """The secret under which persons and episodes are named; another key names everybody anew."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, "\x1f".join(parts).encode(), "sha256")

    def client(self, initials: str, born_on: date, sex: str) -> str:
        """The pseudonymous id of a person; `initials` are the first and the surname's, in capitals."""
        return _text(self._digest("client", initials, born_on.isoformat(), sex))

    def near(self, initials: str, born_on: date, sex: str) -> list[str]:
        """Ids of the key less one element each: no first initial, no surname's initial, no birth date, no sex."""
        born = born_on.isoformat()
        keys = (
            ("", initials[1:], born, sex),
            (initials[:1], "", born, sex),
            (*initials, "", sex),
            (*initials, born, ""),
        )
        return [_text(self._digest("near", str(i), *key)) for i, key in enumerate(keys)]

    def episode(self, agency: str, client_reference: str, episode_reference: str) -> UUID:
        """The stream of an episode, from its natural key (AGNCY, CLIENT, EPISODID)."""
        return UUID(bytes=self._digest("episode", agency, client_reference, episode_reference)[:16], version=4)

    def stopped_person(self, client: str) -> bytes:
        """What a stop-list holds of a person, by the id: without the key it cannot be laid beside the id."""
        return self._digest("stop person", client)

    def stopped_episode(self, episode: UUID) -> bytes:
        """What a stop-list holds of an episode, by its stream."""
        return self._digest("stop episode", episode.hex)

    def rows(self, episode: UUID, digest: bytes) -> bytes:
        """What a database keeps of the rows that an episode was taken in from, by their digest.

        Nobody who can only write to the database can put there what rows of his choice would give.
        """
        return self._digest("rows", episode.hex, digest.hex())[:ROWS_BYTES]

    def check_value(self) -> bytes:
        """What a database keeps to tell whether it was filled with this key; says nothing of the key itself."""
        return self._digest("recount client key")


def _text(digest: bytes) -> str:
    """The id as people read it: 13 characters of a-z and 2-7."""
    number = int.from_bytes(digest[:CLIENT_BYTES], "big") >> 1
    return base64.b32encode(number.to_bytes(CLIENT_BYTES, "big")).decode().rstrip("=").lower()


def client_number(client: str) -> int:
    """The id as the numeric core and the tables hold it; the inverse of `client_text`."""
    return int.from_bytes(base64.b32decode(client.upper() + "==="), "big")


def client_text(number: int) -> str:
    """The id as people read it, from the number."""
    return base64.b32encode(number.to_bytes(CLIENT_BYTES, "big")).decode().rstrip("=").lower()
