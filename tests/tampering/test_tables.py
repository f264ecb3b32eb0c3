"""Every table altered, row by row and column by column, by somebody who owns the database and puts the triggers back:
verifying names it, or it stands in NOT_PROTECTED and in docs/explanation/proof.md, with the reason.
"""

from pathlib import Path
from typing import Final

import pytest

from domain.client import client_text
from projections.projector import from_log
from web.services import Services
from web.tables import all_tables

from .conftest import Alter, verified

ANOTHER: Final = "INSERT INTO generation SELECT number + 1, position"
ALTERED: Final[dict[str, dict[str, str]]] = {
    "tree_node": {
        "UPDATE tree_node SET hash = commitment FROM log WHERE log.position = 1": "tree does not agree",
        "UPDATE tree_node SET number = 7": "tree does not agree",
        "UPDATE tree_node SET level = 3": "node of level 3, which no tree has",
        "DELETE FROM tree_node": "tree does not agree",
        "INSERT INTO tree_node SELECT 9, 0, commitment FROM log WHERE position = 1": "tree does not agree",
    },
    "signed_head": {
        "UPDATE signed_head SET root = key WHERE size = FIRST": "The signed head at position",
        "UPDATE signed_head SET recorded_at = '2031-01-01 00:00:00.000000' WHERE size = FIRST": "The signed head at",
        "UPDATE signed_head SET key = 'another' WHERE size = FIRST": "by a key that is not this service's",
        "UPDATE signed_head SET signature = root WHERE size = FIRST": "The signed head at position",
        "UPDATE signed_head SET trail_size = 77 WHERE size = FIRST": "The signed head at position",
        "UPDATE signed_head SET trail_hash = root WHERE size = FIRST": "The signed head at position",
        "UPDATE signed_head SET size = size - 1 WHERE size = FIRST": "No head was signed at position",
        "DELETE FROM signed_head WHERE size = FIRST": "No head was signed at position",
        "DELETE FROM signed_head WHERE size = LAST": "the end of the log",
        "INSERT INTO signed_head SELECT size - 1, root, recorded_at, key, signature, NULL, NULL FROM signed_head WHERE "
        "ONE ROW": "is not the one that was signed",
        "INSERT INTO signed_head SELECT size + 9, root, recorded_at, key, signature, NULL, NULL FROM signed_head WHERE "
        "size = LAST": "but a head was signed at position",
    },
    "setting": {
        "UPDATE setting SET value = 'x' WHERE name = 'client key check'": "filled with another client key",
        "DELETE FROM setting WHERE name = 'client key check'": "does not say any more with which client key",
        "INSERT INTO setting VALUES ('mine', 'x')": "There is a setting 'mine'",
        "INSERT INTO setting VALUES ('demonstration', 'x')": "",
    },
    "generation": {
        "UPDATE generation SET position = position - 1": "The read models stand at position",
        f"{ANOTHER}, 1, counted_by FROM generation": "2 generations of the read models",
        f"{ANOTHER}, 0, counted_by FROM generation": "",
    },
    "submission": {
        f"UPDATE submission SET {change} WHERE number = 3": "submission: stored, but the log does not say it"
        for change in (
            "position = position + 1000", "number = 99", "received_on = '2017-02-20'", "agency = 'H0009'",
            "data_set = 'REVIEWS'", "first_day = '2017-01-02'", "last_day = '2017-01-30'", "file = 'x'", "sha256 = 'x'",
            "corrects = 1",
        )
    } | {
        "DELETE FROM submission WHERE number = 3": "submission: the log says it, but it is not stored",
        "INSERT INTO submission SELECT generation, position + 1, 99, received_on, agency, '', NULL, NULL, '', '', NULL "
        "FROM submission WHERE number = 3": "submission: stored, but the log does not say it",
        "UPDATE submission SET corrects = NULL WHERE corrects IS NOT NULL": "submission: stored, but the log does",
        "UPDATE submission SET generation = 99 WHERE number = 3": "the log says it, but it is not stored",
    },
    "contract": {
        f"UPDATE contract SET {change} WHERE agency = 'H0003'": "contract: stored, but the log does not say it"
        for change in (
            "position = position + 1000", "agency = 'H0009'", "first_day = '2016-01-01'", "last_day = '2017-02-01'",
            "succeeds = 'H0001'", "withdrawn = 1",
        )
    } | {
        "DELETE FROM contract WHERE agency = 'H0003'": "contract: the log says it, but it is not stored",
        "INSERT INTO contract VALUES (1, 99, 'H0009', '2017-01-01', NULL, '', 0)": "contract: stored, but the log",
    },
    "episode": {
        f"UPDATE episode SET {change} WHERE client_reference = 'C3'": "episode: stored, but the log does not say it"
        for change in (
            "episode = randomblob(16)", "client = 4711", "current = 0", "agency = 'H0009'", "client_reference = 'X'",
            "episode_reference = 'X'", "referred_on = NULL", "triaged_on = '2016-01-01'",
            "discharged_on = '2017-03-03'", "not_in_file_since = '2017-03-03'",
        )
    } | {
        "DELETE FROM episode WHERE client_reference = 'C3'": "episode: the log says it, but it is not stored",
        "INSERT INTO episode SELECT generation, randomblob(16), 4711, 1, agency, 'X', '1', referred_on, triaged_on, "
        "NULL, NULL FROM episode WHERE client_reference = 'C3'": "episode: stored, but the log does not say it",
    },
    "standing": {
        f"UPDATE standing SET {change} WHERE rowid = (SELECT min(rowid) FROM standing)": "standing: "
        for change in (
            "client = 4711", "part = part + 1", "state = 1 - state", "slice = 1 - slice", "journey = journey + 1",
            "as_of = as_of - 1", "until = until - 1", "known_from = known_from - 1", "known_until = known_until - 1",
        )
    } | {
        "DELETE FROM standing WHERE rowid = (SELECT min(rowid) FROM standing)": "standing: the log says it",
        "INSERT INTO standing SELECT * FROM standing WHERE rowid = (SELECT min(rowid) FROM standing)":
            "standing: stored, but the log does not say it",
    },
    "slice": {
        "UPDATE slice SET area = 'EX99' WHERE number = 0": "slice: the log says it, but it is not stored",
        "UPDATE slice SET agencies = 'H0009' WHERE number = 0": "slice: the log says it, but it is not stored",
        "UPDATE slice SET owner = 'H0009' WHERE number = 0": "slice: the log says it, but it is not stored",
        "UPDATE slice SET adult = 1 - adult WHERE number = 0": "slice: the log says it, but it is not stored",
        "UPDATE slice SET criminal_justice = 1 - criminal_justice WHERE number = 0": "slice: the log says it, but it",
        "UPDATE slice SET number = 77 WHERE number = 0": "slice: stored under another number",
        "DELETE FROM slice WHERE number = 0": "slice: ",
        "INSERT INTO slice SELECT max(number) + 1, 'EX99', 'H0009', 'H0009', 1, 0 FROM slice": "",
    },
    "erased": {
        f"UPDATE erased SET {change} WHERE rowid = (SELECT min(rowid) FROM erased)": "erased: stored, but the log"
        for change in (
            "episode = randomblob(16)", "known_from = known_from - 1", "known_until = 9", "occurred_on = '2016-01-01'",
        )
    } | {
        "DELETE FROM erased WHERE rowid = (SELECT min(rowid) FROM erased)": "erased: the log says it, but it is not",
        "INSERT INTO erased SELECT generation, randomblob(16), 1, known_until, occurred_on FROM erased LIMIT 1":
            "erased: stored, but the log does not say it",
    },
    "stop_list": {
        "UPDATE stop_list SET entry = randomblob(32) WHERE keeps_out AND entry = FIRST": "stop-list",
        "UPDATE stop_list SET keeps_out = 0 WHERE keeps_out AND entry = FIRST": "is another one in the database",
        "UPDATE stop_list SET keeps_out = 1 WHERE NOT keeps_out": "which a file may bring back",
        "UPDATE stop_list SET recorded_at = '2031-01-01 00:00:00.000000' WHERE entry = FIRST": "is another one in",
        "UPDATE stop_list SET recorded_at = '2011-01-01 00:00:00.000000' WHERE NOT keeps_out": "an earlier moment of",
        "DELETE FROM stop_list WHERE keeps_out AND entry = FIRST": "that the database lacks",
        "DELETE FROM stop_list WHERE NOT keeps_out": "lacks the episode that was erased at position",
        "DELETE FROM stop_list": "1 people were erased on request, but the stop-list keeps out 0 people",
        "INSERT INTO stop_list SELECT randomblob(32), 1, recorded_at FROM stop_list LIMIT 1": "",
    },
    "taken_in": {
        "UPDATE taken_in SET digest = randomblob(16)": "",
        "UPDATE taken_in SET facts = facts + 1": "",
        "UPDATE taken_in SET agency = 'H0009'": "",
        "UPDATE taken_in SET data_set = 'REVIEWS' WHERE data_set = 'TREAT' AND agency = 'H0006'": "",
        "DELETE FROM taken_in": "",
        "INSERT INTO taken_in SELECT randomblob(16), data_set, agency, digest, facts FROM taken_in LIMIT 1": "",
    },
    "kept_out": {
        "UPDATE kept_out SET position = position - 1": "where the newest file of H0001 is not",
        "UPDATE kept_out SET row = 999": "which rejected no such row",
        "UPDATE kept_out SET agency = 'H0006'": "where the newest file of H0006 is not",
        "UPDATE kept_out SET data_set = 'REVIEWS'": "where the newest file of H0001 is not",
        "INSERT INTO kept_out SELECT position, 999, agency, data_set, 'X', '1' FROM kept_out": "rejected no such row",
        "UPDATE kept_out SET client_reference = 'X'": "",
        "UPDATE kept_out SET episode_reference = 'X'": "",
        "DELETE FROM kept_out": "",
    },
    "published_member": {
        "UPDATE published_member SET client = 4711 WHERE ONE ROW": "is not the one that it",
        "UPDATE published_member SET counted = 0 WHERE ONE ROW": "is not the one that it",
        "UPDATE published_member SET salt = leaf WHERE ONE ROW": "is not the one that it",
        "UPDATE published_member SET leaf = salt WHERE ONE ROW": "are not those that it commits",
        "UPDATE published_member SET place = 999 WHERE ONE ROW": "are not those that it commits",
        "UPDATE published_member SET certificate = 99 WHERE certificate = 1": "which was never published",
        "DELETE FROM published_member WHERE ONE ROW": "are not those that it commits",
        "INSERT INTO published_member SELECT 1, 999, client, counted, salt, leaf FROM published_member WHERE "
        "ONE ROW": "are not those that it commits",
        "UPDATE published_member SET client = NULL, counted = NULL, salt = NULL WHERE ONE ROW":
            "members are blank, but erasures account for",
        "UPDATE published_member SET client = NULL, counted = NULL, salt = NULL": "members are blank, but erasures",
    },
    "verification": {
        "UPDATE verification SET position = 999": "looked at position 999, but the log ends at",
        "UPDATE verification SET position = 1": "contradicts itself",
        "UPDATE verification SET document = 'x'": "cannot be read",
        "UPDATE verification SET document = replace(document, 'true', 'false')": "contradicts itself",
        "UPDATE verification SET at = '2031-01-01 00:00:00.000000'": "",
        "UPDATE verification SET actor = 'Eve'": "",
        "UPDATE verification SET role = 'auditor'": "",
        "DELETE FROM verification": "",
        "INSERT INTO verification (at, actor, role, position, document) SELECT at, 'Eve', role, position, document "
        "FROM verification": "",
    },
    "agency_name": {
        "UPDATE agency_name SET name = 'Hillside'": "",
        "DELETE FROM agency_name": "",
        "INSERT INTO agency_name VALUES ('H0009', 'Hillside')": "",
    },
}  # fmt: skip
"""By table what is done to it, and what is said then; an empty sentence stands for nothing."""

