"""Files taken in, one after the other, on both databases: what is known after each, and what is refused."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.client import ClientKey
from domain.episode.episode import Episode
from domain.episode.events import EPISODE_EVENTS
from domain.episode.facts import Fact
from domain.errors import Refused
from domain.log.database import reading, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import last_position, read, read_streams
from domain.log.tables import log
from domain.register import Register
from domain.submission import SUBMISSION_EVENTS, CaseloadHandedOver, KeptOut, SubmissionReceived, WithdrawalConfirmed
from projections.projector.projector import following
from projections.store import generations, tables
from tests.conftest import Clock
from tests.unit.intake.files import AGENCY, DISCHARGED, REVIEW, row, rows, write, write_reviews
from web.commands.commit import Receipt
from web.commands.ingest.plan import FileOptions
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import take_in
from web.commands.records import manual
from web.commands.records.erase import erase
from web.commands.records.manual import Confirmed, hand_over, withdraw
from web.files import reading as file_reading
from web.presenters.records.submissions import summary

KEY = ClientKey(b"a client key for tests")
TODAY = date(2018, 1, 1)
FEB_10 = date(2017, 2, 10)
EVENTS = (*EPISODE_EVENTS, *SUBMISSION_EVENTS)
FEBRUARY = {"first": "20170201", "last": "20170210"}
"""As far as it has come when the first file is received."""


def receipt(received_on: date, today: date = TODAY, **options: Any) -> Receipt:
    return Receipt(received_on, today, "Ann", "provider", **options)


class Council:
    """A commissioner's register and a folder of files; each submission is received a day after the one before."""

    def __init__(self, register: Register, folder: Path) -> None:
        self.register, self.folder = register, folder
        self.received_on = FEB_10

    def submit(
        self, rows_: Iterable[dict[str, str]], *, of: dict[str, str] | None = None, **options: Any
    ) -> Submission:
        return self.take_in(write(self.folder, rows_, **(of or {})), **options)

    def review(
        self, rows_: Iterable[dict[str, str]], *, of: dict[str, str] | None = None, **options: Any
    ) -> Submission:
        return self.take_in(write_reviews(self.folder, rows_, **(of or {})), **options)

    def take_in(
        self,
        path: Path,
        received_on: date | None = None,
        today: date = TODAY,
        *,
        dry_run: bool = False,
        progress: Any = None,
        **options: bool,
    ) -> Submission:
        received = receipt(received_on or self.next_day(), today, dry_run=dry_run)
        submission = take_in(self.register, KEY, path, received, FileOptions(**options), progress)
        assert received_on or submission.already_received or submission.received_on == self.received_on
        return submission

    def next_day(self) -> date:
        self.received_on += timedelta(days=1)
        return self.received_on

    def withdraw(self, client: str, **options: Any) -> Confirmed:
        return withdraw(self.register, KEY, AGENCY, client, "1", receipt(self.next_day(), **options))

    def hand_over(self, on: date, to: str = "H0002", received_on: date | None = None) -> Confirmed:
        return hand_over(self.register, AGENCY, to, on, receipt(received_on or self.next_day()))

    # -- what is known ------------------------------------------------------------------------------------------

    def stream(self, client: str, episode: str = "1", agency: str = AGENCY) -> UUID:
        return KEY.episode(agency, client, episode)

    def facts(self, client: str, episode: str = "1", agency: str = AGENCY) -> dict[str, Fact]:
        stream = self.stream(client, episode, agency)
        with reading(self.register.engine) as connection:
            recorded = read_streams(connection, self.register.mapper, [stream]).get(stream, [])
        return Episode.folded(stream, (r.event for r in recorded)).facts

    def topics(self) -> list[str]:
        with reading(self.register.engine) as connection:
            return list(connection.execute(sa.select(log.c.topic).order_by(log.c.position)).scalars())

    def position(self) -> int:
        with reading(self.register.engine) as connection:
            return last_position(connection)

    def last_event(self) -> Any:
        with reading(self.register.engine) as connection:
            return read(connection, self.register.mapper, 0)[-1].event

    def missing_since(self) -> dict[str, date]:
        t = tables.episode.c
        with reading(self.register.engine) as connection:
            query = sa.select(t.client_reference, t.not_in_file_since).where(
                t.current, t.not_in_file_since.is_not(None)
            )
            return dict(list(connection.execute(query)))

    def digests(self) -> int:
        with reading(self.register.engine) as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(tables.taken_in)).scalar_one()


