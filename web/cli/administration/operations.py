"""The commands that look after the data and run the service: backup, restore, migrate, serve."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import sqlalchemy as sa
from rich.console import Console

from domain.errors import DatabaseOfAnotherVersion, RecountError, SettingMissing
from domain.log.database import access_engine
from projections.store.migrations.version import open_or_make
from web import stop_list
from web.auth import accounts
from web.auth.roles import Role
from web.cli import options
from web.cli.output import answer, clear_remains, new_services, refusals, tidy
from web.clock import now, today
from web.commands.administration import verification
from web.commands.administration.backups import note_backup
from web.operations import backup as backups
from web.operations import restore as restores
from web.operations.kept_backups import KeepRule, backup_into
from web.operations.restore import AccessKept, Restored, Restoring
from web.presenters import text
from web.presenters.administration.trail import print_verification
from web.presenters.console import messages, output, say
from web.queries.administration.backups import BackupNoted
from web.queries.administration.verification import VerificationResult
from web.services import OPERATOR, Services
from web.settings import CLIENT_KEY, SIGNING_KEY, STOP_LIST, Settings

from .accounts import link_of, port_of_environment
from .trail import DIFFERS

if TYPE_CHECKING:
    from web.commands.administration.migrate import MigrationResult

VISITOR: Final = "visitor"
"""The account of whoever looks round in the demonstration."""


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
    its pg_restore, run 'erase --again').
    """
    if (file is None) == (into is None):
        raise click.UsageError("Name either a FILE or a folder with --into.")
    services = new_services()
    engine, beside = _engines_to_back_up(services)
    removed: list[str] = []
    with refusals(as_json=as_json):
        if into is not None:
            kept = backup_into(engine, beside, into, KeepRule(daily, weekly, monthly), now())
            written, removed = kept.made, kept.removed
        else:
            assert file is not None
            written = backups.backup(engine, beside, file)
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
        yield f"Removed, since the rule keeps it no longer: {old}"
    yield "The keys and the stop-list are not in it. Keep them too, and apart from it."


def _note(services: Services, written: backups.Backup) -> None:
    """The backup is whole and good, also where the database takes nothing any more."""
    if not _is_of_this_version(services):
        return
    try:
        note_backup(services.engine, BackupNoted(now(), written.position, written.bytes))
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
@options.as_json
def restore(*, file: Path, newer: str | None, hold_again: bool, as_json: bool) -> None:
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
@options.as_json
def migrate(*, as_json: bool) -> None:
    """Bring a database that an earlier version wrote up to this one's tables, or say that there is nothing to do.

    Stop the service and make a backup before. Should it fail, the database is as it was.
    """
    # Alembic is slow to load, and nothing else here needs it.
    from web.commands.administration import migrate as migrations

    services = new_services()
    result = migrations.migrate(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: say(console, *_migration_sentences(result)),
    )


def _migration_sentences(result: "MigrationResult") -> Iterator[str]:
    if result.steps:
        yield f"The database was brought from version {result.before} of its tables to {result.now}."
    elif not result.rebuilt:
        yield f"There is nothing to do: the database is of version {result.now}, which is this program's."
    if result.rebuilt:
        yield "The stored tables were made anew from the log."


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen on 127.0.0.1; PORT, or 8000, if left out.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that answer.")
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="Threads of each process for those who look.",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What goes to standard error: sentences, or lines of JSON with one of each request.",
)
def serve(*, port: int | None, workers: int, threads: int, log: str) -> None:
    """Run the service on 127.0.0.1, until it is told to stop."""
    from web.operations.serving import ADDRESS
    from web.operations.serving import serve as run

    settings = Settings.from_environment()
    tidy(settings)
    port = port_of_environment() if port is None else port
    # This opens the database: what is wrong with it is said before anything listens.
    to_do = first_steps(settings)
    if log == "json":
        run(settings, port, workers, threads, as_json=True)
        return
    link = _visitors_link(settings, port)
    say(messages(), f"Recount answers on http://{ADDRESS}:{port}/ until you press Ctrl+C.")
    if to_do:
        say(messages(), *to_do)
    if link:
        say(messages(), "Open this link within 15 minutes to look round as an invented commissioner:")
        say(output(), link)
    run(settings, port, workers, threads)


FIRST_ACCOUNT: Final = 'recount user "YOUR NAME" --role administrator --link'
"""The one command that the set-up needs."""
SIGN_IN_TO_SET_UP: Final = "Nothing has been received yet. Sign in and open /set-up: it leads through the set-up."


def first_steps(settings: Settings) -> tuple[str, ...]:
    """What to do about a database without a monthly file; nothing where there is one."""
    services = Services(settings)
    try:
        with services.snapshot() as snapshot:
            if snapshot.submissions.has_monthly_file:
                return ()
            if accounts.is_any(snapshot.access):
                return (SIGN_IN_TO_SET_UP,)
    finally:
        services.close()
    return (
        "Nothing is set up yet. Make the first account in another terminal, and open the link that it prints:",
        f"  {FIRST_ACCOUNT}",
        "The page that it leads to goes through the rest: accounts, contracts, targets, the first file.",
    )


def _visitors_link(settings: Settings, port: int) -> str | None:
    """Of the demonstration, in which no person is real: an address that signs in whoever started it, once."""
    services = Services(settings)
    try:
        return link_of(services, VISITOR, Role.COMMISSIONER, port) if services.is_demonstration else None
    finally:
        services.close()