NOT_PROTECTED: Final = {
    "setting": "the mark of the demonstration",
    "generation": "generations that are not the one in use",
    "slice": "a key of a slice that nobody uses",
    "stop_list": "an entry that was added",
    "taken_in": "`taken_in`",
    "kept_out": "what the rows call their episodes",
    "verification": "when an earlier verification was made, and by whom",
    "agency_name": "`agency_name`",
}
"""Of which tables something can be altered without being named, and how docs/explanation/proof.md begins to say why."""

OF_OTHERS: Final = {
    "log", "alembic_version", "access", "access_head", "account", "token", "sign_in_link", "last_look",
    "calendar_feed", "reminder", "mail",
}  # fmt: skip
"""The log has a page of tests of its own; of another version a database is not opened; who may do and did what."""


def test_all_agrees_before(services: Services) -> None:
    with services.engine.connect() as connection:
        assert verified(services, connection, standpoints=5) == ""


def test_every_table_is_tried() -> None:
    assert {table.name for table in all_tables()} == ALTERED.keys() | OF_OTHERS


@pytest.mark.parametrize("table", ALTERED)
def test_what_was_altered_is_named(table: str, after: Alter) -> None:
    for statement, sentence in ALTERED[table].items():
        said = after(in_full(table, statement))
        if sentence:
            assert sentence in said, (statement, said)
        else:
            assert said == "", (statement, said)
            assert table in NOT_PROTECTED