@pytest.fixture
def council(engine: sa.Engine, clock: Clock, tmp_path: Path) -> Council:
    with writing(engine) as connection:
        generations.begin(connection)
    projection = generations.in_live_generation(following(JsonMapper(EVENTS)))
    folder = tmp_path / "files"
    folder.mkdir()
    return Council(Register(engine, EVENTS, [projection], clock), folder)


def counts(submission: Submission) -> tuple[int, int, int, int]:
    return submission.new, submission.amended, submission.withdrawn, submission.unchanged


@pytest.fixture
def refuses(council: Council) -> Callable[[str], Any]:
    """A block in which something is refused with this code, and nothing is stored."""
    from contextlib import contextmanager

    @contextmanager
    def refusing(code: str) -> Iterator[None]:
        before = council.position()
        with pytest.raises(Refused) as refused:
            yield
        assert refused.value.code == code
        assert refused.value.code in file_reading.REFUSALS | manual.REFUSALS
        assert council.position() == before

    return refusing


# -- what a file says ---------------------------------------------------------------------------------------------


def test_new_amended_withdrawn_and_unchanged(council: Council) -> None:
    top = {"TOPID": "T1", "TOPDATE": "2017-01-16", "TRSTAGE": "S"}
    first = council.submit([row(**top), row(CLIENT="C2", **DISCHARGED), row(CLIENT="C3")])
    assert counts(first) == (3 + 1 + 3 + 2 + 3, 0, 0, 0)
    second = council.submit([row(), row(CLIENT="C2", **DISCHARGED | {"DISRSN": "85"}), row(CLIENT="C3")])
    assert counts(second) == (0, 1, 1, 3 + 4 + 3)
    assert council.topics()[-3:] == [
        "episode.top-withdrawn.v1",
        "episode.exit-amended.v1",
        "submission.received.v1",
    ]
    assert second.events == 3
    assert second.position == council.position()
    reopened = council.submit([row(), row(CLIENT="C2"), row(CLIENT="C3")])
    assert counts(reopened) == (0, 0, 2, 9)
    assert "exit" not in council.facts("C2")


def test_the_last_event_of_a_commit_is_the_submission(council: Council) -> None:
    submission = council.submit([row(), row(CLIENT="C2", SEX="X")])
    event = council.last_event()
    assert isinstance(event, SubmissionReceived)
    assert (event.number, event.agency, event.data_set, event.letter) == (1, AGENCY, "TREAT", "P")
    assert (event.first_day, event.last_day) == (date(2017, 1, 1), date(2017, 1, 31))
    assert (event.received_on, event.occurred_on) == (submission.received_on, submission.received_on)
    assert (event.sha256, event.rows, event.actor, event.role) == (submission.sha256, 2, "Ann", "provider")
    assert [(r.row, r.sheet_row, r.code) for r in event.rejected] == [(2, 3, "code-unknown")]
    assert [(r.client_reference, r.episode_reference) for r in submission.rejected] == [("C2", "1")]
    assert council.topics().count("submission.received.v1") == 1


def test_an_unchanged_row_is_not_read_again_but_counts(council: Council) -> None:
    many = rows(*(f"C{n}" for n in range(30)))
    council.submit(many)
    checked: list[tuple[int, int]] = []
    changed = [many[0] | {"RFLS": "9"}, *many[1:]]
    submission = council.submit(changed, progress=lambda done, total: checked.append((done, total)))
    assert checked == [(1, 1)]
    assert counts(submission) == (0, 2, 0, 88)
    # In another order of the columns and rows, and as Windows-1252 with CRLF, it still says the same.
    path = write(
        council.folder,
        reversed(changed),
        columns=[*reversed(list(changed[0])), "DISD", "DISRSN", "MODEND", "TOPID", "TOPDATE", "TRSTAGE"],
    )
    assert counts(council.take_in(path)) == (0, 0, 0, 90)


