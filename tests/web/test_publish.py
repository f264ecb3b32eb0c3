"""Publishing and checking from the command line: what the other party can rely on, and what it is told otherwise."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from domain.proof.signing import PublicKeys
from projections.publication.certificate import check
from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import SIGNS_NOTHING, CommandLine

STANDPOINT = ("--as-of", "2017-01-31")
PEOPLE = [
    row(CLIENT="C1", **DISCHARGED),
    row(CLIENT="C2", DOB="1981-05-17"),
    row(CLIENT="C3", DOB="1982-05-17"),
]


@pytest.fixture
def filled(embedded: CommandLine) -> CommandLine:
    embedded("submit", write(embedded.folder, PEOPLE), "--received-on", "2017-02-10")
    return embedded


@pytest.fixture
def on_both(recount: CommandLine) -> CommandLine:
    recount("submit", write(recount.folder, PEOPLE), "--received-on", "2017-02-10")
    return recount


def publish(recount: CommandLine, *arguments: Any) -> Path:
    path = recount.folder / "certificate.json"
    recount("publish", "--measure", "4.0", *(arguments or STANDPOINT), "--out", path)
    (recount.folder / "key.pem").write_text(recount("public-key").stdout)
    return path


def checked(recount: CommandLine, path: Path, *arguments: Any, code: int = 0) -> str:
    """What is said on standard output; of a refusal, on standard error, with nothing on standard output."""
    result = recount("check-certificate", path, "--public-key", recount.folder / "key.pem", *arguments, code=code)
    assert (result.stdout == "") == (code != 0)
    assert "Traceback" not in result.output
    return result.stdout or result.stderr


def test_a_certificate_is_checked_with_one_file_and_one_key(filled: CommandLine) -> None:
    path = publish(filled)
    said = checked(filled, path)
    assert "Certificate 1: 4.0 Successful completions: opiate, everybody: 1 of 3 as of 2017-01-31" in said
    document = json.loads(path.read_text())
    figure = filled.json("figures", "--measure", "4.0", *STANDPOINT)["figures"][0]
    assert document["figure"] == figure
    printed = filled.json("check-certificate", path, "--public-key", filled.folder / "key.pem")
    assert printed["holds"] is True
    assert printed["document"] == document


def test_a_slice_and_a_variant_are_published_as_such(on_both: CommandLine) -> None:
    path = publish(on_both, *STANDPOINT, "--agency", "H0001", "--definition", "1-gap-28")
    document = json.loads(path.read_text())
    assert document["figure"]["slice"]["agency"] == "H0001"
    assert document["definition"]["terms"]["parameters"]["gap_days"] == 28
    assert "agency H0001" in checked(on_both, path)
    assert on_both.json("verify")["holds"] is True


def test_checking_needs_no_database(filled: CommandLine) -> None:
    """Not even the code that has one: another machine needs the file, the key and this program."""
    path = publish(filled)
    code = (
        "import sys; from web.cli.main import main\n"
        "try: main()\n"
        "finally: print([m for m in ('sqlalchemy', 'numpy', 'eventsourcing', 'socket') if m in sys.modules])"
    )
    arguments = ["check-certificate", str(path), "--public-key", str(filled.folder / "key.pem")]
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"RECOUNT_DATABASE": "nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "[]"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, whole objects and lists too."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def changed(value: Any) -> list[Any]:
    """Other values that could stand there."""
    if isinstance(value, bool):
        return [not value, None, int(value)]
    if isinstance(value, int | float):
        return [value + 1, -value - 1, str(value), None, value + 0.001]
    if isinstance(value, str):
        return [value + "x", value[:-1], value.swapcase(), None, 5]
    if value is None:
        return [0, "", False]
    return [[] if isinstance(value, dict) else {}, None, "x"]


def altered(document: Any) -> Iterator[Any]:
    """The document with each value changed, left out, or with a name more."""
    for path in places(document):
        for other in changed(at(document, path)):
            if other == at(document, path) and type(other) is type(at(document, path)):
                continue
            copy = json.loads(json.dumps(document))
            at(copy, path[:-1])[path[-1]] = other
            yield copy
        copy = json.loads(json.dumps(document))
        del at(copy, path[:-1])[path[-1]]
        yield copy
        copy = json.loads(json.dumps(document))
        if isinstance(at(copy, path), dict):
            at(copy, path)["more"] = 1
            yield copy
    yield document | {"more": 1}


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def refuses(keys: PublicKeys) -> Callable[[bytes], Refused]:
    def refused(text: bytes) -> Refused:
        with pytest.raises(Refused) as caught:
            check(text, keys, "it.json")
        return caught.value

    return refused


@pytest.fixture
def signed(filled: CommandLine) -> tuple[bytes, PublicKeys]:
    path = publish(filled)
    return path.read_bytes(), PublicKeys.read((filled.folder / "key.pem").read_bytes())


def test_any_value_changed_is_refused(signed: tuple[bytes, PublicKeys]) -> None:
    text, keys = signed
    refused = refuses(keys)
    count = 0
    for document in altered(json.loads(text)):
        assert "does not hold" in refused(json.dumps(document).encode()).message
        count += 1
    assert count > 200


def test_a_scorecard_with_any_value_changed_is_refused(filled: CommandLine) -> None:
    path = filled.folder / "scorecard.json"
    filled("publish", "--cut", "Board", *STANDPOINT, "--out", path)
    keys = PublicKeys.read(filled("public-key").stdout.encode())
    document = json.loads(path.read_text())
    assert check(path.read_bytes(), keys)
    del document["figures"][2:], document["definitions"][2:]
    refused = refuses(keys)
    for other in altered(document):
        refused(json.dumps(other).encode())


def test_cut_short_anywhere_it_is_refused(signed: tuple[bytes, PublicKeys]) -> None:
    text, keys = signed
    refused = refuses(keys)
    for length in range(len(text.rstrip())):
        refused(text[:length])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"17",
        b'"certificate"',
        b"\xff\xfe",
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"certificate": "recount.certificate.v1"}',
        b'{"certificate": "recount.certificate.v1", "certificate": "recount.certificate.v1"}',
        b'{"certificate": NaN}',
        b'{"certificate": 1e999}',
        b'{"certificate": "\\ud800"}',
        b"1" * 5000,
        b"a,b\n1,2\n",
        b" " * 10_000_001,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_certificate_is_refused(signed: tuple[bytes, PublicKeys], text: bytes) -> None:
    _, keys = signed
    assert refuses(keys)(text).message.startswith("it.json does not hold: ")


def test_a_name_that_is_there_twice_is_refused(signed: tuple[bytes, PublicKeys]) -> None:
    """A reader that takes the first of two would see another figure than the one that was signed."""
    text, keys = signed
    twice = text.replace(b'"numerator": 1,', b'"numerator": 9,\n    "numerator": 1,', 1)
    assert "twice" in refuses(keys)(twice).message


@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_byte_changed_is_refused_or_says_the_same(signed: tuple[bytes, PublicKeys], place: int, byte: int) -> None:
    text, keys = signed
    place %= len(text)
    other = text[:place] + bytes([byte]) + text[place + 1 :]
    try:
        document = check(other, keys).document
    except Refused:
        return
    assert document == json.loads(text)


def test_another_key_is_refused(filled: CommandLine) -> None:
    path = publish(filled)
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (filled.folder / "key.pem").write_bytes(pem)
    assert "another key" in checked(filled, path, code=1)


@pytest.mark.parametrize("kind", ["empty", "text", "short", "x25519", "private"])
def test_what_is_no_public_key_is_refused(filled: CommandLine, kind: str) -> None:
    path = publish(filled)
    key = filled.folder / "key.pem"
    other = X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key.write_bytes(
        {
            "empty": b"",
            "text": b"not a key",
            "short": key.read_bytes()[:60],
            "x25519": other,
            "private": SIGNS_NOTHING,
        }[kind]
    )
    said = checked(filled, path, code=1)
    assert "no Ed25519 public key" in said
    assert len(said.splitlines()) == 1


def test_a_refusal_is_a_document_for_programs(filled: CommandLine) -> None:
    path = publish(filled)
    path.write_text(path.read_text().replace('"numerator": 1,', '"numerator": 2,'))
    found = filled.json("check-certificate", path, "--public-key", filled.folder / "key.pem", code=1)
    assert found["holds"] is False
    assert found["refused"]["code"] == "altered"


def test_a_later_head_shows_that_the_history_only_grew(filled: CommandLine) -> None:
    path = publish(filled)
    size = json.loads(path.read_text())["head"]["size"]
    later = write(filled.folder, [*PEOPLE[:2], PEOPLE[2] | DISCHARGED], first="20170101", last="20170228")
    filled("submit", later, "--received-on", "2017-03-10")
    head = filled.folder / "head.json"
    filled("head", "--from", size, "--out", head)
    assert "beginning of the log of" in checked(filled, path, "--head", head)
    for document in altered(json.loads(head.read_text())):
        head.write_text(json.dumps(document))
        assert "does not hold" in checked(filled, path, "--head", head, code=1)
    assert "no certificate" in checked(filled, head, code=1)
    filled("head", "--from", 10**6, code=2)
    assert "no proof from there" in filled("head", "--from", 1, code=2).stderr
    assert json.loads(filled("head").stdout)["consistency"] is None


def test_a_head_covers_the_trail_of_access(filled: CommandLine) -> None:
    """Also what was noted since the newest submission, once somebody asks for a head."""
    path = publish(filled)
    signed = json.loads(path.read_text())["head"]
    assert signed["trail"]["size"] == 0
    filled("token", "tool", "--role", "auditor")
    later = filled.folder / "later.json"
    filled("head", "--from", signed["size"], "--out", later)
    head = json.loads(later.read_text())
    assert (head["head"], head["trail"]["size"]) == ("recount.head.v2", 1)
    assert "holds" in checked(filled, path, "--head", later)
    for change in ({"trail": None}, {"trail": head["trail"] | {"size": 2}}, {"head": "recount.head.v1"}):
        changed = {name: value for name, value in (head | change).items() if value is not None}
        later.write_text(json.dumps(changed))
        assert "does not hold" in checked(filled, path, "--head", later, code=1)


def test_one_client_is_shown_to_be_in_it(on_both: CommandLine) -> None:
    path = publish(on_both)
    members = on_both.json("members", "--measure", "4.0", *STANDPOINT)["members"]
    proof = on_both.folder / "member.json"
    for member in members:
        on_both("member-proof", 1, member["client"], "--out", proof)
        counted = "and counted." if member["counted"] else "and not counted."
        assert checked(on_both, path, "--member", proof).strip().endswith(counted)
    for document in altered(json.loads(proof.read_text())):
        proof.write_text(json.dumps(document))
        assert "does not hold" in checked(on_both, path, "--member", proof, code=1)
    on_both("member-proof", 1, "nobody", code=2)
    on_both("member-proof", 2, members[0]["client"], code=2)


def test_a_cut_is_a_standpoint_for_every_question(on_both: CommandLine) -> None:
    said = on_both("publish", "--cut", "Board 16 Feb 2017", *STANDPOINT).stdout
    assert "scorecard 'Board 16 Feb 2017'" in said
    before = on_both.json("figures", *STANDPOINT)
    again = write(on_both.folder, [PEOPLE[0] | {"DISRSN": "85"}, *PEOPLE[1:]])
    on_both("submit", again, "--received-on", "2017-02-10")
    at_cut = ("--cut", "Board 16 Feb 2017")
    after = on_both.json("figures", *at_cut)
    assert [f["numerator"] for f in after["figures"]] == [f["numerator"] for f in before["figures"]]
    assert after["standpoint"]["position"] == before["standpoint"]["position"]
    assert on_both.json("figures", *STANDPOINT) != before
    for command in ("members", "waiting", "profile"):
        measure = ["--measure", "4.0"] if command == "members" else []
        assert on_both.json(command, *measure, *at_cut)
    series = ("series", "--measure", "4.0", "--from", "2017-01-01", "--to", "2017-01-31")
    assert on_both.json(*series, *at_cut)["series"][0]["numerator"] == 1
    assert on_both.json(*series)["series"][0]["numerator"] == 0
    path = publish(on_both, *at_cut)
    assert json.loads(path.read_text())["figure"]["numerator"] == 1
    assert "There are 'Board 16 Feb 2017'" in on_both("figures", "--cut", "Other", code=2).stderr
    assert "published before" in on_both("publish", "--cut", "Board 16 Feb 2017", *STANDPOINT, code=1).stderr
    assert len(on_both.json("published")["published"]) == 2
    assert on_both.json("verify")["holds"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        ("figures",),
        ("figures", "--cut", "Board", "--as-of", "2017-01-31"),
        ("publish",),
        ("publish", *STANDPOINT),
        ("publish", "--cut", "Board"),
        ("publish", "--cut", "Board", *STANDPOINT, "--agency", "H0001"),
        ("publish", "--measure", "4.0", *STANDPOINT),
        ("publish", "--measure", "4.0", "--out", "x.json"),
        ("publish", "--measure", "9.9", *STANDPOINT, "--out", "x.json"),
        ("publish", "--measure", "4.0", *STANDPOINT, "--definition", "9", "--out", "x.json"),
        ("published", "--show", "1"),
        ("changed", "1000"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_said_and_leaves_nothing(
    filled: CommandLine, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(filled.folder)
    before = sorted(path.name for path in filled.folder.iterdir())
    assert filled(*arguments, code=2).stderr
    assert filled.json("published") == {"published": []}
    assert sorted(path.name for path in filled.folder.iterdir()) == before


def test_a_file_that_cannot_be_written_leaves_no_publication(on_both: CommandLine) -> None:
    out = on_both.folder / "no such folder" / "certificate.json"
    assert on_both("publish", "--measure", "4.0", *STANDPOINT, "--out", out, code=1).stderr
    assert on_both.json("published") == {"published": []}


def test_nothing_is_published_of_nothing(recount: CommandLine) -> None:
    out = recount.folder / "certificate.json"
    assert "Nothing was known" in recount("publish", "--measure", "4.0", *STANDPOINT, "--out", out, code=1).stderr
    assert not out.exists()
    assert "Nothing is in the log yet" in recount("head", code=1).stderr


def test_all_that_was_published_and_what_has_changed(on_both: CommandLine) -> None:
    path = publish(on_both)
    on_both("publish", "--cut", "Board", *STANDPOINT)
    first = on_both.json("published")["published"]
    assert [one["title"] for one in first] == ["4.0", "Board"]
    assert on_both("published", "--show", 1).stdout == path.read_text()
    assert on_both.json("published", "--changed") == {"changed": [], "entered": []}
    again = write(on_both.folder, [PEOPLE[0] | {"DISRSN": "85"}, *PEOPLE[1:]])
    position = on_both.json("submit", again, "--received-on", "2017-03-10")["submissions"][0]["position"]
    assert on_both.json("published")["published"] == first
    found = on_both.json("published", "--changed")["changed"]
    assert (found[0]["published"]["numerator"], found[0]["after"]["numerator"]) == (1, 0)
    by = on_both.json("changed", position)["changed"]
    assert (by[0]["before"]["numerator"], by[0]["after"]["numerator"]) == (1, 0)
    assert on_both.json("changed", position - 1)["event"] == position - 1
    for arguments in (("published",), ("published", "--changed"), ("changed", position)):
        assert "Board" in on_both(*arguments).stdout
    trail = on_both.json("log")["entries"]
    assert [e["event"] for e in trail if "published" in e["event"]] == ["figure.published.v1", "cut.published.v1"]
    assert "document" not in trail[-1]["said"]


def test_a_key_that_signs_nothing_is_said(filled: CommandLine) -> None:
    filled.settings["RECOUNT_SIGNING_KEY"] = "no key"
    again = write(filled.folder, PEOPLE[:2], first="20170201", last="20170228")
    for arguments in (("public-key",), ("submit", again, "--received-on", "2017-03-10"), ("verify",)):
        assert "no Ed25519 private key" in filled(*arguments, code=1).stderr


def test_a_lost_signing_key_is_not_replaced(filled: CommandLine) -> None:
    """Whoever holds the public key would be told that the log is not the one it was."""
    (key,) = (filled.folder / "data").glob("*.signing-key.pem")
    key.unlink()
    assert "The key that signs the log" in filled("public-key", code=1).stderr
    assert not key.exists()
