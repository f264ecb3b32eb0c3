"""Why a backup is not made, not read or not put back."""

from pathlib import Path
from typing import Final

from domain.errors import RecountError, Refused

REFUSALS: Final = {
    "file-exists": "There is a file of the backup's name already.",
    "folder-of-another": "The folder has the backups of another database.",
    "no-backup": "The file is no backup of Recount.",
    "backup-of-another-version": "The backup's tables are not those of this version.",
    "backup-damaged": "The backup's log is not what was written.",
    "database-not-empty": "The database that the backup should be put into is not empty.",
    "trail-of-another": "The newer trail of access is not one that the backup's goes on to.",
    "backup-encrypted": "The backup is encrypted, and no private key was named.",
    "backup-not-encrypted": "The backup is not encrypted, though a key was named, or backups here are.",
    "key-of-another": "The private key does not open the backup.",
    "no-private-key": "The file that should have the private key has none that can be read.",
}
"""By code; nothing is stored then."""


def refused(code: str, message: str, file: Path) -> RecountError:
    """Why a backup is not made, not read or not put back."""
    return Refused(code, message, file.name)