def test_a_file_that_takes_back_a_change_is_compared_again(council: Council) -> None:
    council.submit([row()])
    council.submit([row(RFLS="9")])
    assert council.submit([row()]).amended == 2
    assert council.submit([row(), row(CLIENT="C2")]).unchanged == 3


def test_accepted_rows_are_taken_whatever_their_days(council: Council) -> None:
    old = row(
        REFLD="2010-01-01",
        TRIAGED="2010-01-02",
        MODST="2010-01-03",
        **DISCHARGED | {"DISD": "2011-01-01", "MODEND": ""},
    )
    assert council.submit([old]).new == 4


def test_a_correction_reaches_the_episodes_that_the_file_carries(council: Council) -> None:
    council.submit([row(), row(EPISODID="2", REFLD="", TRIAGED="2017-01-15")])
    submission = council.submit([row(DOB="1981-05-17"), row(EPISODID="2", REFLD="", TRIAGED="2017-01-15")])
    assert counts(submission) == (0, 2, 0, 3)
    assert [(n.column, n.code) for n in submission.notices] == [("CLIENT", "one-client-two-people")]
    both = council.submit([row(DOB="1981-05-17"), row(EPISODID="2", DOB="1981-05-17", REFLD="", TRIAGED="2017-01-15")])
    assert not both.notices


def test_columns_that_are_not_read_are_reported(council: Council) -> None:
    path = write(
        council.folder,
        [row(POSTCODE="X")],
        columns=[*row(), "DISD", "DISRSN", "MODEND", "TOPID", "TOPDATE", "TRSTAGE", "POSTCODE"],
    )
    (notice,) = council.take_in(path).notices
    assert (notice.row, notice.column, notice.code) == (0, "", "column-unread")
    assert "POSTCODE" in notice.message


def test_a_notice_is_given_as_often_as_it_is_due(council: Council) -> None:
    late = row(**DISCHARGED | {"DISD": "2017-02-03"})
    assert [n.code for n in council.submit([late]).notices] == ["after-last-day"]
    assert [n.code for n in council.submit([late, row(CLIENT="C2")]).notices] == ["after-last-day"]
    assert not council.submit([late, row(CLIENT="C2")], of=FEBRUARY).notices
    # The January file comes once more: by its own last day the same discharge is late again.
    again = council.submit([late, row(CLIENT="C2"), row(CLIENT="C3", SINITIAL="Y")])
    assert [n.code for n in again.notices] == ["after-last-day"]
    assert counts(again) == (3, 0, 0, 8)


# -- rejected rows ------------------------------------------------------------------------------------------------


def test_of_a_rejected_row_the_episode_stands_as_it_was_known(council: Council) -> None:
    council.submit([row(), row(CLIENT="C2")])
    before = council.facts("C1")
    submission = council.submit(
        [row(DRUG1="7000"), row(MODID="M2", SEX="X", DRUG1="7000"), row(CLIENT="C2", DRUG1="7000")]
    )
    assert [(r.row, r.column, r.code) for r in submission.rejected if r.code == "code-unknown"] == [
        (2, "SEX", "code-unknown")
    ]
    assert (submission.episodes, submission.kept_out) == (2, KeptOut(1, 0))
    assert council.facts("C1") == before
    assert submission.amended == 1
    assert not submission.missing
    # What it was taken in from before is still what is known.
    assert council.submit([row(), row(CLIENT="C2", DRUG1="7000")]).unchanged == 6


NOTHING = dict.fromkeys(row(), "")


@pytest.mark.parametrize(
    ("last", "notices", "rows_"),
    [
        (NOTHING, [], 1),
        (NOTHING | {"FINITIAL": "Total", "SINITIAL": "2"}, [(2, 3, "no-record")], 1),
        (NOTHING | {"AGNCY": "Printed by the system"}, [(2, 3, "no-record")], 1),
    ],
)
def test_a_row_that_is_no_record_disarms_nothing(
    council: Council, last: dict[str, str], notices: list[tuple[int, int, str]], rows_: int
) -> None:
    council.submit(rows("C1", "C2"))
    submission = council.submit([row(), last])
    assert (submission.rows, submission.not_in_file, submission.kept_out) == (rows_, 1, KeptOut())
    assert not submission.rejected
    assert [(n.row, n.sheet_row, n.code) for n in submission.notices] == notices


