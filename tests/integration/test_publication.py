"""Signed heads, certificates and cuts over both databases: what is altered is found, what was published stays."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from domain.client import ClientKey, client_text
from domain.contract_life.publication import CutPublished, cut_stream
from domain.errors import NotAgreed, Refused, WrongUse
from domain.event_types import EVENT_TYPES
from domain.log import heads
from domain.log.database import reading, writing
from domain.log.heads import all_heads, head_at, log_tree, newest_head, signed_head, signing
from domain.log.tables import log, metadata, tree_node
from domain.measures.registry import measure_named
from domain.proof.inclusion import consistency
from domain.proof.signing import PublicKeys, Signer
from domain.register import Register
from projections.projector.projector import following
from projections.projector.rebuild import rebuild
from projections.projector.verify import Against, Verification, verify_snapshot
from projections.publication import certificate, documents
from projections.publication import publish as publishing
from projections.publication.publish import forgetting, published_member
from projections.publication.published import Publication, cut_named, publications
from projections.publication.restated import changed_by, restated
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations
from tests.conftest import Clock
from tests.unit.intake.files import row, write
from web.commands.commit import Receipt
from web.commands.ingest.take_in import take_in
from web.queries.performance.figure import figure_result

KEY = ClientKey(b"a client key for tests")
SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
TODAY = date(2019, 1, 1)
YEAR_END = date(2016, 12, 31)
COMPLETIONS, OPEN = measure_named("4.0"), measure_named("N.open")
EVERYBODY = Slice()


@dataclass
class Council:
    """Monthly files of one agency: twenty people, of whom every fourth has completed."""

    register: Register
    folder: Path
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    month: date = date(2016, 12, 1)

    def start(self) -> None:
        for number in range(20):
            exit_ = {"DISD": "2016-11-20", "DISRSN": "80", "MODEND": "2016-11-20"} if number % 4 == 0 else {}
            self.people[f"C{number}"] = row(
                CLIENT=f"C{number}",
                DOB=f"1980-01-{number + 1:02}",
                REFLD="2016-02-01",
                TRIAGED="2016-02-10",
                MODST="2016-02-15",
                **exit_,
            )
        self.submit()

    def submit(self) -> int:
        """The month's file, received on the tenth of the next; its position."""
        following_month = (self.month + timedelta(days=32)).replace(day=1)
        days = {"first": f"{self.month:%Y%m%d}", "last": f"{following_month - timedelta(days=1):%Y%m%d}"}
        path = write(self.folder, self.people.values(), **days)
        received_on = following_month.replace(day=10)
        taken = take_in(self.register, KEY, path, Receipt(received_on, TODAY, "Ann", "provider"))
        self.month = following_month
        assert taken.position
        return taken.position

    def correct(self, client: str, **said: str) -> int:
        self.people[client] |= said
        return self.submit()

    def complete(self, client: str, on: str) -> int:
        return self.correct(client, DISD=on, DISRSN="80", MODEND=on)

    def publish(self, code: str = "4.0", as_of: date = YEAR_END, **where: Any) -> Publication:
        with self.register.recording() as recording:
            engine = StandingsEngine.load(recording.connection)
            measure, standpoint, part = measure_named(code), engine.standpoint(as_of), Slice(**where)
            figure = engine.figure(measure, standpoint, part)
            members = engine.members(measure, standpoint, part)
            document = figure_result(figure).document()
            return publishing.publish_figure(recording, SIGNER, figure, members, document, ISSUE, {})

    def cut(self, name: str, as_of: date = YEAR_END) -> Publication:
        with self.register.recording() as recording:
            engine = StandingsEngine.load(recording.connection)
            figures = engine.figures([COMPLETIONS, OPEN], engine.standpoint(as_of), EVERYBODY)
            found = [figure_result(figure).document() for figure in figures]
            return publishing.publish_cut(recording, SIGNER, name, figures, found, ISSUE, {})

    def client(self, reference: str) -> int:
        with reading(self.register.engine) as connection:
            query = "SELECT client FROM episode WHERE client_reference = :reference AND current"
            return int(connection.execute(sa.text(query), {"reference": reference}).scalar_one())

    def verify(self, connection: sa.Connection, keys: PublicKeys = SIGNER.keys) -> Verification:
        return verify_snapshot(connection, self.register.mapper, 3, against=Against(keys))

    def faults(self, connection: sa.Connection) -> str:
        return said_of(self.verify(connection))


