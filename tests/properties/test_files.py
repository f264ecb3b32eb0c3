"""Whatever an agency sends: a file is taken in whole or refused whole, and everything that is wrong has its code."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from domain.log.database import make_engine
from domain.log.tables import create_all
from projections.projector.verify import verify
from tests.conftest import Clock
from tests.files import Outcome, Sender
from tests.ledger import a_register
from tests.unit.intake.files import PLAIN
from web.commands.ingest.submission import Submission
from web.files import limits
from web.files.checks import NOTICES, REJECTIONS
from web.files.reading import REFUSALS

from .conftest import examples


@contextmanager
def _sender(choose: Callable[..., object]) -> Iterator[Sender]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'recount.db'}")
        try:
            create_all(engine)
            register = a_register(engine, Clock(datetime(2018, 1, 1, 9, 0, tzinfo=UTC)))
            yield Sender(register, Path(folder), choose)
        finally:
            engine.dispose()


def check(outcome: Outcome) -> None:
    if outcome.submission and not outcome.submission.already_received:
        check_that_nobody_is_lost(outcome, outcome.submission)
    if outcome.refused:
        assert outcome.refused.code in REFUSALS
        assert outcome.refused.message.endswith(".")
        assert outcome.after == outcome.before
    elif outcome.submission and outcome.submission.already_received:
        assert outcome.after == outcome.before
    elif outcome.submission:
        assert outcome.after == outcome.submission.position == outcome.before + outcome.submission.events
        for rejection in outcome.submission.rejected:
            assert rejection.code in REJECTIONS
            assert 1 <= rejection.row <= outcome.submission.rows
            assert PLAIN["DOB"] not in rejection.message
        assert {notice.code for notice in outcome.submission.notices} <= set(NOTICES)


def check_that_nobody_is_lost(outcome: Outcome, submission: Submission) -> None:
    """Every episode in the file is known afterwards, or counted among those kept out, and listed; or has no consent."""
    listed = {(one.client_reference, one.episode_reference) for one in submission.rejected}
    kept_out = {name for name in listed if all(name)}
    assert outcome.consented - outcome.known <= kept_out
    assert submission.kept_out.episodes >= len(kept_out)
    assert submission.kept_out.new <= submission.kept_out.episodes <= submission.episodes
    assert submission.kept_out.episodes or not submission.rejected


@examples(12)
@given(st.data())
def test_a_file_is_taken_in_whole_or_refused_whole(data: st.DataObject) -> None:
    with _sender(lambda choices: data.draw(st.sampled_from(choices))) as sender:
        for outcome in sender.send(4).outcomes:
            check(outcome)
        assert verify(sender.register.engine, sender.register.mapper, 2).holds


def test_every_rejection_and_refusal_is_reached() -> None:
    """The senders make every mistake that has a code: none is beyond them."""
    reached: set[str] = set()
    for seed in range(100, 122):
        with _sender(random.Random(seed).choice) as sender:
            for outcome in sender.send(24).outcomes:
                check(outcome)
                reached |= {outcome.refused.code} if outcome.refused else set()
                reached |= {r.code for r in (outcome.submission.rejected if outcome.submission else ())}
    # What is refused for its size has tests of its own.
    assert {*REFUSALS, *REJECTIONS} - limits.REFUSALS.keys() - reached == set()