@pytest.mark.parametrize("lacks", [{"CLIENT": ""}, {"EPISODID": ""}, {"CLIENT": "", "EPISODID": ""}])
def test_a_record_without_a_key_is_counted_and_withdraws_nothing(council: Council, lacks: dict[str, str]) -> None:
    council.submit(rows("C1", "C2"))
    submission = council.submit([row(), row(CLIENT="C9") | lacks])
    assert submission.rejected
    assert (submission.episodes, submission.kept_out.episodes, submission.not_in_file) == (2, 1, 0)


def kept_out_of(council: Council) -> set[tuple[str, str]]:
    t = tables.kept_out.c
    with reading(council.register.engine) as connection:
        query = sa.select(t.client_reference, t.episode_reference)
        return {(client, episode) for client, episode in connection.execute(query)}


def test_what_was_kept_out_is_named_until_the_next_file(council: Council) -> None:
    council.submit([row(), row(CLIENT="C2", SEX="X")])
    assert kept_out_of(council) == {("C2", "1")}
    council.review([REVIEW])
    assert kept_out_of(council) == {("C2", "1")}
    council.submit([row(), row(CLIENT="C3", SEX="X")])
    assert kept_out_of(council) == {("C3", "1")}
    council.submit([row(), row(CLIENT="C3")])
    assert kept_out_of(council) == set()


