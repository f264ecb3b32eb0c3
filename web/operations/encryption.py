"""Backups in the age format: encrypted for public keys, and opened with a private one that is not on the server.

The programs `age` and `rage` read and write the same format, so that no file needs Recount to be opened.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from pyrage import DecryptError, EncryptError, IdentityError, decrypt_io, encrypt_io, x25519

from domain.errors import RecountError
from domain.log.database import FOR_OWNER_ALONE
from web.settings import PRIVATE_KEY, Settings

from .backup_refusals import refused
from .remains import own_folder, place_for_copies

ENDING: Final = ".age"
"""What the name of an encrypted backup ends in, where Recount gives it."""
_BEGINNINGS: Final = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
"""Of an encrypted file, and of one that is written in letters."""


@dataclass(frozen=True, slots=True)
class Encryption:
    """For which public keys backups are encrypted. The database's tables are put together in a file first, which is
    not encrypted: in a folder of this user's alone beside the file `beside`, that goes again.
    """

    recipients: tuple[str, ...]
    beside: Path

    @classmethod
    def of(cls, settings: Settings) -> "Encryption | None":
        """As it is set; None where backups are not encrypted.

        Raises:
            WrongUse: what is set is no public key.
        """
        recipients = settings.backup_recipients
        return cls(recipients, place_for_copies(settings.file)) if recipients else None


def encrypt(source: Path, target: Path, recipients: Sequence[str]) -> str:
    """Encrypt a file for these public keys into one that is there, and see that it is on the disk; the SHA-256 of what
    was written.

    Raises:
        OSError: one of the files cannot be read or written.
    """
    keys = [x25519.Recipient.from_str(recipient) for recipient in recipients]
    with source.open("rb") as plain, target.open("wb") as out:
        written = _Counted(out)
        try:
            encrypt_io(plain, written, keys)
        except EncryptError as error:
            raise written.error or OSError(f"{source} could not be encrypted: {error}") from error
        out.flush()
        os.fsync(out.fileno())
    return written.sha256.hexdigest()


class _Counted:
    """What is written, and its SHA-256; the library gives of an error of the disk only the words."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.sha256 = out, sha256()
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        try:
            return self.out.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.out.flush()


def is_encrypted(file: Path) -> bool:
    """Whether a file begins as one in the age format does."""
    with file.open("rb") as begins:
        return begins.read(max(map(len, _BEGINNINGS))).startswith(_BEGINNINGS)


@contextmanager
def in_the_clear(file: Path, identity: Path | None, beside: Path, *, expected: bool = False) -> Iterator[Path]:
    """A backup that can be read: itself, or what it is with the private key in the file `identity`, in a folder of
    this user's alone beside the file `beside` that goes again. `expected` says that it should be encrypted.

    Raises:
        Refused: it is encrypted and no key is named, or the other way round; the key is another, or the file damaged.
    """
    if not is_encrypted(file):
        if identity is not None or expected:
            raise _not_encrypted(file)
        yield file
        return
    if identity is None:
        text = f"{file} is encrypted. Name the file with the private key: --identity FILE."
        raise refused("backup-encrypted", text, file)
    with own_folder(beside) as folder:
        # Messages name it as whoever reads them does.
        plain = folder / file.name.removesuffix(ENDING)
        decrypt(file, plain, identity)
        yield plain


def decrypt(file: Path, target: Path, identity: Path) -> None:
    """Open an encrypted file into a new one that its owner alone can read.

    Raises:
        Refused: the key is another, or the file is not whole.
        OSError: a file cannot be read or written.
    """
    keys = read_identities(identity)
    new = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_OWNER_ALONE)
    with os.fdopen(new, "wb") as out, file.open("rb") as sealed:
        try:
            decrypt_io(sealed, out, keys)
        except DecryptError as error:
            raise refused(
                "key-of-another",
                f"{file} does not open with the key in {identity}: it was encrypted for another, or its beginning is "
                "damaged.",
                file,
            ) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise refused("backup-damaged", f"{file} is cut short, or not what was written.", file) from error


def read_identities(file: Path) -> list[x25519.Identity]:
    """The private keys in a file, as `recount backup-key` and `age-keygen` write them.

    Raises:
        Refused: there is none, or one is none.
    """
    try:
        lines = [line.strip() for line in file.read_text(encoding="ascii").splitlines()]
        keys = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (IdentityError, UnicodeDecodeError):
        keys = []
    if not keys:
        text = (
            f"{file} has no private key that can be read: a line that begins with {PRIVATE_KEY}. If the key is "
            "protected by a passphrase, open it with 'age -d' before."
        )
        raise refused("no-private-key", text, file)
    return keys


def new_identity(file: Path) -> str:
    """Write a new private key into a new file for its owner alone; its public key.

    Raises:
        FileExistsError: there is such a file: a key is never written over.
    """
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_OWNER_ALONE), "w") as out:
        out.write(f"# public key: {recipient}\n{identity}\n")
        out.flush()
        os.fsync(out.fileno())
    return recipient


def _not_encrypted(file: Path) -> RecountError:
    return refused(
        "backup-not-encrypted",
        f"{file} is not encrypted. If it was made before backups were encrypted, and you know where it comes from, "
        "leave out --identity and RECOUNT_BACKUP_RECIPIENT.",
        file,
    )
