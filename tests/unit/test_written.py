"""What people write, as it is kept."""

import pytest

from domain.contract_life.dispute import dispute_text
from domain.errors import Refused
from domain.improvement.written import written_line, written_text


def test_what_is_pasted_from_office_programs_is_kept_as_it_reads() -> None:
    pasted = "Weekly\treviews\u00a0by\u2009the lead,\r\nun\u00adtil\u200b October.\ufeff"
    assert (
        written_text(pasted, "plan") == dispute_text(pasted, "reason") == "Weekly reviews by the lead,\nuntil October."
    )
    assert written_line(pasted, "plan") == "Weekly reviews by the lead, until October."


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "\u200b\u00a0"])
def test_signs_that_turn_a_text_round_or_are_none_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        written_text(text, "plan")
