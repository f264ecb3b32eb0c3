"""What is kept of a file that is evidence."""

from hashlib import sha256
from io import BytesIO

import pytest

from domain.contract_life.entered import Evidence
from domain.errors import Refused
from web.files.evidence import evidence_of, file_name, hashed


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\plan.docx", "plan.docx"),
        ("a\x00b\x1b[31m.pdf", "a_b_[31m.pdf"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("..", "file"),
        ("", "file"),
        ("\u0000", "_"),
        ("re\u0301sume\u0301.pdf", "r\xe9sum\xe9.pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_without_signs_that_cannot_be_printed(name: str, kept: str) -> None:
    assert file_name(name) == kept


def test_a_large_file_is_read_in_parts_and_an_empty_one_is_no_evidence() -> None:
    content = b"0" * (2**21 + 1)
    assert evidence_of("big.bin", BytesIO(content)) == Evidence(sha256(content).hexdigest(), "big.bin", len(content))
    assert hashed("none.txt", b"").size == 0
    for data, name, code in ((b"", "none.txt", "evidence-empty"), (b"a", "n" * 301, "entered-words-too-long")):
        with pytest.raises(Refused) as refused:
            evidence_of(name, data)
        assert refused.value.code == code