def test_whoever_is_counted_differently_is_named(after: Alter) -> None:
    """Of somebody whom the log does not know, too."""
    assert " not stored: client " in after("DELETE FROM standing", standpoints=5)
    assert f" only stored: client {client_text(4711)} in " in after("UPDATE standing SET client = 4711", standpoints=5)


def test_rows_compared_some_at_a_time_are_named_as_all_at_once(after: Alter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the cuts lie, and also of a row whose client is no number."""
    altered = [
        f"{change} WHERE rowid = (SELECT {which}(rowid) FROM standing)"
        for change, which in (
            ("UPDATE standing SET client = 'x'", "min"),
            ("UPDATE standing SET until = until - 1", "max"),
            ("INSERT INTO standing SELECT * FROM standing", "max"),
        )
    ]
    at_once = after(*altered)
    monkeypatch.setattr(from_log, "EVENTS_AT_ONCE", 5)
    assert "'x'" in at_once
    assert after(*altered) == at_once


def in_full(table: str, statement: str) -> str:
    """FIRST and LAST stand for the key of a row, ONE ROW for the condition that finds one."""
    first, last, one_row = {
        "signed_head": (
            "(SELECT min(size) FROM signed_head WHERE size > 9 AND size - 1 NOT IN (SELECT size FROM signed_head))",
            "(SELECT max(size) FROM signed_head)",
            "size > 9 AND size - 1 NOT IN (SELECT size FROM signed_head) LIMIT 1",
        ),
        "stop_list": ("(SELECT min(entry) FROM stop_list WHERE keeps_out)", "", ""),
        "published_member": (
            "",
            "",
            "certificate = 1 AND place = (SELECT max(place) FROM published_member WHERE certificate = 1 AND client)",
        ),
    }.get(table, ("", "", ""))
    return statement.replace("FIRST", first).replace("LAST", last).replace("ONE ROW", one_row)


def test_what_is_not_protected_is_written_down() -> None:
    without_sentence = {table for table, said in ALTERED.items() if not all(said.values())}
    assert without_sentence == NOT_PROTECTED.keys()
    page = (Path(__file__).parents[2] / "docs/explanation/proof.md").read_text(encoding="utf-8")
    _, _, not_protected = page.partition("## What is not found")
    assert not [words for words in NOT_PROTECTED.values() if words not in not_protected]
