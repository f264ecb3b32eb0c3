"""Consent, on both databases: who refuses goes and stays gone, and who is unclear is asked about until answered."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from projections.store import tables
from tests.integration.test_erasure import agrees, events, references
from tests.integration.test_taking_in import FEBRUARY, KEY, TODAY, Council, council, counts, receipt  # noqa: F401
from tests.unit.intake.files import AGENCY, COLUMNS, DISCHARGED, PLAIN, REVIEW, row, rows, write
from web.commands.ingest.submission import Submission
from web.commands.records.erase import erase
from web.files.prepare import prepare
from web.files.schemas import parse_name
from web.presenters.records.submissions import summary

Row = dict[str, str]
EMPTY = dict.fromkeys(PLAIN, "")
MARCH = {"first": "20170301", "last": "20170331"}
WITH_ID = (*COLUMNS, "CLIENTID")
OTHERS = rows("C2", "C3", "C4", SINITIAL="W")


def bare(client: str = "", **said: str) -> Row:
    return EMPTY | {"AGNCY": AGENCY, "CLIENT": client, "CONSENT": "N"} | said


@pytest.fixture(params=["as it came", "prepared"])
def sent(council: Council, request: pytest.FixtureRequest) -> Council:  # noqa: F811
    """Files go on as they came, or prepared at the provider: what becomes of them is the same."""
    if request.param == "prepared":
        as_it_came = council.take_in

        def prepared(path: Path, *arguments: date, **options: bool) -> Submission:
            return as_it_came(prepare(path, KEY, TODAY).write(council.folder), *arguments, **options)

        council.take_in = prepared  # type: ignore[method-assign]
    return council


def submit(council: Council, *rows_: Row, of: dict[str, str] | None = None, **options: bool) -> Submission:  # noqa: F811
    path = write(council.folder, rows_, columns=WITH_ID, **(of or {}))
    # A file is received after its last day.
    council.received_on = max(council.received_on, parse_name(path.name).last_day)
    return council.take_in(path, **options)


def said(submission: Submission) -> tuple[int, int, int, int]:
    return submission.consent_refused, submission.left_out, submission.erased, submission.consent_unclear


# -- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [bare("C1"), bare(CLIENTID="C1"), bare("C1", CONSENT="no"), bare("C1", AGNCY="h0001")])
def test_a_bare_refusal_speaks_for_every_episode_of_the_client(sent: Council, by: Row) -> None:
    submit(
        sent,
        row(),
        row(EPISODID="2", **DISCHARGED),
        row(EPISODID="3", TRIAGED="2017-01-20", MODST="2017-01-20"),
        *OTHERS,
    )
    sent.withdraw("C1")
    refusal = submit(sent, by, *OTHERS[:2], of=FEBRUARY)
    assert said(refusal) == (1, 3, 3, 0)
    assert not refusal.rejected
    assert [e.client_reference for e in refusal.missing] == ["C4"]
    assert references(sent) == {"C2", "C3", "C4"}
    assert agrees(sent)


def test_month_after_month_nothing_happens_again(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    submit(sent, bare("C1"), *OTHERS)
    position = sent.position()
    for of in (FEBRUARY, MARCH):
        again = submit(sent, bare("C1"), *OTHERS, of=of)
        assert (said(again), again.events, again.rejected) == ((1, 0, 0, 0), 1, [])
        assert "clients who refuse consent           1" in summary(again)
    assert sent.position() == position + 2


def test_a_refusal_never_keeps_the_file_from_withdrawing(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    complete = submit(sent, bare("C1"), *OTHERS[:2], complete=True)
    assert [e.client_reference for e in complete.withdrawn_episodes or ()] == ["C4"]
    assert said(complete) == (1, 1, 1, 0)
    assert submit(sent, bare(), *OTHERS[:2], of=FEBRUARY).rejected == []


def test_refusals_are_no_withdrawals_that_need_confirming(sent: Council) -> None:
    submit(sent, *rows("C1", "C5", "C6"), *OTHERS)
    complete = submit(sent, bare("C1"), bare("C5"), bare("C6"), *OTHERS, complete=True)
    assert said(complete) == (3, 3, 3, 0)
    assert complete.withdrawn_episodes == []


def test_an_ordinary_row_refuses_for_its_own_episode(sent: Council) -> None:
    submit(sent, row(), row(EPISODID="2", TRIAGED="2017-01-20", MODST="2017-01-20"), *OTHERS)
    refusal = submit(
        sent, row(CONSENT="No", SEX="nonsense"), row(EPISODID="2", TRIAGED="2017-01-20", MODST="2017-01-20"), *OTHERS
    )
    assert (said(refusal), refusal.rejected) == ((1, 1, 1, 0), [])
    assert not sent.facts("C1", "1")
    assert sent.facts("C1", "2")


def test_a_refusal_wins_over_the_clients_other_rows(sent: Council) -> None:
    assert said(submit(sent, row(), bare("C1"), *OTHERS)) == (1, 1, 0, 0)
    assert references(sent) == {"C2", "C3", "C4"}


def test_a_file_of_refusals_alone_is_taken_in(sent: Council) -> None:
    submit(sent, row())
    assert said(submit(sent, bare("C1"))) == (1, 1, 1, 0)
    assert said(submit(sent, bare("C9"), of=FEBRUARY)) == (1, 0, 0, 0)


def test_another_agencys_refusal_is_left_out(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    done = submit(sent, bare("C1", AGNCY="H0002"), row(), *OTHERS, of=FEBRUARY)
    assert (said(done), [*done.rejected, *done.missing]) == ((0, 0, 0, 0), [])
    assert [(n.row, n.code) for n in done.notices] == [(1, "refusal-of-another-agency")]
    assert sent.facts("C1")


def test_at_another_agency_the_person_stays(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    submit(sent, row(AGNCY="H0002"), of={"agency": "H0002"})
    submit(sent, bare("C1"), *OTHERS)
    assert sent.facts("C1", agency="H0002")
    assert not sent.facts("C1")
    assert agrees(sent)


def test_consent_given_again_is_taken_in_as_new_and_an_older_file_is_not(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    submit(sent, bare("C1"), *OTHERS, of=FEBRUARY)
    late = submit(sent, row(DAT="EX02"), *OTHERS)
    assert (late.left_out, late.erased, late.new) == (1, 0, 0)
    assert [n.code for n in late.notices] == ["refused-later"]
    assert not sent.facts("C1")
    assert submit(sent, row(), *OTHERS, of=MARCH).new == 3
    assert agrees(sent)


def test_an_erased_person_who_refuses_stays_erased(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    erase(sent.register, KEY, (AGENCY, "C1", None), "request 1", receipt(sent.next_day()))
    assert said(submit(sent, bare("C1"), *OTHERS, of=FEBRUARY)) == (1, 0, 0, 0)
    assert submit(sent, row(), *OTHERS, of=MARCH).stopped == 1


# -- neither yes nor no -----------------------------------------------------------------------------------------------


def test_nothing_changes_while_consent_is_unclear(sent: Council) -> None:
    submit(sent, row(), row(EPISODID="2", TRIAGED="2017-01-20", MODST="2017-01-20"), *OTHERS)
    before = sent.facts("C1")
    unclear = submit(sent, row(CONSENT="P", DRUG1="7000", **DISCHARGED), row(CLIENT="C9", CONSENT="P"), *OTHERS)
    assert (said(unclear), counts(unclear), unclear.rejected) == ((0, 0, 0, 2), (0, 0, 0, 9), [])
    assert not unclear.missing
    assert [(n.row, n.code) for n in unclear.notices] == [(1, "consent-unclear"), (2, "consent-unclear")]
    assert sent.facts("C1") == before
    assert references(sent) == {"C1", "C2", "C3", "C4"}
    assert b"C9" not in b"".join(stored(sent))


ANSWERS = [
    # what the next files say of C1, complete or not; then how many are asked about, and whether anything is known
    ([[row()]], False, 0, True),
    ([[bare("C1")]], False, 0, False),
    ([[row(CONSENT="N")]], False, 0, False),
    ([[row(CONSENT="Q")]], False, 1, True),
    ([[row(CONSENT="")]], False, 1, True),
    ([[], []], False, 1, True),
    ([[], [row()]], False, 0, True),
    ([[]], True, 0, False),
]


@pytest.mark.parametrize(("files", "complete", "asked_about", "known"), ANSWERS)
def test_it_is_asked_about_until_answered(
    sent: Council, files: list[list[Row]], complete: bool, asked_about: int, known: bool
) -> None:
    submit(sent, row(), *OTHERS)
    submit(sent, bare("C1", CONSENT="?"), *OTHERS, of=FEBRUARY)
    for its in files:
        month = {"first": "20170301", "last": f"201703{sent.received_on.day + 9}"}
        submission = submit(sent, *its, *OTHERS, of=month, complete=complete)
        assert not [e for e in submission.missing if its]
    assert submission.consent_unclear == asked_about
    assert bool(sent.facts("C1")) == known
    event = sent.last_event()
    assert event.unclear_episodes == ((sent.stream("C1"),) if asked_about else ())


def test_reviews_wait_for_the_answer_too(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    submit(sent, row(CONSENT="?"), *OTHERS)
    review = sent.review([REVIEW, REVIEW | {"CLIENT": "C2"}])
    assert (review.new, review.rejected, [n.code for n in review.notices]) == (1, [], ["consent-unclear"])
    assert submit(sent, row(), *OTHERS).consent_unclear == 0
    assert sent.review([REVIEW, REVIEW | {"CLIENT": "C2"}], of=FEBRUARY).new == 1


def test_an_erased_person_is_not_asked_about(sent: Council) -> None:
    submit(sent, row(), *OTHERS)
    erase(sent.register, KEY, (AGENCY, "C1", None), "request 1", receipt(sent.next_day()))
    again = submit(sent, row(CONSENT="?"), *OTHERS)
    assert again.stopped == 1
    assert sent.last_event().unclear_episodes == ()


def test_a_file_that_only_asks_is_taken_in(sent: Council) -> None:
    assert said(submit(sent, row(CONSENT="?"))) == (0, 0, 0, 1)
    assert len(events(sent)) == 1


def stored(council: Council) -> list[bytes]:  # noqa: F811
    """Every value of the log and the episodes, as bytes."""
    with reading(council.register.engine) as connection:
        return [
            str(value).encode() if not isinstance(value, bytes) else value
            for table in (tables.episode, tables.submission, tables.taken_in)
            for found in connection.execute(sa.select(table))
            for value in found
        ] + [repr(event).encode() for event in events(council)]
