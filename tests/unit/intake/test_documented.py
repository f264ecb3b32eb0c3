"""The reference page of the monthly file holds every code, with the words that the program has for it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from web.files import checks as row_codes
from web.files import reading, schemas, uploads

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "monthly-file.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("codes", [reading.REFUSALS, uploads.REFUSALS, row_codes.REJECTIONS, row_codes.NOTICES])
def test_every_code_is_documented(codes: Mapping[str, str]) -> None:
    assert not [code for code, words in codes.items() if f"| `{code}` | {words} |" not in PAGE]


def test_every_column_is_documented() -> None:
    columns = {column for schema in [*schemas.MONTHLY.values(), schemas.REVIEWS] for column in schema.columns}
    assert not [column for column in columns if f"`{column}`" not in PAGE]
