"""A whole conversation with `recount`, held word for word: a change of any output shows as a difference to read.

`make golden` writes the file anew.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.intake.files import DISCHARGED, REVIEW, row, write, write_reviews
from tests.web.conftest import KEYS

CONVERSATION = Path(__file__).with_name("conversation.txt")
RECOUNT = Path(sys.executable).with_name("recount")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(\.\d+)?")

JANUARY, FEBRUARY, AGAIN, ELSEWHERE, REVIEWS = (
    "H0001-20170101-20170131-TREAT-IN-P.csv",
    "H0001-20170201-20170228-TREAT-IN-P.csv",
    "H0001-20170301-20170331-TREAT-IN-P.csv",
    "H0002-20170101-20170228-TREAT-IN-P.csv",
    "H0001-20170101-20170131-REVIEWS.csv",
)
SCRIPT = f"""
# Nothing is known yet.
recount figures --as-of 2017-01-31 --measure 4.0 --measure N.open
# The first file: one row cannot be taken in.
recount submit --received-on 2017-02-10 {JANUARY}
recount submit --received-on 2017-02-10 {REVIEWS}
# The same file again.
recount submit --received-on 2017-02-11 {JANUARY}
# Refused: a name that does not fit, a day before the newest, a file that is none.
recount submit --received-on 2017-02-11 notes.csv
recount submit --json --received-on 2017-02-01 {FEBRUARY}
recount submit nowhere.csv
# What would the next one do?
recount submit --dry-run --received-on 2017-03-10 {FEBRUARY}
# An archive: the next one, and another agency's.
recount submit --manifest manifest.csv
recount submit --manifest manifest.csv
# A client came back.
recount submit --received-on 2017-04-10 {AGAIN}
# The same month, as known before and after.
recount figures --as-of 2017-02-28 --measure 4.0 --measure 4.2 --known-at 2017-02-28
recount figures --as-of 2017-02-28 --measure 4.0 --measure 4.2 --measure 5.0u --measure W.started --measure N.exits
recount figures --as-of 2017-03-31 --measure 4.0 --agency H0002 --json
recount series --measure 4.0 --from 2016-10-01 --to 2017-06-30 --every quarter
recount triangle --measure 4.0 --from 2017-01-31 --to 2017-03-31
recount triangle --measure 4.0 --from 2017-01-31 --to 2017-03-31 --json
recount members --measure 4.0 --as-of 2017-02-28
recount waiting --as-of 2017-02-28
recount profile --as-of 2017-02-28
# A record entered twice is withdrawn, a caseload passes over.
recount withdraw H0001 C2 1 --received-on 2017-04-11
recount withdraw H0001 C2 1 --received-on 2017-04-11
recount handover H0002 H0001 --on 2017-03-31 --received-on 2017-04-12
# An agency is under contract whose files have not come.
recount contract H0003 --from 2017-04-01 --succeeds H0002 --received-on 2017-04-12
recount contract H0003 --from 2017-06-01 --received-on 2017-04-12
recount figures --as-of 2017-04-10 --measure 4.0
recount contract H0003 --from 2017-04-01 --withdraw --received-on 2017-04-12 --json
recount log --episode H0001/C1/1
recount log --submission 5
recount log --limit 1 --json
# Count again.
recount verify --standpoints 10
recount rebuild
# Wrong use.
recount figures --as-of 31/01/2017
recount figures --as-of 2017-01-31 --measure 4.9
recount submit
"""


def write_files(folder: Path) -> None:
    """Three people at Hereford, one of whom drinks and one of whom waits; one at Leominster."""
    one, drinks = row(), row(CLIENT="C2", SINITIAL="Y", DRUG1="7000", MODAL="95")
    waits = row(CLIENT="C3", SINITIAL="X", TRIAGED="", MODID="", MODAL="", MODST="", REFLD="2017-01-20")
    wrong = row(CLIENT="C4", SINITIAL="W", TRIAGED="31/02/2017")
    write(folder, [one, drinks, waits, wrong])
    write_reviews(folder, [REVIEW])
    done = row(**DISCHARGED)
    write(folder, [done, drinks], first="20170201", last="20170228")
    back = row(EPISODID="2", REFLD="2017-03-01", TRIAGED="2017-03-06", MODID="M2", MODST="2017-03-13")
    write(folder, [done, drinks, back, waits], first="20170301", last="20170331")
    other = row(AGNCY="H0002", CLIENT="D1", SINITIAL="V")
    write(folder, [other], agency="H0002", first="20170101", last="20170228")
    (folder / "notes.csv").write_text("no,monthly\nfile,here\n")
    lines = ("received_on,file", f"2017-03-10,{FEBRUARY}", f"2017-03-13,{ELSEWHERE}")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")


def said(folder: Path, line: str) -> str:
    """A line of the conversation with its answer: standard output, standard error behind `!`, the exit code."""
    if line.startswith("#"):
        return f"\n{line}\n"
    settings = {**KEYS, "RECOUNT_DATABASE": "sqlite:///recount.db", "LOGNAME": "ann", "PATH": os.environ["PATH"]}
    answer = subprocess.run(
        [RECOUNT, *shlex.split(line)[1:]], cwd=folder, env=settings, capture_output=True, text=True, check=False
    )
    errors = "".join(f"! {text}\n" for text in answer.stderr.splitlines())
    code = f"[exit code {answer.returncode}]\n" if answer.returncode else ""
    text = MOMENT.sub(r"YYYY-MM-DD\1hh:mm:ss", answer.stdout + errors)
    return f"\n$ {line}\n" + "".join(f"{part.rstrip()}\n" for part in text.splitlines()) + code


@pytest.mark.slow
def test_the_conversation_is_word_for_word_the_same(tmp_path: Path) -> None:
    write_files(tmp_path)
    conversation = "".join(said(tmp_path, line) for line in SCRIPT.strip().splitlines()).lstrip()
    if os.environ.get("RECOUNT_WRITE_GOLDEN"):
        CONVERSATION.write_text(conversation, encoding="utf-8")
    assert conversation == CONVERSATION.read_text(encoding="utf-8")
