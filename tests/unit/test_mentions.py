"""Which references a text names, and that every kind of event is searched."""

from datetime import date

import pytest

from domain.event_types import EVENT_TYPES
from domain.improvement.return_reviews import ReturnReviewed, review_stream
from domain.log.mapper import JsonMapper
from projections.privacy.mentions import pattern_of, searched_topics, texts_of

MAPPER = JsonMapper(EVENT_TYPES)


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Client C0012 came back.", True),
        ("client c0012, again", True),
        ("(C0012)", True),
        ("audit_C0012.pdf", True),
        ("C00123", False),
        ("AC0012", False),
        ("number 0470 of the list", True),
        ("number 470.", True),
        ("number 00470!", True),
        ("1470 files", False),
        ("nobody", False),
    ],
)
def test_a_reference_is_found_as_people_write_it(text: str, is_named: bool) -> None:
    pattern = pattern_of({"C0012", "0470"})
    assert pattern
    assert bool(pattern.search(text)) == is_named


def test_nobody_is_named_by_no_reference() -> None:
    assert pattern_of(set()) is None
    assert pattern_of({" "}) is None


def test_each_text_of_an_event_is_searched_and_no_actor() -> None:
    event = ReturnReviewed(
        originator_id=review_stream(1),
        originator_version=1,
        occurred_on=date(2017, 5, 1),
        actor="C1",
        role="provider",
        number=1,
        party="provider",
        findings=("cannot-tell",),
        lesson="About C1.",
        episode=review_stream(2),
        agency="H0001",
    )
    texts = dict(texts_of(event))
    assert texts["lesson"] == "About C1."
    assert texts["episode"] == str(review_stream(2))
    assert "actor" not in texts


def test_every_event_that_holds_what_people_write_is_searched() -> None:
    searched = set(searched_topics(MAPPER))
    left_out = {kind.TOPIC for kind in EVENT_TYPES} - searched
    assert all(topic.startswith(("episode.", "submission.")) for topic in left_out)
    assert {kind.TOPIC for kind in EVENT_TYPES if not kind.TOPIC.startswith(("episode.", "submission."))} == searched
