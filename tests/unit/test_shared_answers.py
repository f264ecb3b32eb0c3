"""What processes have of each other's answers is the answer to that question of that state, or nothing."""

import os
import time
from collections.abc import Callable

import pytest

from web.api.shared_answers import LARGEST, PLACES, SharedAnswers

NOW, LATER = (1, 40), (1, 41)


def test_an_answer_is_that_of_its_question_and_state() -> None:
    shared = SharedAnswers()
    shared.keep(NOW, b"how many?", b"7")
    shared.keep(NOW, b"how many", b"?8")
    assert shared.get(NOW, b"how many?") == b"7"
    assert shared.get(NOW, b"how many") == b"?8"
    assert shared.get(LATER, b"how many?") is None
    assert shared.get((2, 40), b"how many?") is None
    shared.keep(LATER, b"how many?", b"9")
    assert (shared.get(NOW, b"how many?"), shared.get(LATER, b"how many?")) == (b"7", b"9")


def test_answers_of_older_states_make_room() -> None:
    shared = SharedAnswers()
    for number in range(PLACES * 2):
        shared.keep((1, number), b"%d" % number, b"old")
    for number in range(PLACES // 8):
        shared.keep((1, PLACES * 2), b"%d" % number, b"%d" % number)
    kept = [shared.get((1, PLACES * 2), b"%d" % number) for number in range(PLACES // 8)]
    assert all(answer in {None, b"%d" % number} for number, answer in enumerate(kept))
    # Four questions in a thousand or so find their places taken by others of the same state.
    assert kept.count(None) < len(kept) // 50


@pytest.mark.parametrize(("length", "is_kept"), [(0, True), (LARGEST, True), (LARGEST + 1, False)])
def test_what_is_too_large_is_not_kept(length: int, is_kept: bool) -> None:
    shared = SharedAnswers()
    shared.keep(NOW, b"all?", b"x" * length)
    assert shared.get(NOW, b"all?") == (b"x" * length if is_kept else None)


def test_what_several_write_at_once_is_whole_or_nothing() -> None:
    """Three processes write into the same four places, and each byte of an answer says whose it is."""
    shared = SharedAnswers()
    question = b"who?"
    until = time.monotonic() + 0.5

    def write(own: int) -> None:
        while time.monotonic() < until:
            shared.keep(NOW, question, bytes([own]) * (1_000 + own * 900))

    processes = [_forked(lambda own=own: write(own)) for own in range(3)]  # type: ignore[misc]
    found = []
    while time.monotonic() < until:
        found.append(shared.get(NOW, question))
    for process in processes:
        os.waitpid(process, 0)
    whole = {bytes([own]) * (1_000 + own * 900) for own in range(3)}
    assert set(found) <= {*whole, None}
    assert set(found) & whole


def _forked(run: Callable[[], None]) -> int:
    process = os.fork()
    if process == 0:
        run()
        os._exit(0)
    return process
