"""Preparing a file where it comes from: every row is checked, and initials, sex and birth date stay there.

What is made of them goes on: the person's keyed id, the ids of the key less one element each, the age at triage, and
the 18th birthday of those who are younger. The rows stay in their order, so that numbers of rows mean the same in both
files. The same file, key and day give the same bytes.
"""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any, Final

import msgspec

from domain.client import ClientKey
from domain.episode.facts import REFERRAL, START, Fact, Referral, Start
from domain.errors import Refused
from domain.submission import Notice, Rejection

from . import limits
from .checks.episodes import check_episode, check_keyless, no_records, unread_columns, withdraws_nothing
from .checks.rows import Circumstances
from .consent import REFUSED, consent_in
from .prepared import mark, rejections_text
from .reading import EpisodeRows, File, in_sheet, no_accepted_row, read_path
from .schemas import (
    ADULT_ON,
    CLIENT,
    CONSENT,
    EPISODE,
    KEY,
    NEAR,
    OF_PERSON,
    PERSON,
    REJECTED,
    TRIAGE_AGE,
    FileName,
    check_covered_by,
    parse_name,
    prepared_from,
    prepared_name,
)
from .uploads import SentFile

REFUSALS: Final = {
    "already-prepared": "The file is prepared already.",
}
"""Why a file is not prepared, beside what is wrong with it as a whole."""

Values = Mapping[str, str]