ISSUE = publishing.Issue(datetime.fromisoformat("2017-02-01T12:00:00+00:00"), date(2017, 2, 1), "Ann", "commissioner")


def said_of(found: Verification) -> str:
    return "\n".join(f"{check.name}: {difference}" for check in found.checks for difference in check.differences)


def a_council(engine: sa.Engine, clock: Clock, folder: Path) -> Council:
    """One that has taken the first file in."""
    with writing(engine) as connection:
        generations.begin(connection)
    register = Register(engine, EVENT_TYPES, (), clock)
    read_models = generations.in_live_generation(following(register.mapper))
    register.projections = (forgetting, read_models, signing(SIGNER))
    council = Council(register, folder)
    council.start()
    return council


@pytest.fixture
def council(engine: sa.Engine, clock: Clock, tmp_path: Path) -> Council:
    return a_council(engine, clock, tmp_path)


def checked(publication: Publication, **given: Any) -> certificate.CertificateCheck:
    return certificate.check(publication.event.document.encode(), SIGNER.keys, **given)


class TestHeads:
    def test_every_append_ends_in_a_signed_head(self, council: Council) -> None:
        council.complete("C1", "2017-01-20")
        council.publish()
        with reading(council.register.engine) as connection:
            signed = all_heads(connection)
            assert signed[-1] == newest_head(connection)
            assert [one.head.size for one in signed] == sorted({*map(int, ends(connection))})
            for one in signed:
                assert SIGNER.keys.verifies(one.head.key, one.signature, one.head.text)
                assert one.head.root == log_tree(connection)(0, one.head.size)

    def test_a_dry_run_and_a_failure_sign_nothing(self, council: Council) -> None:
        with reading(council.register.engine) as connection:
            before = all_heads(connection)
        council.register.projections += (fails,)
        with pytest.raises(RuntimeError):
            council.register.submit([council_event()])
        council.register.projections = council.register.projections[:-1]
        with council.register.recording(keep=False) as recording:
            recording.append([council_event()])
            assert len(all_heads(recording.connection)) == len(before) + 1
        with reading(council.register.engine) as connection:
            assert all_heads(connection) == before

    def test_heads_cannot_be_changed_or_removed(self, council: Council) -> None:
        for change in (signed_head.update().values(size=7), signed_head.delete()):
            with pytest.raises(sa.exc.DBAPIError, match="only grows"), writing(council.register.engine) as connection:
                connection.execute(change)

    def test_another_key_is_named(self, council: Council) -> None:
        other = Signer(Ed25519PrivateKey.generate())
        with reading(council.register.engine) as connection:
            found = council.verify(connection, other.keys)
        assert not found.holds
        assert SIGNER.name in said_of(found)

    def test_a_former_key_still_holds(self, council: Council) -> None:
        old_public = SIGNER.public_pem.encode()
        new = Signer.read(pem_of(Ed25519PrivateKey.from_private_bytes(b"\7" * 32)) + old_public)
        council.register.projections = (*council.register.projections[:2], signing(new))
        council.complete("C1", "2017-01-20")
        with reading(council.register.engine) as connection:
            assert {one.head.key for one in all_heads(connection)} == {SIGNER.name, new.name}
            assert council.verify(connection, new.keys).holds


