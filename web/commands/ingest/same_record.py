"""The same record under another name: an episode that is probably known already, and a key that names somebody else.

Both are taken in as they come, and asked about: what looks like a mistake may be none. A notice stays in the log for
good, so it names nobody, neither by reference nor by agency.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

from domain.episode.episode import Episode
from domain.episode.facts import identity_of, names_another_person
from domain.episode.reconcile import ReportedEpisode
from domain.submission import ANOTHER_PERSON, SAME_RECORD, SAME_RECORD_ELSEWHERE, Notice
from web.commands.known import Knowledge
from web.files.reading import EpisodeRows

from .checking import CheckedFile

_MESSAGES: Final = {
    SAME_RECORD: "This person has an episode open with the same TRIAGED under another reference of this agency, so "
    "this is probably the same episode. Both are counted until the two references are joined.",
    SAME_RECORD_ELSEWHERE: "This person has an episode open with the same TRIAGED at another agency, so this is "
    "probably the same episode under a new agency code. Both are counted until the caseload is handed over.",
    ANOTHER_PERSON: "Until now this CLIENT and EPISODID named somebody with another birth date, other initials or "
    "another sex: more than one of them differs. It counts as this person's from now on. If the reference was used "
    "again, send this episode under a new one, and the earlier one as it was.",
}

_Key = tuple[int, date]
"""A client, and TRIAGED."""


def known_under_another_key(checked: CheckedFile, knowledge: Knowledge) -> list[Notice]:
    """A notice for each new episode of a person who has one open with the same TRIAGED under another key."""
    new = dict(_new_starts(checked))
    open_at: dict[_Key, set[str]] = {}
    for one in knowledge.open_episodes({client for client, _day in new.values()}):
        if one.episode not in new:
            open_at.setdefault((one.client, one.triaged_on), set()).add(one.agency)
    notices = []
    for stream, key in new.items():
        reported = checked.reported[stream]
        if agencies := open_at.get(key):
            code = SAME_RECORD if checked.name.agency in agencies else SAME_RECORD_ELSEWHERE
            notices.append(_notice(reported.rows, code))
        if reported.is_open:
            open_at.setdefault(key, set()).add(checked.name.agency)
    return notices


def _new_starts(checked: CheckedFile) -> Iterator[tuple[UUID, _Key]]:
    for stream, reported in checked.reported.items():
        if stream not in checked.known and reported.client is not None and reported.triaged_on:
            yield stream, (reported.client, reported.triaged_on)


def another_person(known: Episode, reported: ReportedEpisode, rows: EpisodeRows) -> Iterator[Notice]:
    """A notice if the key names a person who differs in more than one element of identity from the one before."""
    before, now = identity_of(known.facts), identity_of(reported.facts)
    if before and now and names_another_person(before, now):
        yield _notice(rows, ANOTHER_PERSON)


def _notice(rows: EpisodeRows, code: str) -> Notice:
    return Notice(rows.numbers[0], "CLIENT", code, _MESSAGES[code])
