"""Sentences of programs as pages show them, and words as agreements keep them."""

import pytest

from domain.errors import Refused
from domain.words import kept_words
from web.presenters.text import with_days, with_names


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("It ends on 2024-03-31, before 2024-04-01.", "It ends on 31 March 2024, before 1 April 2024."),
        ("Write it as year-month-day, like 2017-12-31.", "Write it as year-month-day, like 2017-12-31."),
        ("There is no 2024-02-30.", "There is no 2024-02-30."),
    ],
)
def test_days_are_read_as_in_a_letter_unless_the_sentence_says_how_they_are_written(said: str, read: str) -> None:
    assert with_days(said) == read


def test_codes_are_read_as_names() -> None:
    assert with_names("No value from H0001.", {"H0001": "Hereford (H0001)"}) == "No value from Hereford (H0001)."


def test_words_are_kept_in_one_way_of_writing_and_refused_by_a_code_of_their_own() -> None:
    assert kept_words(" Cafe\u0301  of\nRoss ", 20, "A name", "name") == "Café of Ross"
    for text, code in (("x" * 21, "name-too-long"), ("a\x07b", "name-unreadable")):
        with pytest.raises(Refused) as refused:
            kept_words(text, 20, "A name", "name")
        assert refused.value.code == code