def test_what_was_kept_out_of_somebody_goes_with_them(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    council.submit([row(SEX="X"), row(EPISODID="2", SEX="X"), row(CLIENT="C2", SEX="X"), row(CLIENT="C3")])
    assert kept_out_of(council) == {("C1", "1"), ("C1", "2"), ("C2", "1")}
    erase(council.register, KEY, (AGENCY, "C1", "1"), "asked for it", receipt(council.next_day()))
    assert not {name for name in kept_out_of(council) if name[0] == "C1"}


def test_above_one_in_twenty_it_is_said_first(council: Council) -> None:
    clients = [f"C{number}" for number in range(20)]
    some = summary(council.submit([*rows(*clients[:19]), row(CLIENT="C19", SEX="X")]))
    many = summary(council.submit([*rows(*clients[:18]), row(CLIENT="C18", SEX="X"), row(CLIENT="C20", SEX="X")]))
    few, first = some.index("1 of 20 episodes in this file was kept out"), many.index("2 of 20 episodes in this file")
    assert few > some.index("facts new")
    assert first < many.index("facts new")
    assert "1 is new, and so in no figure, and 1 counts as known before." in many


def test_an_episode_of_a_rejected_row_counts_as_in_a_complete_file(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    submission = council.submit([row(SEX="X"), row(CLIENT="C2")], complete=True)
    assert submission.withdrawn == 0
    assert council.facts("C1")


@pytest.mark.parametrize("complete", [False, True])
def test_with_a_row_without_a_key_the_file_withdraws_nothing(council: Council, complete: bool) -> None:
    council.submit([row(**DISCHARGED), *rows("C2", "C3")])
    submission = council.submit([row(), row(CLIENT=""), row(CLIENT="C2", DRUG1="7000")], complete=complete)
    assert counts(submission) == (0, 1, 0, 5)
    assert "withdraws-nothing" in {n.code for n in submission.notices}
    assert not submission.missing
    assert {"exit", "intervention-end:M1"} < set(council.facts("C1"))
    assert council.facts("C3")
    assert not council.missing_since()
    # The same rows without the unreadable one withdraw what they do not say.
    assert counts(council.submit([row(), row(CLIENT="C2", DRUG1="7000")])) == (0, 0, 2, 6)


# -- not in the file ----------------------------------------------------------------------------------------------


def test_what_is_not_in_the_file_stands_and_is_asked_about_until_it_is_back(council: Council) -> None:
    council.submit(rows("C1", "C2", "C3"))
    second = council.submit(rows("C1", "C2"), of=FEBRUARY)
    assert [(e.client_reference, e.since) for e in second.missing] == [("C3", second.received_on)]
    assert council.missing_since() == {"C3": second.received_on}
    assert council.last_event().not_in_file == (council.stream("C3"),)
    third = council.submit(rows("C1"), of=FEBRUARY)
    assert {e.client_reference: e.since for e in third.missing} == {"C2": third.received_on, "C3": second.received_on}
    assert council.last_event().not_in_file == (council.stream("C2"),)
    assert council.facts("C3")
    fourth = council.submit(rows("C1", "C3"), of=FEBRUARY)
    assert council.last_event().found_again == (council.stream("C3"),)
    assert council.missing_since() == {"C2": third.received_on}
    assert fourth.document()["not_in_file"] == 1
    council.withdraw("C2")
    assert not council.missing_since()


TOUCHING = [
    ("open, triaged on the last day", {"TRIAGED": "2017-02-10", "MODST": "2017-02-10"}, True),
    ("open, triaged the day after", {"TRIAGED": "2017-02-11", "MODST": "2017-02-11"}, False),
    ("discharged on the first day", DISCHARGED | {"DISD": "2017-02-01"}, True),
    ("discharged the day before", DISCHARGED | {"DISD": "2017-01-31"}, False),
    ("waiting", {"TRIAGED": "", "MODID": "", "MODAL": "", "MODST": ""}, False),
]


@pytest.mark.parametrize(("said", "touches"), [t[1:] for t in TOUCHING], ids=[t[0] for t in TOUCHING])
@pytest.mark.parametrize("complete", [False, True])
def test_which_episodes_touch_the_covered_days(
    council: Council, said: dict[str, str], touches: bool, complete: bool
) -> None:
    council.received_on = date(2017, 4, 1)
    council.submit([row(**said), row(CLIENT="C2")])
    submission = council.submit(rows("C2"), of=FEBRUARY, complete=complete)
    assert bool(council.facts("C1")) == (not (touches and complete))
    assert len(submission.missing) == (touches and not complete)
    assert [e.client_reference for e in submission.withdrawn_episodes] == (["C1"] if touches and complete else [])


def test_another_agency_is_not_asked_about(council: Council) -> None:
    council.submit([row(AGNCY="H0002")], of={"agency": "H0002"})
    assert not council.submit(rows("C2"), complete=True).withdrawn
    assert council.facts("C1", agency="H0002")


def test_touching_is_judged_by_what_was_known_before(council: Council) -> None:
    council.submit([row(), row(CLIENT="C2")])
    # The file itself closes C1 before its days; C2 is missing by what was known.
    submission = council.submit([row(**DISCHARGED)], of=FEBRUARY)
    assert [e.client_reference for e in submission.missing] == ["C2"]


LIKELY = [
    # open before, left in the file, whether it needs confirming: two or more, and more than a fifth
    (2, 1, False),
    (3, 1, True),
    (9, 7, True),
    (10, 8, False),
    (30, 24, False),
    (29, 23, True),
]


@pytest.mark.parametrize(("before", "left", "refused"), LIKELY)
def test_a_complete_file_that_withdraws_many_must_be_confirmed(
    council: Council, refuses: Any, before: int, left: int, refused: bool
) -> None:
    all_rows = rows(*(f"C{n}" for n in range(before)))
    council.submit([*all_rows, *rows("D1", "D2", **DISCHARGED)])
    if refused:
        with refuses("withdraws-many"):
            council.submit(all_rows[:left], complete=True)
        with refuses("withdraws-many"):
            council.submit(all_rows[:left], complete=True, dry_run=True)
    submission = council.submit(all_rows[:left], complete=True, accept_withdrawals=refused)
    assert submission.withdrawn == (before - left) * 3 + 2 * 5
    assert submission.unchanged == left * 3
    assert council.digests() == left


def test_what_a_complete_file_withdrew_may_come_again(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    council.review([REVIEW])
    submission = council.submit(rows("C2"), complete=True)
    assert submission.withdrawn == 3 + 1
    assert council.submit(rows("C1", "C2")).new == 3


# -- refusals -----------------------------------------------------------------------------------------------------


def test_the_order_of_receipt_is_looked_at_first(council: Council, refuses: Any) -> None:
    council.take_in(write(council.folder, [row()]), FEB_10)
    nonsense = council.folder / "nonsense"
    with refuses("received-out-of-order"):
        council.take_in(nonsense, FEB_10 - timedelta(days=1))
    with refuses("received-in-future"):
        council.take_in(nonsense, FEB_10 + timedelta(days=1), today=FEB_10)
    with refuses("file-name"):
        council.take_in(nonsense, FEB_10)
    assert council.take_in(write(council.folder, rows("C2")), FEB_10, today=FEB_10).new == 3


def test_a_file_without_an_accepted_row_is_refused(council: Council, refuses: Any) -> None:
    with refuses("no-accepted-row"):
        council.submit([row(SEX="X"), row(CLIENT="")])


def test_the_same_file_again_is_already_received(council: Council) -> None:
    first = council.submit([row()])
    again = council.submit([row()])
    assert again.already_received
    assert (again.position, again.received_on, again.events, again.sha256) == (
        first.position,
        first.received_on,
        0,
        first.sha256,
    )
    council.submit([row(), row(CLIENT="C2")])
    # No longer the newest of its days: it takes the second person out again.
    back = council.submit([row()])
    assert not back.already_received
    assert len(back.missing) == 1
    # The same bytes for other days say something of those days.
    assert not council.submit([row()], of=FEBRUARY).already_received
    assert council.submit([row()]).already_received


# -- consent ------------------------------------------------------------------------------------------------------


def test_without_consent_nothing_is_stored(council: Council) -> None:
    submission = council.submit([row(CONSENT="N"), row(CLIENT="C2")])
    assert (submission.left_out, submission.erased, submission.new) == (1, 0, 3)
    assert not council.facts("C1")


def test_consent_that_ends_withdraws_and_erases(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    council.review([REVIEW])
    submission = council.submit([row(CONSENT="N"), row(CLIENT="C2")])
    assert (submission.left_out, submission.erased, submission.withdrawn) == (1, 1, 4)
    assert not submission.missing
    assert not council.facts("C1")
    with reading(council.register.engine) as connection:
        states = connection.execute(
            sa.select(log.c.topic, log.c.state, log.c.salt)
            .where(log.c.originator_id == council.stream("C1"))
            .order_by(log.c.position)
        ).all()
        left = connection.execute(sa.select(tables.episode.c.client_reference)).scalars().all()
    erased, kept = states[:4], states[4:]
    assert all(state is None and salt is None for _topic, state, salt in erased)
    assert [topic for topic, _state, _salt in kept][-1] == "episode.erased.v1"
    assert not any(b"C1" in bytes(state) for _topic, state, _salt in kept)
    assert list(left) == ["C2"]
    # Once more there is nothing left to erase; and consent may be given anew.
    again = council.submit([row(CONSENT="N"), row(CLIENT="C2"), row(CLIENT="C3")])
    assert (again.left_out, again.erased, again.withdrawn) == (1, 0, 0)
    assert council.submit(rows("C1", "C2", "C3")).new == 3


def test_a_withdrawn_episode_is_erased_too_when_consent_ends(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    council.withdraw("C1")
    assert council.submit([row(CONSENT="N")]).erased == 1


def test_a_file_of_nothing_but_ended_consents_is_taken_in(council: Council) -> None:
    council.submit([row()])
    assert council.submit([row(CONSENT="N")]).erased == 1


# -- reviews ------------------------------------------------------------------------------------------------------


def test_reviews_come_in_a_file_of_their_own(council: Council) -> None:
    council.submit([row(CPLANDT="2017-01-10")])
    first = council.review([REVIEW, REVIEW | {"WHAT": "medical"}, REVIEW | {"CLIENT": "C9"}])
    assert counts(first) == (2, 0, 0, 0)
    assert [(r.row, r.column, r.code) for r in first.rejected] == [(3, "EPISODID", "episode-unknown")]
    assert not first.missing
    second = council.review([REVIEW | {"ROLE": "other"}])
    assert counts(second) == (0, 1, 1, 0)
    assert counts(council.submit([row(CPLANDT="2017-01-10"), row(CLIENT="C2")])) == (3, 0, 0, 4)
    assert {"care-plan", "review:recovery-plan:2017-01-20"} < set(council.facts("C1"))


def test_a_complete_review_file_withdraws_reviews_and_nothing_else(council: Council) -> None:
    council.submit(rows(*(f"C{n}" for n in range(9))))
    council.review([REVIEW | {"CLIENT": f"C{n}"} for n in range(9)])
    submission = council.review([REVIEW | {"CLIENT": "C0"}], complete=True)
    assert counts(submission) == (0, 0, 8, 1)
    assert set(council.facts("C5")) == {"referral", "start", "intervention:M1"}
    assert council.review([REVIEW | {"CLIENT": f"C{n}"} for n in range(9)]).new == 8


# -- dry runs -----------------------------------------------------------------------------------------------------


def test_a_dry_run_says_the_same_and_keeps_nothing(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    before, digests = council.position(), council.digests()
    path = write(council.folder, [row(DRUG1="7000")])
    trial = council.take_in(path, dry_run=True)
    assert council.position() == before
    assert council.digests() == digests
    assert not council.missing_since()
    real = council.take_in(path)
    assert real.position == before + trial.events
    assert (counts(trial), trial.events, len(trial.missing)) == (counts(real), real.events, len(real.missing))
    assert (trial.position, trial.dry_run) == (None, True)


def test_a_dry_run_waits_for_no_writer(council: Council) -> None:
    path = write(council.folder, rows("C1", "C2"))
    with writing(council.register.engine):
        trial = council.take_in(path, dry_run=True)
    assert (trial.new, trial.events, council.position()) == (6, 7, 0)


# -- re-presentations ---------------------------------------------------------------------------------------------


def test_a_return_to_another_agency_is_recorded_on_the_completion(council: Council) -> None:
    council.received_on = date(2017, 9, 1)
    council.submit([row(**DISCHARGED)])
    back = row(AGNCY="H0002", CLIENT="X7", REFLD="", TRIAGED="2017-03-01", MODST="2017-03-05")
    at_other = {"agency": "H0002", "last": "20170331"}
    council.submit([back], of=at_other)
    assert council.topics()[-2:] == ["episode.re-presented.v1", "submission.received.v1"]
    assert council.facts("C1")["re-presented"].occurred_on == date(2017, 3, 5)
    council.submit([back | {"MODST": "2017-03-07"}], of=at_other)
    assert council.facts("C1")["re-presented"].occurred_on == date(2017, 3, 7)
    # Six months after the discharge it is no re-presentation any more, and a TOP alone changes nothing.
    council.submit([back | {"TRIAGED": "2017-07-25", "MODST": "2017-07-25"}], of=at_other)
    assert "re-presented" not in council.facts("C1")
    council.submit([back], of=at_other)
    assert "re-presented" in council.facts("C1")
    withdraw(council.register, KEY, "H0002", "X7", "1", receipt(council.next_day()))
    assert "re-presented" not in council.facts("C1")


def test_the_completion_that_is_erased_or_amended_loses_its_re_presentation(council: Council) -> None:
    council.received_on = date(2017, 9, 1)
    back = row(EPISODID="2", REFLD="", TRIAGED="2017-03-01", MODST="2017-03-05")
    council.submit([row(**DISCHARGED), back])
    assert "re-presented" in council.facts("C1")
    council.submit([row(**DISCHARGED | {"DISRSN": "85"}), back])
    assert "re-presented" not in council.facts("C1")
    council.submit([row(**DISCHARGED), back])
    assert council.submit([row(**DISCHARGED, CONSENT="N"), back]).withdrawn == 5
    assert not council.facts("C1")


# -- by word ------------------------------------------------------------------------------------------------------


def test_a_withdrawal_is_confirmed(council: Council, refuses: Any) -> None:
    council.submit(rows("C1", "C2"))
    council.review([REVIEW])
    before = council.position()
    assert council.withdraw("C1", dry_run=True).position is None
    assert council.position() == before
    confirmed = council.withdraw("C1")
    assert (confirmed.withdrawn, confirmed.events, confirmed.position) == (4, 5, council.position())
    event = council.last_event()
    assert isinstance(event, WithdrawalConfirmed)
    assert (event.number, event.episode, event.occurred_on) == (3, council.stream("C1"), council.received_on)
    assert not council.facts("C1")
    with refuses("episode-unknown"):
        council.withdraw("C1")
    council.received_on = FEB_10
    with refuses("received-out-of-order"):
        council.withdraw("C2")
    # The file of before still has it: reported anew, it is new.
    council.received_on = date(2017, 3, 1)
    assert counts(council.submit(rows("C1", "C2", "C3"))) == (6, 0, 0, 3)


def test_a_caseload_is_handed_over_until_a_real_discharge_comes(council: Council, refuses: Any) -> None:
    on = date(2017, 1, 31)
    with refuses("nothing-to-hand-over"):
        council.hand_over(on)
    council.submit([row(), row(CLIENT="C2", **DISCHARGED), row(CLIENT="C3")])
    with refuses("handover-to-itself"):
        council.hand_over(on, to=AGENCY)
    with refuses("handover-after-receipt"):
        council.hand_over(on, received_on=on - timedelta(days=1))
    with refuses("nothing-to-hand-over"):
        council.hand_over(date(2017, 1, 8))
    confirmed = council.hand_over(on)
    assert (confirmed.episodes, confirmed.events) == (2, 3)
    event = council.last_event()
    assert isinstance(event, CaseloadHandedOver)
    assert (event.agency, event.to_agency, event.handed_over_on, event.episodes) == (AGENCY, "H0002", on, 2)
    assert {"handover"} < set(council.facts("C1"))
    same = council.submit([row(**DISCHARGED), row(CLIENT="C2", **DISCHARGED), row(CLIENT="C3")])
    assert counts(same) == (2, 0, 0, 3 + 5 + 3)
    assert "handover" not in council.facts("C1")
    assert "handover" in council.facts("C3")
    with refuses("received-in-future"):
        hand_over(council.register, AGENCY, "H0002", on, receipt(TODAY + timedelta(days=1)))


# -- for people and programs --------------------------------------------------------------------------------------


def test_the_document_has_every_name_of_the_contract(council: Council) -> None:
    council.submit(rows("C1", "C2"))
    document = council.submit([row(DRUG1="7000"), row(CLIENT="C3", SEX="X")]).document()
    assert {
        *("file", "agency", "first_day", "last_day", "received_on", "sha256", "rows", "new", "amended", "withdrawn"),
        *("unchanged", "not_in_file", "rejected", "notices", "events", "position", "already_received"),
        *("episodes", "kept_out"),
    } <= set(document)
    assert document["first_day"] == "2017-01-01"
    assert document["not_in_file"] == 1
    assert document["episodes_not_in_file"][0]["client_reference"] == "C2"
    assert document["kept_out"] == {"episodes": 1, "new": 1}
    assert document["rejected"] == [
        {
            "row": 2,
            "sheet_row": 3,
            "client_reference": "C3",
            "episode_reference": "1",
            "column": "SEX",
            "code": "code-unknown",
            "message": "SEX is 'X'. Expected one of M, F, U.",
        }
    ]


def test_a_summary_for_the_provider(council: Council) -> None:
    council.submit(rows("C1", "C2", "C4"))
    said = summary(council.submit([row(**DISCHARGED | {"DISD": "2017-02-03"}), row(CLIENT="C3", SEX="X")]))
    for words in (
        "1 Jan 2017 to 31 Jan 2017, received on 12 Feb 2017",
        "SEX is 'X'",
        "C2",
        "after the file's last day",
    ):
        assert words in said
    refusal = [row(CONSENT="N")]
    trial = council.submit(refusal, complete=True, accept_withdrawals=True, dry_run=True)
    assert "nothing of this was stored" in summary(trial)
    assert "Withdrawn, since this file is all" in summary(trial)
    council.submit([row()])
    assert "was received before" in summary(council.submit([row()]))


def test_positions_are_those_of_the_submissions(council: Council) -> None:
    positions = [council.submit(rows(*(f"C{n}" for n in range(count)))).position for count in (1, 2, 3)]
    t = tables.submission.c
    with reading(council.register.engine) as connection:
        stored = connection.execute(sa.select(t.position, t.number).order_by(t.position)).all()
    assert [tuple(row) for row in stored] == list(zip(positions, (1, 2, 3), strict=True))
    assert Counter(council.topics())["submission.received.v1"] == 3