@dataclass(frozen=True)
class Prepared:
    """A file as it can be sent, under the name `sent_as`, and what was found in the raw one.

    `left_out` counts the episodes without consent, `refused` the clients who refuse it, and `unclear` those whose
    CONSENT is neither yes nor no. `names` are CLIENT and EPISODID of the rejected rows.
    """

    raw: FileName
    sent_as: str
    data: bytes
    rows: int
    left_out: int
    refused: int
    unclear: int
    rejected: Sequence[Rejection]
    notices: Sequence[Notice]
    names: Mapping[int, tuple[str, str]]

    def write(self, folder: Path) -> Path:
        """Put it into a folder, which is made if need be: whole, or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.sent_as
        draft = path.with_name(f".{self.sent_as}.{os.getpid()}")
        try:
            draft.write_bytes(self.data)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return path

    def document(self) -> dict[str, Any]:
        """What was found, and the digest of the bytes, as JSON."""
        findings: dict[str, Any] = msgspec.to_builtins({"rejected": self.rejected, "notices": self.notices})
        for rejected in findings["rejected"]:
            rejected["client_reference"], rejected["episode_reference"] = self.names[rejected["row"]]
        return {
            "file": self.raw.text,
            "prepared": self.sent_as,
            "agency": self.raw.agency,
            "first_day": self.raw.first_day.isoformat(),
            "last_day": self.raw.last_day.isoformat(),
            "rows": self.rows,
            "left_out": self.left_out,
            "consent_refused": self.refused,
            "consent_unclear": self.unclear,
            **findings,
            "sha256": sha256(self.data).hexdigest(),
        }


def prepare(path: SentFile, client_key: ClientKey, today: date) -> Prepared:
    """The file at `path`, checked as if it were received `today`, and made ready to send.

    Raises:
        Refused: it could not be taken in either, whatever is known; the code is one of `reading.REFUSALS`. Or it is
            prepared already: one of REFUSALS.
    """
    name = parse_name(path.name)
    if name.schema.prepared:
        message = f"{name.text} is prepared already: send it as it is, or prepare the file that it was made from."
        raise Refused("already-prepared", message, name.text)
    check_covered_by(name, today)
    return _Preparing(read_path(path), client_key, today).prepared()


class _Preparing:
    """A raw file, row by row on its way into the prepared one."""

    def __init__(self, file: File, client_key: ClientKey, today: date) -> None:
        self.file, self.name, self.client_key = file, file.name, client_key
        self.circumstances = Circumstances(file.name.schema, file.name.agency, file.name.last_day, today, client_key)
        self.rows: dict[int, Values] = {}
        self.rejected: list[Rejection] = []
        unread = unread_columns(file.unread)
        self.notices = [*file.notices, *unread, *no_records(file.no_records), *file.consents.notices()]
        self.accepted = self.left_out = 0

    def prepared(self) -> Prepared:
        consents = self.file.consents
        for number in consents.apart:
            self._send_word(number, consent_in(self.file.values(number)[CONSENT]))
        for number in self.file.keyless:
            values = self.file.values(number)
            self._reject({number: values}, check_keyless(number, values, self.circumstances))
        for rows in self.file.episodes:
            self._episode(rows)
        if self.file.keyless:
            self.notices.append(withdraws_nothing(self.file.keyless[0]))
        # So that numbers of rows mean the same in both files.
        self.rows |= {number: {} for number in (*self.file.blank, *self.file.no_records)}
        self.rejected = in_sheet(self.file, self.rejected)
        limits.check_rejected(self.name.text, self.rejected)
        self.notices = limits.bounded(in_sheet(self.file, self.notices))
        if not (self.accepted or self.left_out or consents.refusing or consents.unclear):
            raise no_accepted_row(self.name, self.rejected)
        return Prepared(
            raw=self.name,
            sent_as=prepared_name(self.name),
            data=self._bytes(),
            rows=self.file.records,
            left_out=self.left_out,
            refused=consents.refusing,
            unclear=len(consents.unclear),
            rejected=self.rejected,
            notices=self.notices,
            names={one.row: self._name(one.row) for one in self.rejected},
        )

    def _name(self, row: int) -> tuple[str, str]:
        values = self.file.values(row)
        return values[CLIENT], values[EPISODE]

    def _episode(self, rows: EpisodeRows) -> None:
        if word := self.file.consents.word(rows.client_reference, rows.episode_reference):
            self.left_out += word == REFUSED
            for number in rows.numbers:
                self._send_word(number, word)
            return
        stream = self.client_key.episode(self.name.agency, rows.client_reference, rows.episode_reference)
        values = {number: self.file.values(number) for number in rows.numbers}
        checked = check_episode(stream, list(values.items()), self.circumstances)
        self.notices += checked.notices
        if checked.reported is None:
            self._reject(values, checked.rejections)
        else:
            self.accepted += 1
            identity = _identity(checked.reported.facts)
            self.rows |= {number: row | identity for number, row in values.items()}

    def _send_word(self, number: int, word: str) -> None:
        """Of one who refuses, or may, only the key and that word are sent; of another agency's client no reference."""
        key = _key(self.file.values(number))
        if number in self.file.consents.another_agency:
            key[CLIENT] = ""
        self.rows[number] = key | {CONSENT: word}

    def _reject(self, rows: Mapping[int, Values], rejections: Sequence[Rejection]) -> None:
        """Nothing of a rejected episode is taken in, so nothing of it is sent: its key, whether there is consent (which
        may have been asked), and what is wrong with it.
        """
        self.rejected += rejections
        for number, values in rows.items():
            own = [rejection for rejection in rejections if rejection.row == number]
            word = consent_in(values.get(CONSENT, ""))
            self.rows[number] = _key(values) | {CONSENT: word, REJECTED: rejections_text(own)}

    def _bytes(self) -> bytes:
        added = {*OF_PERSON, REJECTED}
        columns = [c for c in prepared_from(self.name.schema).columns if c in added or c in self.file.places]
        out = StringIO(newline="")
        # Lines end in CR LF, so that a value with either of them is quoted.
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(mark(self.client_key))
        writer.writerow(columns)
        writer.writerows([row.get(column, "") for column in columns] for row in self._in_order())
        return out.getvalue().encode()

    def _in_order(self) -> Iterable[Values]:
        return (self.rows[number] for number in sorted(self.rows))


def _key(values: Values) -> dict[str, str]:
    return {column: values[column] for column in KEY}


def _identity(facts: Mapping[str, Fact]) -> dict[str, str]:
    """What goes in place of the identity; nothing for a review file, which has none."""
    referral, start = facts.get(REFERRAL), facts.get(START)
    first = referral or start
    if not isinstance(first, Referral | Start):
        return {}
    return {
        PERSON: first.client,
        NEAR: " ".join(first.near),
        TRIAGE_AGE: str(start.age_at_triage) if isinstance(start, Start) else "",
        ADULT_ON: first.adult_on.isoformat() if first.adult_on else "",
    }
