"""The tables of the read models, filled in the transaction of the events that they follow.

Every one has `generation` first in its key: a rebuild fills a new generation beside the live one (`generations.py`).
Days of `standing` are ordinals (`date.toordinal()`), `NEVER` where nothing has ended it; a row covers
`as_of <= day < until` and `known_from <= position < known_until`.
"""

import sqlalchemy as sa

from domain.log.database import Instant, StreamId
from domain.log.tables import Position, metadata


def _generation() -> sa.Column[int]:
    return sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False)


submission = sa.Table(
    "submission",
    metadata,
    _generation(),
    sa.Column("position", Position, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("data_set", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date),
    sa.Column("last_day", sa.Date),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("corrects", sa.Integer),
)
"""One row for each commit that brought knowledge. `position` is that of its last event, the submission's own;
`first_day` and `last_day` are the covered days of a file by its name, null for what came by word: a withdrawal, a
handover, a contract. Of a correction they are the days that the file with the number `corrects` covers from then on,
null for none."""

contract = sa.Table(
    "contract",
    metadata,
    _generation(),
    sa.Column("position", Position, primary_key=True, autoincrement=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date),
    sa.Column("succeeds", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
)
"""Each word about a contract, at the position from which on it is known. The newest of an agency and first day stands;
`last_day` is null while no end is agreed."""

episode = sa.Table(
    "episode",
    metadata,
    _generation(),
    sa.Column("episode", StreamId, primary_key=True),
    sa.Column("client", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("client_reference", sa.Text, nullable=False),
    sa.Column("episode_reference", sa.Text, nullable=False),
    sa.Column("referred_on", sa.Date),
    sa.Column("triaged_on", sa.Date),
    sa.Column("discharged_on", sa.Date),
    sa.Column("not_in_file_since", sa.Date),
    sa.Index("episode_of_agency", "generation", "agency"),
    sa.Index("episode_of_client", "generation", "client"),
)
"""Every episode under every client it was ever known to be of; `current` marks the client it is of now, and is false
on all its rows once nothing is said of it any more (withdrawn or erased). `not_in_file_since` is the receipt of the
first file that should have had it and did not, until a file has it again."""

standing = sa.Table(
    "standing",
    metadata,
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("client", sa.BigInteger, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("slice", sa.Integer, nullable=False),
    sa.Column("journey", sa.Integer, nullable=False),
    sa.Column("as_of", sa.Integer, nullable=False),
    sa.Column("until", sa.Integer, nullable=False),
    sa.Column("known_from", Position, nullable=False),
    sa.Column("known_until", Position, nullable=False),
    sa.Index("standing_of_client", "generation", "client"),
)
"""The client stands in a part of a measure (`measures.registry`), counted or not (`state`), from this day to that
and from this position of the log to that, by the journey that started on `journey`."""

slice_of = sa.Table(
    "slice",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("agencies", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("adult", sa.Boolean, nullable=False),
    sa.Column("criminal_justice", sa.Boolean, nullable=False),
)
"""What the slices of a figure ask of a standing: `agencies` of its journey (sorted, one space between), `owner` the
agency it belongs to where parts must add up. Numbers are given once and shared by all generations."""

erased = sa.Table(
    "erased",
    metadata,
    _generation(),
    sa.Column("episode", StreamId, primary_key=True),
    sa.Column("known_from", Position, primary_key=True, autoincrement=False),
    sa.Column("known_until", Position, nullable=False),
    sa.Column("occurred_on", sa.Date, nullable=False),
)
"""Episodes whose records were erased: known from this position of the log, until the episode was reported anew;
`occurred_on` is the first day of which anything was said. Whose they were, where, and of what group is gone."""

stop_list = sa.Table(
    "stop_list",
    metadata,
    sa.Column("entry", sa.LargeBinary, primary_key=True),
    sa.Column("keeps_out", sa.Boolean, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)
"""Keyed hashes of persons and episodes that were erased. With `keeps_out` no file brings them back; without, a file
may (consent can be given anew), and only what a backup holds from before `recorded_at` is erased again. Not part of
what is known; the log does not say it, and a rebuild leaves it alone."""

taken_in = sa.Table(
    "taken_in",
    metadata,
    sa.Column("episode", StreamId, primary_key=True),
    sa.Column("data_set", sa.Text, primary_key=True),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("facts", sa.Integer, nullable=False),
    sa.Index("taken_in_of_agency", "agency", "data_set"),
)
"""The keyed digest of the rows that an episode was last taken in from: the same rows again say nothing new. Not part of
what is known: an absent row, or a wrong one, only means that the rows are read and compared again."""

kept_out = sa.Table(
    "kept_out",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("data_set", sa.Text, nullable=False),
    sa.Column("client_reference", sa.Text, nullable=False),
    sa.Column("episode_reference", sa.Text, nullable=False),
    sa.Index("kept_out_of_agency", "agency", "client_reference"),
)
"""What the rejected rows of an agency's newest file call their episodes, by the position of the submission, so that
they can be sent back. Not in the log, which could not forget them: they go with the agency's next file of the data set,
and when the person is erased."""