def pem_of(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def ends(connection: sa.Connection) -> Iterator[int]:
    """The positions at which an append ended, by the moment of recording (the test's clock never stands still)."""
    query = sa.select(sa.func.max(log.c.position)).group_by(log.c.recorded_at)
    return iter(connection.execute(query).scalars())


def fails(*_: object) -> None:
    raise RuntimeError


def council_event() -> Any:
    return CutPublished(
        originator_id=cut_stream("x"),
        originator_version=1,
        occurred_on=TODAY,
        actor="Ann",
        role="commissioner",
        number=1,
        as_of=TODAY,
        position=1,
        document="{}",
        name="x",
    )


class TestPublishing:
    def test_a_certificate_holds_and_says_its_figure(self, council: Council) -> None:
        document = checked(council.publish()).document
        figure = document["figure"]
        assert (figure["numerator"], figure["denominator"]) == (5, 20)
        assert (document["members"]["size"], document["members"]["counted"]) == (20, 5)
        assert document["head"]["size"] == figure["position"]

    def test_publishing_brings_no_knowledge(self, council: Council) -> None:
        with reading(council.register.engine) as connection:
            before = StandingsEngine.load(connection).standpoint(YEAR_END)
        council.publish()
        council.cut("Board")
        with reading(council.register.engine) as connection:
            assert StandingsEngine.load(connection).standpoint(YEAR_END) == before

    def test_a_year_of_corrections_changes_nothing_that_was_published(self, council: Council) -> None:
        first = council.publish()
        council.cut("Board 10 Jan 2017")
        texts = self.texts(council)
        council.complete("C1", "2016-12-20")
        council.correct("C4", DISRSN="85")
        council.correct("C8", DISD="", DISRSN="", MODEND="")
        del council.people["C12"]
        for _ in range(9):
            council.submit()
        again = council.publish()
        assert (first.document["figure"]["numerator"], again.document["figure"]["numerator"]) == (5, 4)
        assert self.texts(council)[:2] == texts
        rebuild(council.register.engine, council.register.mapper)
        with reading(council.register.engine) as connection:
            assert council.faults(connection) == ""
            engine = StandingsEngine.load(connection)
            for publication in publications(connection, council.register.mapper)[:2]:
                for on_record in publication.figures:
                    figure = engine.figure(on_record.measure, publication.standpoint, on_record.slice)
                    assert figure_result(figure).document() == on_record.document

    def texts(self, council: Council) -> list[str]:
        with reading(council.register.engine) as connection:
            return [one.event.document for one in publications(connection, council.register.mapper)]

    def test_a_name_is_given_once(self, council: Council) -> None:
        council.cut("Board")
        with pytest.raises(Refused, match="published before"):
            council.cut("  Board ")
        with reading(council.register.engine) as connection:
            assert len(publications(connection, council.register.mapper)) == 1
            standpoint = cut_named(connection, council.register.mapper, "Board").standpoint
            assert (standpoint.as_of, standpoint.known_at) == (YEAR_END, date(2017, 1, 10))
            with pytest.raises(WrongUse, match="There are 'Board'"):
                cut_named(connection, council.register.mapper, "Bored")

    @pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b"])
    def test_a_name_that_cannot_be_read_is_refused(self, council: Council, name: str) -> None:
        with pytest.raises(Refused, match="name"):
            council.cut(name)

    def test_before_anything_was_known_there_is_nothing_to_publish(self, engine: sa.Engine, clock: Clock) -> None:
        with writing(engine) as connection:
            generations.begin(connection)
        register = Register(engine, EVENT_TYPES, (signing(SIGNER),), clock)
        with pytest.raises(Refused, match="Nothing was known"):
            Council(register, Path()).publish()

    def test_a_count_is_published_too(self, council: Council) -> None:
        document = checked(council.publish("N.open")).document
        assert document["members"]["size"] == document["members"]["counted"] == document["figure"]["numerator"] == 15

    def test_an_empty_figure_is_published_too(self, council: Council) -> None:
        document = checked(council.publish(agency="H0009")).document
        assert document["members"]["size"] == 0
        assert document["figure"]["percentage"] is None


class TestHistory:
    def test_a_later_head_proves_that_the_log_only_grew(self, council: Council) -> None:
        publication = council.publish()
        council.complete("C1", "2017-01-20")
        later = self.head(council, publication.event.position)
        assert "beginning of the log" in checked(publication, later=later).sentences[-1]

    def test_a_log_written_anew_is_no_continuation(
        self, council: Council, new_engine: Any, clock: Clock, tmp_path: Path
    ) -> None:
        publication = council.publish()
        with writing(council.register.engine) as connection:
            without_guards(connection)
            connection.execute(log.update().where(log.c.position == 2).values(topic="other"))
            connection.execute(signed_head.delete())
            for node in list(connection.execute(sa.select(tree_node))):
                assert node.level >= 8
            size = connection.execute(sa.select(sa.func.max(log.c.position))).scalar_one()
            forged = heads.head_row(heads.sign_head(SIGNER, connection, size, ISSUE.at, None))
            connection.execute(signed_head.insert().values(forged))
            head = newest_head(connection)
            assert head
            path = consistency(log_tree(connection), publication.event.position, size)
            later = documents.later_head(head, publication.event.position, path)
        with pytest.raises(Refused, match="not the beginning"):
            checked(publication, later=documents.json_text(later).encode())

    def test_another_proof_and_an_older_head_are_refused(self, council: Council) -> None:
        early = council.publish()
        old = self.head(council, None)
        council.complete("C1", "2017-01-20")
        late = council.publish()
        with pytest.raises(Refused, match="older"):
            checked(late, later=self.head_at(council, early.event.position))
        with pytest.raises(Refused, match="no proof from"):
            checked(early, later=old)
        with pytest.raises(Refused, match="no proof from"):
            checked(early, later=self.head(council, late.event.position))

    def head(self, council: Council, since: int | None) -> bytes:
        with reading(council.register.engine) as connection:
            newest = newest_head(connection)
            assert newest
            path = consistency(log_tree(connection), since, newest.head.size) if since else []
            return documents.json_text(documents.later_head(newest, since, path)).encode()

    def head_at(self, council: Council, size: int) -> bytes:
        with reading(council.register.engine) as connection:
            return documents.json_text(documents.later_head(head_at(connection, size), None, [])).encode()


class TestMembers:
    def test_one_client_is_shown_and_nobody_else(self, council: Council) -> None:
        publication = council.publish()
        for reference, as_counted in (("C0", "and counted"), ("C1", "and not counted")):
            proof = self.proof(council, publication, reference)
            assert (
                checked(publication, member=documents.json_text(proof).encode())
                .sentences[-1]
                .endswith(f"{as_counted}.")
            )
            assert not any(client_text(council.client(other)) in json.dumps(proof) for other in ("C2", "C3"))

    def test_who_is_not_in_it_has_no_proof(self, council: Council) -> None:
        publication = council.publish(agency="H0009")
        with pytest.raises(Refused, match="not in the figure"):
            self.proof(council, publication, "C0")

    @pytest.mark.parametrize("name", ["counted", "salt", "index", "path", "client", "certificate"])
    def test_a_proof_that_was_changed_does_not_hold(self, council: Council, name: str) -> None:
        publication = council.publish()
        proof = self.proof(council, publication, "C0")
        opened = proof["leaves"][0]
        changes = {
            "counted": False,
            "salt": documents.base64_of(b"another salt...."),
            "index": opened["index"] + 1,
            "path": opened["path"][:-1],
            "client": client_text(council.client("C1")),
            "certificate": 7,
        }
        (opened if name in opened else proof)[name] = changes[name]
        with pytest.raises(Refused, match=r"member|proof for client"):
            checked(publication, member=json.dumps(proof).encode())

    def proof(self, council: Council, publication: Publication, reference: str) -> dict[str, Any]:
        with reading(council.register.engine) as connection:
            return publishing.member_proof(
                connection, council.register.mapper, publication.event.number, council.client(reference)
            )

    def test_an_erased_person_is_forgotten_and_all_still_holds(self, council: Council) -> None:
        publication = council.publish()
        erased = council.client("C0")
        council.correct("C0", CONSENT="N")
        council.people.pop("C0")
        with reading(council.register.engine) as connection:
            rows = connection.execute(sa.select(published_member.c.client)).scalars().all()
            assert erased not in rows
            assert len(rows) == 20
            with pytest.raises(Refused, match="erased"):
                publishing.member_proof(connection, council.register.mapper, publication.event.number, erased)
            assert council.faults(connection) == ""
        assert checked(publication)
        proof = self.proof(council, publication, "C4")
        assert checked(publication, member=json.dumps(proof).encode())


class TestRestated:
    def test_what_is_another_figure_now(self, council: Council) -> None:
        council.publish()
        council.cut("Board")
        with reading(council.register.engine) as connection:
            assert restated(connection, council.register.mapper) == []
        position = council.complete("C1", "2016-12-20")
        with reading(council.register.engine) as connection:
            found = restated(connection, council.register.mapper)
            assert [(one.on_record.publication.title, one.after.numerator) for one in found] == [
                ("4.0", 6), ("Board", 6), ("Board", 14),
            ]  # fmt: skip
            changed = changed_by(connection, council.register.mapper, position)
            assert changed.submission.position == position
            pairs = [(one.before and one.before.numerator, one.after.numerator) for one in changed.figures]
            assert pairs == [(5, 6), (5, 6), (15, 14)]

    def test_what_one_event_changed(self, council: Council) -> None:
        council.publish()
        position = council.complete("C1", "2016-12-20")
        mapper = council.register.mapper
        with reading(council.register.engine) as connection:
            assert [one.after.numerator for one in changed_by(connection, mapper, position - 1).figures] == [6]
        later = council.correct("C2", DISD="2017-02-20", DISRSN="80", MODEND="2017-02-20")
        with reading(council.register.engine) as connection:
            assert changed_by(connection, mapper, later).figures == []
            for position in (later + 1, 0):
                with pytest.raises(WrongUse, match="no event at position"):
                    changed_by(connection, mapper, position)

    def test_a_publication_is_no_event_that_brings_knowledge(self, council: Council) -> None:
        position = council.publish().recorded.position
        with reading(council.register.engine) as connection, pytest.raises(WrongUse, match="brought knowledge"):
            changed_by(connection, council.register.mapper, position)


def without_guards(connection: sa.Connection) -> None:
    """What an owner of the database can do, whom no trigger holds."""
    if connection.dialect.name == "postgresql":
        for name in ("log", "signed_head"):
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    else:
        for name in ("log", "signed_head"):
            for action in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}_{action}")


