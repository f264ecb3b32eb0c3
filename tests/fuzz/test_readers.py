"""Every case of the corpus, those that were thought of and those that broke a reader once: refused, or rows."""

from pathlib import Path

import pytest

from .readers import CORPUS, case_of, read_any

CASES = sorted(CORPUS.iterdir())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_file_is_refused_or_has_rows(path: Path) -> None:
    read_any(*case_of(path))
