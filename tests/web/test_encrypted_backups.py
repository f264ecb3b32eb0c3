"""Encrypted backups: what does not open, and what is no key. That one is put back is in test_restore.py."""

import tempfile
from pathlib import Path

import pytest

from domain.errors import Refused, WrongUse
from tests.unit.intake.files import row, write
from web.app import create_app
from web.operations.backup_refusals import REFUSALS
from web.operations.encryption import decrypt, encrypt, new_identity
from web.settings import BACKUP_RECIPIENT, Settings

from .browser import without_a_server
from .conftest import CommandLine


def altered(file: Path, name: str, at: int) -> Path:
    """A copy in which one bit is another."""
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    return written(file.with_name(name), bytes(content))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@without_a_server
def test_what_does_not_open_is_refused_with_a_sentence(recount: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recount.folder
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    key, another = folder / "identity", folder / "another"
    recipient = recount.json("backup-key", key)["recipient"]
    recount("backup-key", another)
    assert "exists" in recount("backup-key", key, code=1).stderr, "a key is never written over"
    recount("submit", "--received-on", "2017-02-10", write(folder, [row()]))
    plain = folder / "plain.backup"
    recount("backup", plain)
    recount.settings[BACKUP_RECIPIENT] = recipient
    whole = folder / "whole.backup"
    assert "opens with the private key" in recount("backup", whole).stdout
    size = whole.stat().st_size
    cases = [
        ("backup-encrypted", whole, None),
        ("key-of-another", whole, another),
        ("key-of-another", altered(whole, "beginning", 60), key),
        ("backup-damaged", altered(whole, "middle", size // 2), key),
        ("backup-damaged", written(folder / "short", whole.read_bytes()[: size // 2]), key),
        ("backup-damaged", written(folder / "long", whole.read_bytes() + b"0"), key),
        ("backup-not-encrypted", plain, key),
        ("no-private-key", whole, plain),
        ("no-private-key", whole, written(folder / "none", f"# public key: {recipient}\n".encode())),
        ("no-backup", written(folder / "nothing", b""), None),
    ]
    for code, file, identity in cases:
        arguments = ("--identity", identity) if identity else ()
        refused = recount.json("check-backup", file, *arguments, code=1)["refused"]
        assert refused["code"] == code, file
        assert code in REFUSALS
        assert refused["message"].endswith("."), file
    assert recount.json("check-backup", whole, "--identity", key)["encrypted"]
    assert not recount.json("check-backup", plain)["encrypted"]
    assert not list(folder.glob("*.restoring-*")), "a copy in the clear is left"


def test_no_flipped_bit_goes_unnoticed(tmp_path: Path) -> None:
    key, source, sealed = (tmp_path / name for name in ("identity", "source", "sealed"))
    recipient = new_identity(key)
    source.write_bytes(bytes(range(256)) * 600)
    sealed.touch()
    encrypt(source, sealed, [recipient])
    size = sealed.stat().st_size
    for at in (*range(0, 250, 11), *range(250, size, size // 20), size - 1):
        with pytest.raises(Refused):
            decrypt(altered(sealed, "altered", at), tmp_path / f"opened-{at}", key)
    decrypt(sealed, tmp_path / "opened", key)
    assert (tmp_path / "opened").read_bytes() == source.read_bytes()
    assert (tmp_path / "opened").stat().st_mode & 0o777 == 0o600


@without_a_server
def test_what_is_no_public_key_is_refused_before_anything_is_written(recount: CommandLine) -> None:
    key = recount.folder / "identity"
    recount("backup-key", key)
    private = key.read_text().split()[-1]
    for wrong, said in ((private, "has a private key"), ("age1x", "no public key of age"), ("x", "no public key")):
        recount.settings[BACKUP_RECIPIENT] = wrong
        refused = recount("backup", "--into", recount.folder / "backups", code=2).stderr
        assert said in refused
        assert private not in refused
        with pytest.raises(WrongUse, match=BACKUP_RECIPIENT):
            create_app(Settings.from_environment(recount.settings), TESTING=True)
    assert not (recount.folder / "backups").exists()