class TestAltered:
    """Each alteration is made by raw SQL with the guards off, found, named, and undone with its transaction."""

    @pytest.fixture
    def filled(self, council: Council) -> Council:
        for month in range(1, 13):
            for number in range(1, 4):
                client = f"C{number + month}"
                council.people[client] |= {"DISD": f"2017-{month:02}-0{number}", "DISRSN": "80", "MODEND": ""}
            for client, said in list(council.people.items()):
                council.people[client] = said | {"DRUG2": str(3000 + month)}
            council.submit()
            if month % 5 == 0:
                council.publish()
                council.cut(f"Month {month}")
        with reading(council.register.engine) as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(tree_node)).scalar_one() >= 1
            assert council.faults(connection) == ""
        return council

    def after(self, council: Council, *statements: str | sa.Executable) -> str:
        with writing(council.register.engine, keep=False) as connection:
            without_guards(connection)
            for statement in statements:
                connection.execute(sa.text(statement) if isinstance(statement, str) else statement)
            try:
                return council.faults(connection)
            except NotAgreed as error:
                return str(error)

    def places(self, council: Council) -> Sequence[int]:
        """One under stored nodes, and two among the newest, which no stored node covers."""
        with reading(council.register.engine) as connection:
            size = connection.execute(sa.select(sa.func.max(log.c.position))).scalar_one()
        assert size > 300
        return (40, size - 9, size)

    def test_one_byte_of_a_state_a_salt_or_a_commitment(self, filled: Council) -> None:
        for position in self.places(filled):
            for name in ("state", "salt", "commitment"):
                column = log.c[name]
                here = log.c.position == position
                with reading(filled.register.engine) as connection:
                    old = bytes(connection.execute(sa.select(column).where(here)).scalar_one())
                for place in (0, len(old) // 2, len(old) - 1):
                    new = bytearray(old)
                    new[place] ^= 1
                    said = self.after(filled, log.update().where(here).values({name: bytes(new)}))
                    assert f"event at position {position} is not the one that was written" in said

    def test_a_state_and_its_commitment_together(self, filled: Council) -> None:
        """Whoever can compute a hash can make both agree: the tree and the signed heads do not."""
        for position in self.places(filled):
            here = log.c.position == position
            with reading(filled.register.engine) as connection:
                salt, state = connection.execute(sa.select(log.c.salt, log.c.state).where(here)).one()
            new = bytes(state).replace(b'"actor":"Ann"', b'"actor":"Eve"')
            assert new != state
            values = {"state": new, "commitment": sha256(bytes(salt) + new).digest()}
            assert self.names(self.after(filled, log.update().where(here).values(values)), position)

    def names(self, said: str, position: int) -> bool:
        """Whether a sentence names a part of the log, from one signed head to the next, that holds the position."""
        spans = [(int(low), int(high)) for low, high in re.findall(r"positions (\d+) to (\d+)", said)]
        spans += [(int(one), int(one)) for one in re.findall(r"event at position (\d+)", said)]
        return any(low <= position <= high and high - low < 120 for low, high in spans)

    def test_every_column_of_the_log(self, filled: Council) -> None:
        for position in self.places(filled):
            here = f"WHERE position = {position}"
            for change in (
                "originator_id = (SELECT originator_id FROM log WHERE position = 3), originator_version = 77",
                "originator_version = originator_version + 50",
                "occurred_on = '2015-05-05'",
            ):
                said = self.after(filled, f"UPDATE log SET {change} {here}")
                assert f"columns of the event at position {position} do not say" in said
            said = self.after(filled, f"UPDATE log SET topic = 'episode.erased.v1' {here}")
            assert self.names(said, position)
            said = self.after(filled, f"UPDATE log SET recorded_at = '2031-01-01 00:00:00' {here}")
            assert self.names(said, position)

    def test_two_events_that_change_places(self, filled: Council) -> None:
        for position in self.places(filled):
            swap = [f"UPDATE log SET position = {new} WHERE position = {old}" for old, new in swapped(position)]
            assert self.names(self.after(filled, *swap), position)

    def test_events_that_are_taken_away(self, filled: Council) -> None:
        *_, size = self.places(filled)
        for position in self.places(filled):
            said = self.after(filled, f"DELETE FROM log WHERE position = {position}")
            missing = f"Position {position} is missing" in said
            assert missing or f"The log ends at position {size - 1}, but a head was signed at position {size}" in said

    def test_a_part_of_the_log_and_its_heads_taken_away_shows_at_the_read_models(self, filled: Council) -> None:
        *_, size = self.places(filled)
        said = self.after(
            filled, f"DELETE FROM log WHERE position > {size - 9}", f"DELETE FROM signed_head WHERE size > {size - 9}"
        )
        assert f"No head was signed at position {size - 9}, the end of the log" in said

    def test_every_column_of_a_signed_head(self, filled: Council) -> None:
        for which in ("min", "max"):
            with reading(filled.register.engine) as connection:
                size = connection.execute(sa.text(f"SELECT {which}(size) FROM signed_head")).scalar_one()
            here = signed_head.c.size == size
            for values in (
                {"root": bytes(32)},
                {"recorded_at": ISSUE.at},
                {"key": "00" * 32},
                {"signature": bytes(64)},
                {"size": size - 1},
            ):
                said = self.after(filled, signed_head.update().where(here).values(values))
                assert f"at position {values.get('size', size)}" in said
            assert f"No head was signed at position {size}" in self.after(filled, signed_head.delete().where(here))

    def test_every_column_of_every_read_model(self, filled: Council) -> None:
        for table in (metadata.tables[name] for name in TABLES):
            for column in table.c:
                said = self.after(
                    filled, f"UPDATE {table.name} SET {self.altered(table, column)} WHERE {first_row(table)}"
                )
                assert said, f"{table.name}.{column.name} was altered, and nobody noticed"
                assert TABLES[table.name] in said, (table.name, column.name, said)
            said = self.after(filled, f"DELETE FROM {table.name} WHERE {first_row(table)}")
            assert TABLES[table.name] in said, (table.name, "deleted", said)

    def altered(self, table: sa.Table, column: sa.Column[Any]) -> str:
        name = column.name
        if isinstance(column.type, sa.Boolean):
            return f"{name} = NOT {name}"
        if name == "episode":
            return f"{name} = (SELECT originator_id FROM log WHERE topic LIKE 'figure%' LIMIT 1)"
        if name in {"hash", "leaf", "salt"}:
            return f"{name} = (SELECT commitment FROM log WHERE position = 1)"
        if isinstance(column.type, sa.Date):
            return f"{name} = '2011-11-11'"
        if isinstance(column.type, sa.Text):
            return f"{name} = 'other'"
        return f"{name} = {100_003 + len(name)}"


TABLES = {
    "tree_node": "positions 1 to 256",
    "generation": "",
    "submission": "submission",
    "episode": "episode",
    "standing": "standing",
    "slice": "slice",
    "published_member": "certificate 1",
}
"""The tables that verifying holds against the log, and what its sentences say of each."""


def first_row(table: sa.Table) -> str:
    where = {
        "tree_node": "level = 8 AND number = 0",
        "generation": "live",
        "submission": "position = (SELECT min(position) FROM submission)",
        "episode": "client_reference = 'C3'",
        "standing": "client = (SELECT min(client) FROM standing) AND part = 16 "
        "AND known_from = (SELECT min(known_from) FROM standing)",
        "slice": "number = 0",
        "published_member": "certificate = 1 AND place = 1",
    }
    return where[table.name]


def swapped(position: int) -> list[tuple[int, int]]:
    return [(position, -1), (position - 1, position), (-1, position - 1)]
