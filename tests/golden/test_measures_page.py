"""The reference of the measures says what the measures and their tests say. `make golden` writes it anew."""

import os
from pathlib import Path

import pytest

from domain.measures.families import FAMILIES

from .measures_page import CHAPTERS, page, rules_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "measures.md"


def test_the_page_is_current() -> None:
    written = page()
    if os.environ.get("RECOUNT_WRITE_GOLDEN"):
        PAGE.write_text(written)
    assert PAGE.read_text() == written, "run 'make golden' and read the difference"


def test_every_chapter_is_on_the_page() -> None:
    found = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "spec").glob("test_*.py")}
    assert found - set(CHAPTERS) <= {"contribution", "why_a_figure_changed", "worklists"}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_rule_has_words(family: object) -> None:
    assert all(rule.words for rule in rules_of(family))  # type: ignore[arg-type]
