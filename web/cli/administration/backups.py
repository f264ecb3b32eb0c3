"""The commands of backups: make one, look whether it is whole, put it back; and the keys that they are encrypted to."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
import sqlalchemy as sa
from rich.console import Console

from domain.errors import DatabaseOfAnotherVersion, RecountError, SettingMissing
from domain.log.database import access_engine
from projections.store.migrations.version import open_or_make
from web import stop_list
from web.cli import options
from web.cli.output import answer, clear_remains, new_services, refusals
from web.clock import now, today
from web.commands.administration import verification
from web.commands.administration.backups import note_backup
from web.operations import backup as backups
from web.operations import restore as restores
from web.operations.encryption import Encryption, new_identity
from web.operations.kept_backups import KeepRule, backup_into
from web.operations.remains import place_for_copies
from web.operations.restore import AccessKept, Restored, Restoring
from web.presenters import text
from web.presenters.administration.trail import print_verification
from web.presenters.console import messages, say
from web.queries.administration.backups import BackupNoted
from web.queries.administration.verification import VerificationResult
from web.services import OPERATOR, Services
from web.settings import BACKUP_RECIPIENT, CLIENT_KEY, SIGNING_KEY, STOP_LIST

from .trail import DIFFERS


@click.command()
@click.argument("file", type=options.NEW_FILE, required=False)
@click.option("--into", type=options.FOLDER, help="Into this folder, under a name with the time; checked, old ones go.")
@click.option("--daily", type=click.IntRange(min=0), default=7, show_default=True, help="Days that keep a backup.")
@click.option("--weekly", type=click.IntRange(min=0), default=5, show_default=True, help="Weeks that do.")
@click.option("--monthly", type=click.IntRange(min=0), default=0, show_default=True, help="Months that do.")
@options.as_json
def backup(*, file: Path | None, into: Path | None, daily: int, weekly: int, monthly: int, as_json: bool) -> None:
    """Write everything into FILE, which is new, while others go on; the keys and the stop-list are not in it.

    The file is a SQLite database, also where the data are on a PostgreSQL server (whose own pg_dump does as well: after
    its pg_restore, run 'erase --again'). With RECOUNT_BACKUP_RECIPIENT it is encrypted, and only the private key opens
    it.
    """
    if (file is None) == (into is None):
        raise click.UsageError("Name either a FILE or a folder with --into.")
    services = new_services()
    engine, beside = _engines_to_back_up(services)
    encryption = Encryption.of(services.settings)
    removed: list[str] = []
    with refusals(as_json=as_json):
        if into is not None:
            kept = backup_into(engine, beside, into, KeepRule(daily, weekly, monthly), now(), encryption)
            written, removed = kept.made, kept.removed
        else:
            assert file is not None
            written = backups.backup(engine, beside, file, encryption)
    _note(services, written)
    answer(
        as_json=as_json,
        demonstration=_is_of_this_version(services) and services.is_demonstration,
        document=lambda: written.document() | ({"removed": removed} if into else {}),
        tables=lambda console: say(console, *_backup_sentences(written, removed)),
    )


def _backup_sentences(written: backups.Backup, removed: list[str]) -> Iterator[str]:
    yield f"{written.file}: {text.plural(written.bytes, 'byte')}, everything up to position {written.position}."
    yield f"SHA-256 {written.sha256}"
    for old in removed:
        yield f"Removed, since nothing keeps it any longer: {old}"
    if written.encrypted:
        yield f"It is encrypted: it opens with the private key of {BACKUP_RECIPIENT} and with nothing else."
    yield "The keys and the stop-list are not in it. Keep them too, and apart from it."


def _note(services: Services, written: backups.Backup) -> None:
    """The backup is whole and good, also where the database takes nothing any more."""
    if not _is_of_this_version(services):
        return
    try:
        note_backup(services.engine, BackupNoted(now(), written.position, written.bytes, written.encrypted))
    except RecountError as error:
        say(messages(), f"The backup is made, but could not be noted in the database: {error}")


def _engines_to_back_up(services: Services) -> tuple[sa.Engine, sa.Engine | None]:
    """The databases; a SQLite file is copied as it is, so also one that has yet to be migrated, with what lies in a
    file beside it; earlier versions had all in one.
    """
    if services.settings.file and not _is_of_this_version(services):
        log, beside = services.engine_of_any_version, services.settings.access_file
        return log, access_engine(log) if beside and beside.exists() else None
    return services.engine, services.access_engine


def _is_of_this_version(services: Services) -> bool:
    try:
        open_or_make(services.engine_of_any_version)
    except DatabaseOfAnotherVersion:
        return False
    return True


@click.command()
@click.argument("file", type=options.FILE)
@click.option(
    "--access",
    "newer",
    metavar="FROM",
    help="Accounts, tokens and trail that are newer than the backup: their file, or a database's address.",
)
@click.option("--hold-again", is_flag=True, help="Let accounts and tokens that ended since the backup hold again.")
@click.option("--identity", type=options.FILE, help="The file with the private key of an encrypted backup.")
@options.as_json
def restore(*, file: Path, newer: str | None, hold_again: bool, identity: Path | None, as_json: bool) -> None:
    """Put a backup into the empty database, erase again those who were erased since it was made, and verify.

    The client key and the stop-list have to be in their places before. So has the newer file of accounts, tokens and
    the trail of access, if there is one: then whoever was shut out since stays out. All sessions end.
    """
    services = new_services()
    _need_keys(services)
    path = services.settings.stop_list
    if path is None or not path.exists():
        say(
            messages(),
            f"There is no stop-list{f' at {path}' if path else f', since {STOP_LIST} is not set'}: whoever was erased "
            "since the backup was made comes back with it. If there is one, put it there and run 'recount erase "
            "--again'.",
        )
    with refusals(as_json=as_json):
        restoring = Restoring(
            file,
            services.access_engine,
            services.settings.client_key,
            services.settings.file,
            services.actor,
            OPERATOR,
            now(),
            today(),
            newer,
            hold_again,
            identity,
            is_encrypted=bool(services.settings.backup_recipients),
        )
        restored = restores.restore(services.register_of_restored, restoring, stop_list.read_file(path) if path else ())
    clear_remains(services)
    say(messages(), "Checking what was put back.")
    check = verification.checked(services, verification.VerifyQuery())
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: {
            "restored": {"file": restored.file, "position": restored.position},
            "erasure": restored.erasure.document(),
            "access": asdict(restored.access),
            "verification": check.document(),
        },
        tables=lambda console: _print_restored(console, restored, check),
    )
    if not check.holds:
        sys.exit(DIFFERS)


def _print_restored(console: Console, restored: Restored, check: VerificationResult) -> None:
    episodes = text.plural(restored.erasure.episodes, "episode")
    say(
        console,
        f"{restored.file} is put back, up to position {restored.position}.",
        f"Erased again, as the stop-list says: {episodes}.",
        *_access_sentences(restored.access),
        "",
    )
    print_verification(console, check)


def _access_sentences(access: AccessKept) -> Iterator[str]:
    """Who may come in now."""
    yield "All sessions have ended."
    if not access.stays:
        yield (
            "Accounts, tokens and the trail of access are those of the backup, since nothing newer was there: whoever "
            "was closed or revoked since holds again. Look at 'recount user --list' and 'recount token --list'."
        )
        return
    newer = text.plural(access.newer_lines, "line")
    yield f"Accounts, tokens and the trail of access are those that were there, with {newer} that the backup lacks."
    for one in access.ended:
        name = (
            f"The account '{one.name}' was closed" if one.kind == "account" else f"The token '{one.name}' was revoked"
        )
        yield f"{name} since the backup was made; it {'holds again' if access.hold_again else 'stays so'}."


def _need_keys(services: Services) -> None:
    """A key made up now would name everybody anew, or would not be the one that signed what the backup holds."""
    settings = services.settings
    missing = [name for name in (CLIENT_KEY, SIGNING_KEY) if name in settings.missing_keys()]
    if missing:
        files = f" Or put the files '{settings.file}.*key*' of the old database there." if settings.file else ""
        raise SettingMissing(
            f"{' and '.join(missing)} of the database that was backed up must be given before it is put back.{files}"
        )


@click.command()
@click.argument("file", type=options.FILE)
@click.option("--identity", type=options.FILE, help="The file with the private key of an encrypted backup.")
@options.as_json
def check_backup(*, file: Path, identity: Path | None, as_json: bool) -> None:
    """Look whether a backup is whole: it opens, and every event is the one that was written. No database.

    The place for it is where the private key is. An encrypted backup is opened in the folder for temporary files.
    """
    with refusals(as_json=as_json):
        found = backups.check(file, identity, place_for_copies(None))
    answer(
        as_json=as_json,
        demonstration=False,
        document=found.document,
        tables=lambda console: say(
            console, f"{found.file} is whole, up to position {found.position}.", f"SHA-256 {found.sha256}"
        ),
    )


@click.command()
@click.argument("file", type=options.NEW_FILE)
@options.as_json
def backup_key(*, file: Path, as_json: bool) -> None:
    """Make the two keys of encrypted backups: the private one goes into FILE, the public one is printed. No database.

    Run it on another machine than the server, which needs the public key alone.
    """
    recipient = new_identity(file)
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: {"recipient": recipient, "identity": str(file)},
        tables=lambda console: say(
            console,
            f"{BACKUP_RECIPIENT}={recipient}",
            f"The private key is in {file}. Keep it where the server is not, twice: without it no backup opens.",
        ),
    )
